import { fnv1a } from '../../core/fnv.js';
import { asWritten, isAboutWriting, isWrittenOtherwise, type AsWritten } from './as-written.js';
import { askedIn } from './asked.js';
import { boundsIn } from './bounds.js';
import { denialsIn, isDenied, type Denials } from './denials.js';
import { haveChangedPlaces } from './directions.js';
import { haveOtherLetter } from './designated.js';
import { haveExchanged } from './exchanged.js';
import { haveOtherLetters, tellsByLetters } from './letters.js';
import { lacksName } from './names.js';
import { isOfOtherKind, isTurned, turnable } from './opposites.js';
import { linesOf } from './plain-text.js';
import { isOneOfMany } from './one-or-many.js';
import { hasQuotes, quotesIn } from './quotes.js';
import { bareOf, isReordered, sameList } from './reordered.js';
import { haveOtherRoles, marksOf } from './roles.js';
import { dependsOnTime } from './timely.js';
import { isOtherTime } from './tense.js';
import { termsIn } from './terms.js';
import { readWords, type QuestionWords } from './words.js';

/**
 * Why the answer to one question is not given to another, however alike they are. A closed set.
 *
 * - `number`, `unit`: they ask of different amounts.
 * - `name`: one names somebody or something that the other does not.
 * - `code`: identifiers, paths, versions, addresses or quotes differ; or signs, letters, indentation and capitals that matter.
 * - `negation`: one denies what the other says.
 * - `opposite`: one has a word where the other has its opposite.
 * - `question`: they ask for different things of the same subject (who, when, how many), or of now and then.
 * - `order`: the same words in an order that turns the question around, or two that change places.
 * - `script`: they are written in different scripts.
 * - `time`: the right answer depends on when it is given.
 */
export type Veto =
  | 'number'
  | 'unit'
  | 'name'
  | 'code'
  | 'negation'
  | 'opposite'
  | 'question'
  | 'order'
  | 'script'
  | 'time';

/** What each rule says of a pair; those that hold object. */
export type Objections = Readonly<Record<Veto, boolean>>;

/** What the rules look at, taken from a question once; small, as it is kept for as long as the answer is. */
export interface QuestionFacts {
  readonly words: QuestionWords;
  readonly numbers: readonly string[];
  readonly units: readonly string[];
  readonly codes: readonly string[];
  /** What stands in quotation marks (`quotes.ts`). */
  readonly quotes: readonly string[];
  /** How numbers are bounded (`bounds.ts`). */
  readonly bounds: readonly string[];
  /** The same for all texts that have the same words but for grammar, in whatever order. */
  readonly bag: number;
  /** Words of which the word before tells whether they act or are acted on (`roles.ts`). */
  readonly marks: readonly string[];
  readonly isTimely: boolean;
  readonly denials: Denials;
  /** Stems of words that have an opposite, or look as if they were one. */
  readonly opposable: readonly string[];
  /** What is worked out, sign by sign. */
  readonly terms: readonly string[];
  /** What is asked for, as far as words say it. */
  readonly asks: readonly string[];
  readonly script: number;
  /** One letter makes another word of a word (`letters.ts`). */
  readonly tellsByLetters: boolean;
  /** What the words do not tell (`as-written.ts`). */
  readonly written: AsWritten;
}

/** Takes from a question what the rules look at. */
export function factsOf(text: string, words: QuestionWords): QuestionFacts {
  return {
    words,
    numbers: sorted(words.numbers),
    units: sorted(words.units),
    codes: sorted([...new Set(words.codes)]),
    quotes: sorted(quotesIn(words.plain)),
    bounds: sorted(boundsIn(words.plain)),
    bag: bareOf(words).reduce((sum, word) => (sum + fnv1a(word)) | 0, 0),
    marks: marksOf(words.tokens),
    isTimely: dependsOnTime(words.plain),
    denials: denialsIn(words.words),
    opposable: sorted(turnable(words.words)),
    terms: sorted(termsIn(words.plain)),
    asks: sorted(askedIn(words.plain)),
    script: scriptOf(text),
    tellsByLetters: tellsByLetters(words.plain, words.words),
    written: asWritten(words.plain, linesOf(text), text),
  };
}

