import { handedIn } from './handed-in.js';
import { structuredIn } from './structured.js';

/** What of a text its words do not tell, and its answer may depend on; mostly nothing. */
export interface AsWritten {
  /** Single letters, measures and what is a word in small letters and a name in capitals, each as written. */
  readonly cased: readonly string[];
  /** Punctuation that ends or joins nothing, and so is what is asked about, or code: `::`, `[:-`. */
  readonly punctuation: readonly string[];
  /** Signs beyond those of the keyboard, and such as are made of several, in order: `≤`, `♭`, `₂`, `👍`, `:-)`, the `"` of `6"`. */
  readonly signs: readonly string[];
  /** How deep each line lies, of Python and YAML; how many words each has, where lines are spoken of; else empty. */
  readonly lines: string;
  /** What stands for the words that are handed in to be worked on (`handed-in.ts`); 0 for none. */
  readonly handedIn: number;
  /** What stands for data and code, letter by letter (`structured.ts`); 0 for none. */
  readonly structured: number;
}

const NOTHING: readonly string[] = [];

/**
 * Takes from a text what its words do not tell.
 *
 * @param plain - in its plain form
 * @param lines - of the text as it was asked, but for those that only greet or thank
 * @param text - as it was asked
 */
export function asWritten(plain: string, lines: readonly string[], text: string): AsWritten {
  // What stands in backquotes is compared as code.
  const bare = plain.includes('`') ? plain.replaceAll(/`[^`]*`/gu, ' x ') : plain;
  return {
    cased: isInOneCase(text) ? NOTHING : casedIn(bare),
    punctuation: MAYBE_ODD.test(bare) ? found(bare, ODD) : NOTHING,
    signs: MAYBE_SIGN.test(plain) ? found(plain, SIGN) : NOTHING,
    lines: shapeOf(lines),
    handedIn: handedIn(text),
    structured: structuredIn(text),
  };
}

/** What is known of two texts. */
interface Likeness {
  /** They have the same words, in whatever order: then what one has and the other has not counts, too. */
  readonly sameWords: boolean;
  /** Both mark code as code, or neither does. */
  readonly sameMarks: boolean;
}

/** Whether two texts differ in what their words do not tell. */
export function isWrittenOtherwise(
  a: AsWritten,
  b: AsWritten,
  { sameWords, sameMarks }: Likeness,
): boolean {
  return (
    (sameMarks && areOther(a.punctuation, b.punctuation, sameWords)) ||
    areOther(a.signs, b.signs, false) ||
    a.cased.some((form) => isCasedOtherwise(form, b.cased)) ||
    b.cased.some((form) => isCasedOtherwise(form, a.cased)) ||
    (a.lines !== b.lines && (sameWords || (a.lines !== '' && b.lines !== ''))) ||
    areOtherHashes(a.handedIn, b.handedIn) ||
    areOtherHashes(a.structured, b.structured)
  );
}

function areOther(a: readonly string[], b: readonly string[], countsAlone: boolean): boolean {
  if (!countsAlone && (a.length === 0 || b.length === 0)) return false;
  return a.length !== b.length || a.some((item, i) => item !== b[i]);
}

/** Who brings nothing may mean what the other brings. */
const areOtherHashes = (a: number, b: number): boolean => a !== b && a !== 0 && b !== 0;

/** The same letters are there, and never in this case. */
function isCasedOtherwise(form: string, others: readonly string[]): boolean {
  if (others.length === 0 || others.includes(form)) return false;
  const low = form.toLowerCase();
  return others.some((other) => other.toLowerCase() === low);
}

/**
 * `p` and `P`, `mW` and `MW`, `IT` and `it`, `max(` and `Max(`. Not the article, nor the pronoun, nor what is written with a capital
 * because it begins a sentence.
 */
const CASED =
  /(?<=\d\s?)(?:\p{L}{1,3}|[kmgtKMGT][bB]ps)(?![\p{L}\p{M}\p{N}_'’-])|(?<![\p{L}\p{M}\p{N}_'’.&-])(?:[b-hj-zB-HJ-Z]|IT|it|US|us|WHO|who|AIDS|aids|LED|led|RAM|ram)(?![\p{L}\p{M}\p{N}_'’&]|\.\p{L})|(?<![\p{L}_])[\p{L}_][\p{L}\p{N}_]+(?=\()/gu;
/** `Bb` and `bb`: what one inherits. */
const TWINS = /(?<![\p{L}\p{M}\p{N}_'’.&-])(\p{L})\1(?![\p{L}\p{M}\p{N}_'’&])/giu;
/** Mostly written in small letters, whatever is meant. */
const CARELESS = /^(?:[kmgt]b(?:ps)?|[kmg]?hz|kw|kj|kv|kcal|k|m|b|l|h|s|st|nd|rd|th|am|pm|a|x)$/u;

/** Who writes everything small, or everything large, says nothing by it. */
const isInOneCase = (text: string): boolean => !/\p{Lu}/u.test(text) || !/\p{Ll}{2}/u.test(text);

function casedIn(plain: string): readonly string[] {
  // Often only the start of a sentence was large: who writes `c` there may mean the language.
  const isSmall = isInOneCase(plain);
  const forms = [...found(plain, CASED), ...found(plain, TWINS)].filter(
    (form) => !CARELESS.test(form) && (form.length > 1 || !isSmall),
  );
  return forms.length === 0 ? NOTHING : [...new Set(forms)].sort();
}

/**
 * Runs of punctuation that stand alone, unless at the end, where some languages put a space before it; runs in the midst
 * of words; points between letters; what stands between two quotes; on which side of a letter a dollar stands, and `$?`, `:=` and the `!` of `5!`.
 */
const ODD =
  /(?<=^|\s)(?:[.,;:!?]{1,4}|--)(?=\s+[^\s"')\]])|(?<=\s)\.{1,2}(?=\s*[?!]?$)|(?<=[^\s.,;:!?'"()[\]{}|\\-])[.,;:!?'"()[\]{}|\\-]{2,12}(?=[^\s.,;:!?'"()[\]{}|\\-])|(?<=(?<!\p{L})\p{L})\.(?=\p{L}(?!\p{L}))|["'],?\s["']|\$[\p{L}?!@#*]|\p{L}\$|(?<=\d)!(?!=)|:=/gu;
const MAYBE_ODD =
  /(?:^|\s)[.,;:!?-]|\S[.,;:!?'"()[\]{}|\\-]{2,}\S|\p{L}[.$]\p{L}|["'],? ["']|\$[\p{L}?!@#*]|\d!|:=/u;

/** Not among them what is said in words as often: degrees, currencies, fractions, `×`, `÷`, the minus sign. */
const SIGN =
  /(?![°×÷−±½¼¾©®™])(?:\p{So}|\p{Sm}(?<![+<=>|~^])|[₀-₉⁰-⁹♯♭])|(?![$€£¥₹])\p{Sc}|(?<=\d)['"]|(?<=^|\s)[:;=][-']?[()DPpOo|*](?=\s|[.?!]?$)/gu;
const MAYBE_SIGN = /[^\u0000-\u024f\u2010-\u201f]|¢|\d['"]|[:;=]['-]?[()DPpOo|*]/u;

const found = (text: string, pattern: RegExp): readonly string[] => text.match(pattern) ?? NOTHING;

/** Lines of Python and YAML: what they belong to is told by how far they are indented. */
const INDENTED =
  /^\s*(?:(?:async |def |class |if |elif |else\b|for |while |try\b|except\b|finally\b|with |match |case ).*:\s*(?:#.*)?|(?:- )?[\w"'-]+:(?: \S.*)?)$/u;
const IN_BRACES = /[{};]\s*$/u;
/** Of code that is marked as such the lines may be broken anywhere, but for the languages above. */
const FENCE = /^\s*`{3}/u;
/** Who asks for lines may mean those of the text. */
const ABOUT_LINES = /\b(?:lines?|rows?|csv|tsv|columns?|poem|haiku|verses?)\b/iu;

function shapeOf(lines: readonly string[]): string {
  if (lines.length < 2) return '';
  const isIndented = lines.some((line) => INDENTED.test(line));
  if (isIndented && !lines.some((line) => IN_BRACES.test(line))) return indents(levelsOf(lines));
  if (lines.length < 3 || lines.some((line) => FENCE.test(line))) return '';
  if (!lines.some((line) => ABOUT_LINES.test(line))) return '';
  return lines
    .slice(1)
    .map((line) => line.split(/\s+/u).length)
    .join();
}

const indents = (levels: readonly number[]): string =>
  levels.every((level) => level === levels[0]) ? '' : `>${levels.join()}`;

/** How deep each line lies in those above it, however wide a step is. */
function levelsOf(lines: readonly string[]): readonly number[] {
  const open: number[] = [];
  return lines.map((line) => {
    const width = /^[\t ]*/u.exec(line)?.[0].replaceAll('\t', '        ').length ?? 0;
    while ((open.at(-1) ?? -1) > width) open.pop();
    if (open.at(-1) !== width) open.push(width);
    return open.length;
  });
}

/** Who asks how something is written, or hands it in to be looked over. */
const ABOUT_WRITING =
  /\b(?:capitali[sz]\p{L}*|punctuat\p{L}*|title case|(?:upper|lower|camel|snake) ?case|proofread\p{L}*|grammatical\p{L}*|commas?|apostrophes?|hyphens?|indent\p{L}*|spelled|spelt|spelling|significant (?:figures?|digits?)|decimal places|reg(?:ex|exp|ular expression)s?|globs?)\b|\bcorrect\?|"[^"]+" (?:is )?correct/iu;

/** Whether a text is about how something is written, so that every sign of it counts. */
export const isAboutWriting = (plain: string): boolean => ABOUT_WRITING.test(plain);
