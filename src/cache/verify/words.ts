import { plainText } from './plain-text.js';
import { unitOf, unitsIn } from './units.js';

/** The words of a question, for comparison. */
export interface QuestionWords {
  /** The plain form of the question (`plainText`). */
  readonly plain: string;
  /** Words and numbers in order, normalised as below; in scripts without spaces, single characters. */
  readonly tokens: readonly string[];
  /** All words, lower case, in order; contractions split (`don't` is `do`, `not`). */
  readonly words: readonly string[];
  /** All numbers in order, normalised: `1,000`, `1000.0` and `1e3` are the same. */
  readonly numbers: readonly string[];
  /** Units (`km`, `hours`, `words`, `%`, `€`), normalised. */
  readonly units: readonly string[];
  /** Names, that is, words with a capital that does not just begin a sentence; lower case. */
  readonly names: readonly string[];
  /** Identifiers, paths, addresses, versions and text in backquotes; as written. */
  readonly codes: readonly string[];
}

const WORD = /[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu;
// Not the 2 of `m^2`. Figures of other scripts, `①`, `Ⅳ`, `⅓` and `₂` as written. Also inside of a word: `python3` and `python2` are as different as `Python 3` and `Python 2`.
const NUMBER =
  /(?:(?<![\p{L}\p{N}_.)])[-+])?(?<![\d_.])(?<!\b(?:[mck]?m|ft|in|s|yd)\^)\d[\d,_]*(?:\.\d+)?(?:e[-+]?\d+(?!\p{L}))?(?![\d_])|[^\P{N}\d]+/giu;
// With an underscore, a capital inside, a path, a call, an extension, a version, an option, an
// operator, or in backquotes. No alternative can begin inside of what it would match from further left:
// that would take quadratic time.
const CODE = new RegExp(
  [
    '`[^`]+`',
    '(?<!\\S)[^\\s\\\\]*\\\\\\S+',
    '(?<![\\w.+-])[\\w.+-]+@[\\w.-]+',
    '(?<![\\w.-])(?:[\\w.-]+/){2,}[\\w./-]*|(?<![\\w.-])[\\w-]+/[\\w-]+\\.\\w+',
    // `/tmp`, `~/Books`, `./run.sh`; not the words of `and /or`, `iOS /Android`.
    '(?<![^\\s("\'])(?!/(?:or|and|her|she|no|off|non|s|\\p{Lu}\\p{L}*)(?![\\p{L}\\p{N}_/.-]))(?:\\.{1,2}|~)?(?:/[\\p{L}\\p{N}_.-]*[\\p{L}\\p{N}_-])+(?![\\p{L}\\p{N}_])',
    '(?<!\\w)\\w+_\\w+',
    '(?<!\\w)\\p{Ll}{2,}\\p{Lu}\\w*',
    '(?<!\\w)\\w+\\(\\)',
    '(?<![\\w.])v?\\d+(?:\\.\\d+){2,}',
    '(?<![\\w.-])[\\w-]+\\.\\p{Ll}\\w{1,9}(?![\\w.])',
    '(?<=(?<!\\d)\\s)--?\\p{L}[\\w-]*',
    '(?<=\\s)\\.\\p{Ll}[\\w.]*\\w',
    // `C++` is a name, `i++` and `++i` are not the same.
    '(?<!\\w)[abd-z]\\+\\+(?!\\w)|\\+\\+[a-z]\\w*',
    '[+*/^%<>=!|-]{1,2}=|(?:[*%<>]|(?<!\\b(?:[mck]?m|ft|in|s|yd))\\^|(?<!\\p{L}{2}\\s?)/|/(?!\\s?\\p{L}{2}))[*/^%<>=]?(?=\\s*[-\\w(])|(?<=[\\w)]\\s?)\\+(?=\\s*[\\w(])|&&|!(?=\\w)|\\+\\+|#(?!\\s)',
  ].join('|'),
  'gu',
);

