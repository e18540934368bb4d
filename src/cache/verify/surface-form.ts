import { hashSuppliedText } from './supplied-text.js';
import { hashStructuredData } from './structured-data.js';

/** Details of how a text is written that its words do not show and its answer may depend on. Mostly empty. */
export interface SurfaceForm {
  /** Forms whose case matters, as written: single letters, measures, and words that are names in capitals. */
  readonly cased: readonly string[];
  /** Punctuation that is not part of a sentence, so it is code or what is asked about: `::`, `[:-`. */
  readonly punctuation: readonly string[];
  /** Symbols that are not on a keyboard or are made of several characters, in order: `≤`, `♭`, `₂`, `👍`, `:-)`, the `"` of `6"`. */
  readonly signs: readonly string[];
  /** Indentation level of each line, in Python and YAML; words per line, if the text is about lines; otherwise empty. */
  readonly lines: string;
  /** Hash of the text that is given to be worked on (`hashSuppliedText`); 0 for none. */
  readonly suppliedText: number;
  /** Hash of embedded data or code (`hashStructuredData`); 0 for none. */
  readonly structuredData: number;
}

const NOTHING: readonly string[] = [];

/**
 * Extracts from a text the details of writing that its words do not show.
 *
 * @param plain - the plain form
 * @param lines - of the original text, without those that only greet or thank
 * @param text - the original text
 */