const NONE: readonly string[] = [];

/** Most questions have nothing of most kinds: that is held once. */
const sorted = (items: readonly string[]): readonly string[] =>
  items.length === 0 ? NONE : items.toSorted();

/**
 * Looks for what makes two questions different whatever they have in common.
 *
 * Says nothing of whether they are the same: that no rule objects is no reason to give an answer.
 *
 * @param asked - the question that wants an answer
 * @param kept - the question whose answer is kept
 * @returns the first objection, `null` for none
 */
export function vetoOf(asked: string, kept: string): Veto | null {
  const [a, b] = [asked, kept].map((text) => factsOf(text, readWords(text)));
  return a === undefined || b === undefined ? null : firstObjection(objectionsTo(a, b));
}

/** The veto of a pair whose rules have been asked: the first that objects, `null` for none. */
export function firstObjection(objections: Objections): Veto | null {
  return ORDER.find((veto) => objections[veto]) ?? null;
}

/** What every rule says of a pair of questions. */
export function objectionsTo(a: QuestionFacts, b: QuestionFacts): Objections {
  return {
    time: a.isTimely || b.isTimely,
    number: haveOtherNumbers(a, b) || areOther(a.bounds, b.bounds) || isOneOfMany(a, b),
    unit: lacksOne(a.units, b.units) && lacksOne(b.units, a.units),
    code: haveOtherCode(a, b) || areWrittenOtherwise(a, b),
    name: haveOtherNames(a, b),
    negation: isDenied(a, b),
    opposite: isOpposite(a, b),
    question: asksOther(a.asks, b.asks) || isOtherTime(a.words.words, b.words.words),
    script: a.script !== b.script,
    order:
      isReordered(a, b) ||
      haveOtherRoles(a, b) ||
      haveChangedPlaces(a, b) ||
      areOther(a.terms, b.terms),
  };
}

const isOpposite = (a: QuestionFacts, b: QuestionFacts): boolean =>
  isTurned(a, b) ||
  isTurned(b, a) ||
  isOfOtherKind(a.words.words, b.words.words) ||
  haveExchanged(a.words.tokens, b.words.tokens);

const haveOtherNames = (a: QuestionFacts, b: QuestionFacts): boolean =>
  lacksName(a.words, b.words) || lacksName(b.words, a.words) || haveOtherLetter(a, b);

/** Who leaves a unit out may mean the same one; two units are two amounts. */
const lacksOne = (others: readonly string[], own: readonly string[]): boolean =>
  own.some((unit) => !others.includes(unit));

/** Who leaves out how a number is bounded, or what is to be worked out, may mean the same. */
const areOther = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !sameList(a, b);

/** What is said first where several rules object: what is easiest to understand. */
const ORDER: readonly Veto[] = [
  'time',
  'number',
  'unit',
  'code',
  'name',
  'negation',
  'opposite',
  'question',
  'script',
  'order',
];

/**
 * `33 cm by 33 cm` is `33 cm square`, and `one hour` an hour; but where as many numbers are said each counts,
 * and wherever something is calculated.
 */
function haveOtherNumbers(a: QuestionFacts, b: QuestionFacts): boolean {
  if (sameList(a.numbers, b.numbers)) return false;
  if (a.numbers.length === b.numbers.length) return true;
  return calculates(a) || calculates(b) || !sameList(eachOnce(a.numbers), eachOnce(b.numbers));
}

const CALCULATION =
  /\d\s*[-+*\/^×÷]\s*\d|\d (?:plus|minus|times|divided by|multiplied by|to the power of|percent of) /iu;
const calculates = ({ words: { plain } }: QuestionFacts): boolean => CALCULATION.test(plain);

/** Each once, and without what is said by an article as well. */
const eachOnce = (numbers: readonly string[]): readonly string[] =>
  numbers.filter((number, i) => number !== '1' && numbers[i - 1] !== number);

/** Who asks for several things asks for what is asked in the other. */
const asksOther = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some((asked) => b.includes(asked));

/** Code, or words in quotation marks, that one has and the other has not. */
function haveOtherCode(a: QuestionFacts, b: QuestionFacts): boolean {
  if (!sameList(a.codes, b.codes) && (lacksCode(a, b) || lacksCode(b, a))) return true;
  return !hasQuotes(a.quotes, b.words.plain) || !hasQuotes(b.quotes, a.words.plain);
}