/** Whatever `CODE` matches has one of these. */
const MAYBE_CODE = /[`\\@/_^%<>=|&#+*-]|\(\)|!\w|\.[\p{Ll}\d]|\p{Ll}\p{Lu}/u;

/** Han, kana, Thai, Lao, Khmer and Myanmar: scripts that put no spaces between words. */
const UNSPACED =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/u;

/** German, French and Spanish numbers, without those that are also other words (`elf`, `neuf`, `once`, `dos`). */
const FOREIGN_NUMBERS: ReadonlyMap<string, string> = new Map(
  (
    'zwei=2 drei=3 vier=4 fünf=5 sechs=6 sieben=7 acht=8 neun=9 zehn=10 zwölf=12 ' +
    'deux=2 trois=3 quatre=4 cinq=5 sept=7 huit=8 dix=10 onze=11 douze=12 ' +
    'tres=3 cuatro=4 cinco=5 seis=6 siete=7 ocho=8 nueve=9 diez=10 doce=12'
  )
    .split(' ')
    .map((pair) => {
      const [word = '', figure = ''] = pair.split('=');
      return [word, figure] as const;
    }),
);

const DAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const MONTHS =
  'january february march april may june july august september october november december'.split(
    ' ',
  );
const DATE_WORDS: ReadonlySet<string> = new Set([
  ...DAYS,
  ...DAYS.map((day) => `${day}s`),
  ...MONTHS,
]);
/** Names of days and months; `may` and `march` only in a context of dates. */
const DATE = new RegExp(
  `\\b(?:${[...DAYS.map((day) => `${day}s?`), ...MONTHS.filter((month) => !/^(?:may|march)$/.test(month))].join('|')})\\b|(?<=\\b(?:in|of|since|until|by|last|next|every|early|late|mid|\\d(?:th)?) )(?:may|march)\\b|\\b(?:may|march)(?= \\d)`,
  'giu',
);

const CONTRACTION_PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["can't", ['can', 'not']],
  ["won't", ['will', 'not']],
  ["shan't", ['shall', 'not']],
  ['cannot', ['can', 'not']],
]);

/** Extracts the words of a question from its plain form. Pure; linear in its length. */
export function readWords(question: string): QuestionWords {
  const text = plainText(question);
  const found = [...text.matchAll(WORD)];
  const parts = found.map(([word]) => contractionParts(plain(word)));
  const words = parts.flat();
  // Most questions have no digits, code or dates: a quick test saves the search.
  const numbers = /\p{N}/u.test(text) ? [...text.matchAll(NUMBER)] : [];
  const placed = numbers.length === 0 ? words : inOrder(found, parts, numbers);
  const tokens = tokensOf(UNSPACED.test(text) ? placed.flatMap(lettersOf) : placed);
  return {
    plain: text,
    tokens,
    words,
    numbers: [
      ...numbers.map(plainNumber),
      ...words.flatMap((word) => FOREIGN_NUMBERS.get(word) ?? []),
      ...(words.some((word) => DATE_WORDS.has(word)) ? datesIn(text) : []),
    ],
    units: unitsIn(text, tokens),
    names: found.filter((match) => isName(match, text)).map(([word]) => word.toLowerCase()),
    codes: MAYBE_CODE.test(text) ? codesIn(text) : [],
  };
}

/** Words and numbers in the order of the text. */
function inOrder(
  words: readonly RegExpExecArray[],
  parts: readonly (readonly string[])[],
  numbers: readonly RegExpExecArray[],
): readonly string[] {
  return [
    ...words.map(({ index }, i) => ({ index, said: parts[i] ?? [] })),
    ...numbers.map((match) => ({ index: match.index, said: [plainNumber(match)] })),
  ]
    .sort((x, y) => x.index - y.index)
    .flatMap(({ said }) => said);
}

/** In scripts without spaces, every character is a token. */
const lettersOf = (part: string): readonly string[] =>
  UNSPACED.test(part) ? Array.from(part) : [part];

function tokensOf(placed: readonly string[]): readonly string[] {
  const figures = placed.map((part) => FOREIGN_NUMBERS.get(part) ?? part);
  // Units are normalised only after a number: elsewhere such words may mean something else.
  return figures.map((token, i) => {
    const unit = unitOf(token);
    return unit !== undefined && /\d$/.test(figures[i - 1] ?? '') ? unit : token;
  });
}

const plain = (word: string): string => word.toLowerCase().replaceAll('’', "'");

function contractionParts(word: string): readonly string[] {
  const known = CONTRACTION_PARTS.get(word);
  if (known !== undefined) return known;
  if (word.endsWith("n't")) return [word.slice(0, -3), 'not'];
  return word.includes("'") ? word.split("'") : [word];
}

function codesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(CODE), ([code]) => code.replaceAll(/\s+/gu, ' '));
}

/** Names of days and months count as numbers: they say when, as digits do. */
function datesIn(text: string): readonly string[] {
  return [...text.matchAll(DATE)].map(([name]) => name.toLowerCase().replace(/days$/u, 'day'));
}

/** Points that separate thousands, as in much of Europe, or three decimals. */
const POINTED = /^[-+]?[1-9]\d{0,2}\.\d{3}$/u;

/** `1,000` is 1000, `2,5` is 2.5; `1.000` is ambiguous and stays as written, as do `1,2,3` and a version: `Python 3.10` is not 3.1. */
function plainNumber(match: RegExpExecArray): string {
  const [written] = match;
  if (POINTED.test(written)) return written;
  const value = Number(withPoint(written).replaceAll('_', ''));
  if (!Number.isFinite(value)) return written;
  const isVersion =
    TRAILING_ZERO.test(written) &&
    BEHIND_NAME.test(match.input.slice(Math.max(0, match.index - NAME_CHARS), match.index));
  return isVersion ? written : String(value);
}

const GROUPED = /^[-+]?\d{1,3}(?:,\d{2,3})*,\d{3}(?!\d)/u;

const withPoint = (written: string): string => {
  if (!written.includes(',')) return written;
  if (GROUPED.test(written)) return written.replaceAll(',', '');
  return /^[^,.]*,[^,.]*$/u.test(written) ? written.replace(',', '.') : written;
};

const TRAILING_ZERO = /^\d+\.\d+0$/u;
const BEHIND_NAME =
  /(?:\p{Lu}[\p{L}+#.]*|\b(?:version|release|python|node|java|php|ruby|django|rails|go|v))\s?$/u;
/** Longer than the name of anything with versions. */
const NAME_CHARS = 24;

/** A capitalised word, unless it begins a sentence; there only if at least two letters are capitals. */
function isName({ 0: word, index }: RegExpExecArray, text: string): boolean {
  if (!/^\p{Lu}/u.test(word) || /^I(?:'|$)/u.test(word)) return false;
  if (NO_NAMES.has(word.toLowerCase())) return false;
  if (unitOf(word.toLowerCase()) !== undefined && /\d\s?$/u.test(text.slice(0, index)))
    return false;
  if (/^\p{Lu}{2,}/u.test(word)) return true;
  const before = text.slice(Math.max(0, index - 4), index).trimEnd();
  return before !== '' && !/[.!?:\n"'“(]$/u.test(before);
}

/** Words that may have a capital for emphasis, in titles, or after signs. */
const NO_NAMES: ReadonlySet<string> = new Set(
  (
    'a about after again all also always am an and any are as at be because been before best between but by can could did do does done during each ' +
    'every few for from get give had has have he her here his how if in into is it its just less list many may me might more most much must my need ' +
    'never no not now of off ok okay on once one only or other our out over please rs say she should show so some tell than that the their them then ' +
    'there these they this those to too under until up use very was we were what when where which while who whom whose why will with without would ' +
    'write yes you your'
  ).split(' '),
);