export function surfaceFormOf(plain: string, lines: readonly string[], text: string): SurfaceForm {
  // What stands in backquotes is compared as code.
  const bare = plain.includes('`') ? plain.replaceAll(/`[^`]*`/gu, ' x ') : plain;
  return {
    cased: isInOneCase(text) ? NOTHING : casedIn(bare),
    punctuation: MAYBE_ODD.test(bare) ? found(bare, ODD) : NOTHING,
    signs: MAYBE_SIGN.test(plain) ? found(plain, SIGN) : NOTHING,
    lines: shapeOf(lines),
    suppliedText: hashSuppliedText(text),
    structuredData: hashStructuredData(text),
  };
}

/** What two texts have in common. */
interface Likeness {
  /** They have the same words, in any order. Then a detail that only one of them has counts, too. */
  readonly sameWords: boolean;
  /** Both mark code as code, or neither does. */
  readonly sameMarks: boolean;
}

/** Whether two texts differ in details of writing. */
export function differInSurfaceForm(
  a: SurfaceForm,
  b: SurfaceForm,
  { sameWords, sameMarks }: Likeness,
): boolean {
  return (
    (sameMarks && areOther(a.punctuation, b.punctuation, sameWords)) ||
    areOther(a.signs, b.signs, false) ||
    a.cased.some((form) => isCasedOtherwise(form, b.cased)) ||
    b.cased.some((form) => isCasedOtherwise(form, a.cased)) ||
    (a.lines !== b.lines && (sameWords || (a.lines !== '' && b.lines !== ''))) ||
    areOtherHashes(a.suppliedText, b.suppliedText) ||
    areOtherHashes(a.structuredData, b.structuredData)
  );
}

function areOther(a: readonly string[], b: readonly string[], countsAlone: boolean): boolean {
  if (!countsAlone && (a.length === 0 || b.length === 0)) return false;
  return a.length !== b.length || a.some((item, i) => item !== b[i]);
}

/** Differ, and neither is 0: a text that is left out may be the same one. */
const areOtherHashes = (a: number, b: number): boolean => a !== b && a !== 0 && b !== 0;

/** The other text has the same letters, but never in this case. */
function isCasedOtherwise(form: string, others: readonly string[]): boolean {
  if (others.length === 0 || others.includes(form)) return false;
  const low = form.toLowerCase();
  return others.some((other) => other.toLowerCase() === low);
}

/**
 * `p` and `P`, `mW` and `MW`, `IT` and `it`, `max(` and `Max(`. Not the article `a`, the pronoun `I`, or a capital that only
 * begins a sentence.
 */
const CASED =
  /(?<=\d\s?)(?:\p{L}{1,3}|[kmgtKMGT][bB]ps)(?![\p{L}\p{M}\p{N}_'’-])|(?<![\p{L}\p{M}\p{N}_'’.&-])(?:[b-hj-zB-HJ-Z]|IT|it|US|us|WHO|who|AIDS|aids|LED|led|RAM|ram)(?![\p{L}\p{M}\p{N}_'’&]|\.\p{L})|(?<![\p{L}_])[\p{L}_][\p{L}\p{N}_]+(?=\()/gu;
/** `Bb` and `bb`: genotypes. */
const TWINS = /(?<![\p{L}\p{M}\p{N}_'’.&-])(\p{L})\1(?![\p{L}\p{M}\p{N}_'’&])/giu;
/** Often written in lower case whatever is meant. */
const CARELESS = /^(?:[kmgt]b(?:ps)?|[kmg]?hz|kw|kj|kv|kcal|k|m|b|l|h|s|st|nd|rd|th|am|pm|a|x)$/u;

/** In a text that is all lower case or all capitals, case means nothing. */
const isInOneCase = (text: string): boolean => !/\p{Lu}/u.test(text) || !/\p{Ll}{2}/u.test(text);

function casedIn(plain: string): readonly string[] {
  // Often only the sentence's first letter was a capital: a single `c` in lower case may then mean the language.
  const isSmall = isInOneCase(plain);
  const forms = [...found(plain, CASED), ...found(plain, TWINS)].filter(
    (form) => !CARELESS.test(form) && (form.length > 1 || !isSmall),
  );
  return forms.length === 0 ? NOTHING : [...new Set(forms)].sort();
}

/**
 * Runs of punctuation that stand alone, unless at the end, where some languages put a space before it; runs inside words;
 * points between single letters; separators between two quotes; a dollar before or after a letter; `$?`, `:=` and the `!` of `5!`.
 */
const ODD =
  /(?<=^|\s)(?:[.,;:!?]{1,4}|--)(?=\s+[^\s"')\]])|(?<=\s)\.{1,2}(?=\s*[?!]?$)|(?<=[^\s.,;:!?'"()[\]{}|\\-])[.,;:!?'"()[\]{}|\\-]{2,12}(?=[^\s.,;:!?'"()[\]{}|\\-])|(?<=(?<!\p{L})\p{L})\.(?=\p{L}(?!\p{L}))|["'],?\s["']|\$[\p{L}?!@#*]|\p{L}\$|(?<=\d)!(?!=)|:=/gu;
const MAYBE_ODD =
  /(?:^|\s)[.,;:!?-]|\S[.,;:!?'"()[\]{}|\\-]{2,}\S|\p{L}[.$]\p{L}|["'],? ["']|\$[\p{L}?!@#*]|\d!|:=/u;

/** Excludes what is as often written in words: degrees, currencies, fractions, `×`, `÷`, the minus sign. */
const SIGN =
  /(?![°×÷−±½¼¾©®™])(?:\p{So}|\p{Sm}(?<![+<=>|~^])|[₀-₉⁰-⁹♯♭])|(?![$€£¥₹])\p{Sc}|(?<=\d)['"]|(?<=^|\s)[:;=][-']?[()DPpOo|*](?=\s|[.?!]?$)/gu;
const MAYBE_SIGN = /[^\u0000-\u024f\u2010-\u201f]|¢|\d['"]|[:;=]['-]?[()DPpOo|*]/u;

const found = (text: string, pattern: RegExp): readonly string[] => text.match(pattern) ?? NOTHING;

/** Lines of Python and YAML, where indentation has meaning. */
const INDENTED =
  /^\s*(?:(?:async |def |class |if |elif |else\b|for |while |try\b|except\b|finally\b|with |match |case ).*:\s*(?:#.*)?|(?:- )?[\w"'-]+:(?: \S.*)?)$/u;
const IN_BRACES = /[{};]\s*$/u;
/** In code that is marked as such, line breaks do not matter, apart from the languages above. */
const FENCE = /^\s*`{3}/u;
/** A text that mentions lines may mean its own. */
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

/** Nesting depth of each line, whatever the width of an indent. */
function levelsOf(lines: readonly string[]): readonly number[] {
  const open: number[] = [];
  return lines.map((line) => {
    const width = /^[\t ]*/u.exec(line)?.[0].replaceAll('\t', '        ').length ?? 0;
    while ((open.at(-1) ?? -1) > width) open.pop();
    if (open.at(-1) !== width) open.push(width);
    return open.length;
  });
}

/** Questions about how something is written, or requests to check it. */
const ABOUT_WRITING =
  /\b(?:capitali[sz]\p{L}*|punctuat\p{L}*|title case|(?:upper|lower|camel|snake) ?case|proofread\p{L}*|grammatical\p{L}*|commas?|apostrophes?|hyphens?|indent\p{L}*|spelled|spelt|spelling|significant (?:figures?|digits?)|decimal places|reg(?:ex|exp|ular expression)s?|globs?)\b|\bcorrect\?|"[^"]+" (?:is )?correct/iu;

/** Whether a text is about how something is written, so that every character counts. */
export const isAboutWriting = (plain: string): boolean => ABOUT_WRITING.test(plain);