/** Letters and signs beside the words; where it is asked how something is written, every one of them. */
function areWrittenOtherwise(a: QuestionFacts, b: QuestionFacts): boolean {
  const sameWords = a.bag === b.bag;
  const sameMarks = isMarked(a) === isMarked(b);
  if (isWrittenOtherwise(a.written, b.written, { sameWords, sameMarks })) return true;
  if (a.tellsByLetters && b.tellsByLetters && haveOtherLetters(a.words, b.words)) return true;
  if (!sameWords) return false;
  if (keySignsIn(a.words.plain) !== keySignsIn(b.words.plain)) return true;
  if (literalsIn(a.words.plain) !== literalsIn(b.words.plain)) return true;
  if (!isAboutWriting(a.words.plain)) return false;
  return toTheLetter(a.words.plain) !== toTheLetter(b.words.plain);
}

/** Signs of code that no words stand for, in whatever order: trees see nothing of them. */
const keySignsIn = (plain: string): string =>
  plain
    .match(/[[\]{}<>|~$@\\^+*=&#]|\(\)/gu)
    ?.sort()
    .join('') ?? '';

/** What is a string because code stands beside its quotes: `"3" + 4`, `print("a")`. Which quotes they are counts where a shell looks into them: `'$x'`. */
function literalsIn(plain: string): string {
  if (!/["']/u.test(plain)) return '';
  const literals = plain.match(LITERAL) ?? [];
  return literals.map((found) => (found.includes('$') ? found : found.slice(1, -1))).join('"');
}

const LITERAL =
  /(?<=[=+*<>([{]\s?)(?:"[^"\n]*"|'[^'\n]*')|(?:"[^"\n]*"|(?<!\p{L})'[^'\n]*')(?=\s?[=+*<>)\]}[])|"[^"\n]*\$\w[^"\n]*"|(?<!\p{L})'[^'\n]*\$\w[^'\n]*'/gu;

/** Something in it is marked as code, by backquotes. */
const isMarked = ({ words: { plain } }: QuestionFacts): boolean => plain.includes('`');

/** But for how it begins and ends; the `?` of `.*?` is not what it ends with. */
const toTheLetter = (plain: string): string =>
  plain
    .slice(1)
    .replaceAll('`', '')
    .replace(/(?<=[\p{L}\p{N}\s"')\]])[\s.?!]+$/u, '');

/** Code of one that the other does not have, marked as code or not. */
function lacksCode(a: QuestionFacts, b: QuestionFacts): boolean {
  const unmarked = a.codes.filter((code) => !b.codes.includes(code));
  if (unmarked.length === 0) return false;
  const said = lexemesOf(b.words.plain);
  // Who says CSV means `.csv`.
  const isSaid = (code: string): boolean =>
    hasRun(said, lexemesOf(code)) ||
    (/^\.\w+$/u.test(code) && b.words.words.includes(code.slice(1)));
  return !unmarked.every(isSaid);
}

/** Words, numbers and single signs, in order; backquotes only mark what is code. */
function lexemesOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{M}\p{N}_]+|[^\s`]/gu) ?? [];
}

function hasRun(all: readonly string[], run: readonly string[]): boolean {
  return all.some((_, start) => run.every((item, i) => all[start + i] === item));
}

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Han',
  'Hiragana',
  'Hangul',
  'Arabic',
  'Hebrew',
  'Devanagari',
  'Thai',
];
const SCRIPT_LETTERS = SCRIPTS.map((script) => new RegExp(`\\p{Script=${script}}`, 'gu'));

/** The script most letters are in, by its place in the list; -1 for none of them. */
function scriptOf(text: string): number {
  // Nearly all texts have letters of one alphabet only, and that is seen at once.
  if (!/[^\u0000-\u024f\u2000-\u22ff]/u.test(text)) return /\p{L}/u.test(text) ? 0 : -1;
  const counts = SCRIPT_LETTERS.map((letters) => text.match(letters)?.length ?? 0);
  const most = Math.max(...counts);
  return most === 0 ? -1 : counts.indexOf(most);
}
