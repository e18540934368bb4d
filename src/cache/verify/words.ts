import { plainText } from './plain-text.js';
import { unitOf, unitsIn } from './units.js';

/** What a pair of questions is compared by. */
export interface QuestionWords {
  /** The question without what changes nothing of its answer (`plainText`). */
  readonly plain: string;
  /** Words and numbers in order, as below; characters of scripts without spaces one by one. */
  readonly tokens: readonly string[];
  /** All words, lower case, in order; contractions taken apart (`don't` is `do`, `not`). */
  readonly words: readonly string[];
  /** All numbers in order, each written one way: `1,000`, `1000.0` and `1e3` are the same. */
  readonly numbers: readonly string[];
  /** What measures or counts (`km`, `hours`, `words`, `%`, `€`), each written one way. */
  readonly units: readonly string[];
  /** Names: words with a capital that does not come from the place in the sentence; lower case. */
  readonly names: readonly string[];
  /** Words of code, paths, addresses and versions, and what stands in backquotes; as written. */
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

/** Whatever `CODE` finds has one of these. */
const MAYBE_CODE = /[`\\@/_^%<>=|&#+*-]|\(\)|!\w|\.[\p{Ll}\d]|\p{Ll}\p{Lu}/u;

/** Han, kana, Thai, Lao, Khmer and Myanmar: scripts that put no spaces between words. */
const UNSPACED =
  /[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]/u;

/** German, French and Spanish; not among them what is another word as well (`elf`, `neuf`, `once`, `dos`). */
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
/** Names of days and months; `may` and `march` only where a day of theirs, or a time in them, is spoken of. */
const DATE = new RegExp(
  `\\b(?:${[...DAYS.map((day) => `${day}s?`), ...MONTHS.filter((month) => !/^(?:may|march)$/.test(month))].join('|')})\\b|(?<=\\b(?:in|of|since|until|by|last|next|every|early|late|mid|\\d(?:th)?) )(?:may|march)\\b|\\b(?:may|march)(?= \\d)`,
  'giu',
);

const TAKEN_APART: ReadonlyMap<string, readonly string[]> = new Map([
  ["can't", ['can', 'not']],
  ["won't", ['will', 'not']],
  ["shan't", ['shall', 'not']],
  ['cannot', ['can', 'not']],
]);

/** Reads a question for comparing, in its plain form (`plainText`). Pure; time is linear in its length. */
export function readWords(question: string): QuestionWords {
  const text = plainText(question);
  const found = [...text.matchAll(WORD)];
  const parts = found.map(([word]) => takenApart(plain(word)));
  const words = parts.flat();
  // Most questions have no figures, no code, no dates: seeing that is cheaper than looking for them.
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

/** Of scripts without spaces, every letter is a word. */
const lettersOf = (part: string): readonly string[] =>
  UNSPACED.test(part) ? Array.from(part) : [part];

function tokensOf(placed: readonly string[]): readonly string[] {
  const figures = placed.map((part) => FOREIGN_NUMBERS.get(part) ?? part);
  // `8 kg` and `8 kilograms`; in other places such words may mean something else.
  return figures.map((token, i) => {
    const unit = unitOf(token);
    return unit !== undefined && /\d$/.test(figures[i - 1] ?? '') ? unit : token;
  });
}

const plain = (word: string): string => word.toLowerCase().replaceAll('’', "'");

function takenApart(word: string): readonly string[] {
  const known = TAKEN_APART.get(word);
  if (known !== undefined) return known;
  if (word.endsWith("n't")) return [word.slice(0, -3), 'not'];
  return word.includes("'") ? word.split("'") : [word];
}

function codesIn(text: string): readonly string[] {
  return Array.from(text.matchAll(CODE), ([code]) => code.replaceAll(/\s+/gu, ' '));
}

/** Days and months count as numbers: they say when, as figures do. */
function datesIn(text: string): readonly string[] {
  return [...text.matchAll(DATE)].map(([name]) => name.toLowerCase().replace(/days$/u, 'day'));
}

/** Points between thousands, as on the continent of Europe; or three decimals. */
const POINTED = /^[-+]?[1-9]\d{0,2}\.\d{3}$/u;

/** `1,000` is 1000, `2,5` is 2.5, `1.000` may be either number and stays, and of `1,2,3` nobody knows; the `3.10` of `Python 3.10` is no 3.1. */
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
/** Longer than the name of anything that has versions. */
const NAME_CHARS = 24;

/** A capital at the start of a sentence says nothing, unless more than the first letter is one. */
function isName({ 0: word, index }: RegExpExecArray, text: string): boolean {
  if (!/^\p{Lu}/u.test(word) || /^I(?:'|$)/u.test(word)) return false;
  if (NO_NAMES.has(word.toLowerCase())) return false;
  if (unitOf(word.toLowerCase()) !== undefined && /\d\s?$/u.test(text.slice(0, index)))
    return false;
  if (/^\p{Lu}{2,}/u.test(word)) return true;
  const before = text.slice(Math.max(0, index - 4), index).trimEnd();
  return before !== '' && !/[.!?:\n"'“(]$/u.test(before);
}

/** Words that are written with a capital for stress, in titles, and behind signs. */
const NO_NAMES: ReadonlySet<string> = new Set(
  (
    'a about after again all also always am an and any are as at be because been before best between but by can could did do does done during each ' +
    'every few for from get give had has have he her here his how if in into is it its just less list many may me might more most much must my need ' +
    'never no not now of off ok okay on once one only or other our out over please rs say she should show so some tell than that the their them then ' +
    'there these they this those to too under until up use very was we were what when where which while who whom whose why will with without would ' +
    'write yes you your'
  ).split(' '),
);
