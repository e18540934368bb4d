import { fnv1a } from '../../core/fnv.js';

const TAG = /<\/?\p{L}[^<>\n]{0,200}>/u;
/** Text in braces without any of these is not code. */
const INNER = /[:;=,"]/u;
/** A line of YAML, of properties or of headers. */
const MEMBER = /^[\t ]*(?:- )?[\w"'.-]+:(?: \S.*)?$|^[\t ]*- \S.*$/gmu;
/** Strings, which are kept, or spaces, which are removed. */
const STRING_OR_SPACE = /("(?:[^"\\\n]|\\.)*")|\s+/gu;

/**
 * Hashes the data or code that a text contains (JSON, XML, YAML, text in braces), letter by letter: a quoted value differs from one
 * without quotes, and `Ulm` from `ulm`. Spaces count only inside strings.
 *
 * @param text - the original text
 * @returns a hash; 0 for no such data
 */
export function hashStructuredData(text: string): number {
  const braced = betweenBraces(text) || betweenTags(text);
  const members = braced === '' && text.includes('\n') ? (text.match(MEMBER) ?? []) : [];
  // A single line may be the end of a sentence.
  const found = members.length > 1 ? members.map((line) => line.trim()).join('\n') : braced;
  if (found === '') return 0;
  return fnv1a(found.replaceAll(STRING_OR_SPACE, (_, string?: string) => string ?? '')) || 1;
}

/** From the first brace to the last. */
function betweenBraces(text: string): string {
  const first = text.indexOf('{');
  const found = first < 0 ? '' : text.slice(first, text.lastIndexOf('}') + 1);
  return INNER.test(found) ? found : '';
}

/** From the first tag to the last. */
function betweenTags(text: string): string {
  const first = text.includes('<') ? text.search(TAG) : -1;
  return first < 0 ? '' : text.slice(first, text.lastIndexOf('>') + 1);
}
