import { fnv1a } from '../../core/fnv.js';
import {
  surfaceFormOf,
  isAboutWriting,
  differInSurfaceForm,
  type SurfaceForm,
} from './surface-form.js';
import { answerTypesIn } from './answer-types.js';
import { boundsIn } from './bounds.js';
import { negationsIn, differInNegation, type Negations } from './negations.js';
import { haveSwappedPlaces } from './directions.js';
import { haveOtherLetter } from './designated.js';
import { haveExchanged } from './exchanged.js';
import { differInLetters, isLetterSensitive } from './letter-sensitivity.js';
import { lacksName } from './names.js';
import { isOfOtherKind, hasOppositeWord, opposableStems } from './opposites.js';
import { linesOf } from './plain-text.js';
import { isOneOfMany } from './one-or-many.js';
import { hasQuotes, quotesIn } from './quotes.js';
import { contentTokens, isReordered, areListsEqual } from './reordered.js';
import { differInRoles, caseMarkersOf } from './roles.js';
import { isTimeDependent } from './time-dependence.js';
import { differInTense } from './tense.js';
import { expressionsIn } from './expressions.js';
import { readWords, type QuestionWords } from './words.js';

/**
 * Why the answer to one question is not given to another, however similar they are. A closed set.
 *
 * - `number`, `unit`: they ask about different amounts.
 * - `name`: one names somebody or something that the other does not.
 * - `code`: identifiers, paths, versions, addresses or quotes differ; or signs, letters, indentation and capitals that matter.
 * - `negation`: one negates what the other says.
 * - `opposite`: one has a word where the other has its opposite.
 * - `question`: they ask different things about the same subject (who, when, how many), or about the present and the past.
 * - `order`: the same words in an order that changes the question, or two words that swap places.
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

/** Which rules object to a pair. */
export type VetoResults = Readonly<Record<Veto, boolean>>;

/** What the rules need to know of a question. Small, as it is kept as long as the cached answer. */
export interface QuestionFacts {
  readonly words: QuestionWords;
  readonly numbers: readonly string[];
  readonly units: readonly string[];
  readonly codes: readonly string[];
  /** Texts in quotation marks (`quotes.ts`). */
  readonly quotes: readonly string[];
  /** Bounds on numbers, such as `at least` (`bounds.ts`). */
  readonly bounds: readonly string[];
  /** Order-independent hash of the words, articles and the case of pronouns aside. */
  readonly bagHash: number;
  /** Words marked as subject or object by the word before them, each followed by that word (`roles.ts`). */
  readonly caseMarkers: readonly string[];
  readonly isTimeDependent: boolean;
  readonly negations: Negations;
  /** Stems of words that have an opposite, or look like one. */
  readonly opposable: readonly string[];
  /** Arithmetic expressions in normalised form (`expressionsIn`). */
  readonly expressions: readonly string[];
  /** Expected types of answer: `who`, `when`, `how many` and so on (`answerTypesIn`). */
  readonly answerTypes: readonly string[];
  /** Index of the script that most letters belong to; -1 for none. */
  readonly script: number;
  /** A single letter makes a different word here, not a typo (`letter-sensitivity.ts`). */
  readonly isLetterSensitive: boolean;
  /** Details of writing that the words do not show (`surfaceFormOf`). */
  readonly surfaceForm: SurfaceForm;
}

/** Extracts from a question what the rules need. */
export function extractFacts(text: string, words: QuestionWords): QuestionFacts {
  return {
    words,
    numbers: sorted(words.numbers),
    units: sorted(words.units),
    codes: sorted([...new Set(words.codes)]),
    quotes: sorted(quotesIn(words.plain)),
    bounds: sorted(boundsIn(words.plain)),
    bagHash: contentTokens(words).reduce((sum, word) => (sum + fnv1a(word)) | 0, 0),
    caseMarkers: caseMarkersOf(words.tokens),
    isTimeDependent: isTimeDependent(words.plain),
    negations: negationsIn(words.words),
    opposable: sorted(opposableStems(words.words)),
    expressions: sorted(expressionsIn(words.plain)),
    answerTypes: sorted(answerTypesIn(words.plain)),
    script: scriptOf(text),
    isLetterSensitive: isLetterSensitive(words.plain, words.words),
    surfaceForm: surfaceFormOf(words.plain, linesOf(text), text),
  };
}

const NONE: readonly string[] = [];

/** Most lists are empty: those share one array. */
const sorted = (items: readonly string[]): readonly string[] =>
  items.length === 0 ? NONE : items.toSorted();

/**
 * Looks for a difference that makes two questions different whatever they have in common.
 *
 * No objection does not mean that the questions are the same.
 *
 * @param question - the question to be answered
 * @param cached - the question whose answer is cached
 * @returns the first objection, `null` for none
 */
export function findVeto(question: string, cached: string): Veto | null {
  const [a, b] = [question, cached].map((text) => extractFacts(text, readWords(text)));
  return a === undefined || b === undefined ? null : firstVeto(applyVetoRules(a, b));
}

/** The first rule that objects, `null` for none. */
export function firstVeto(objections: VetoResults): Veto | null {
  return ORDER.find((veto) => objections[veto]) ?? null;
}

/** Applies every rule to a pair of questions. */
export function applyVetoRules(a: QuestionFacts, b: QuestionFacts): VetoResults {
  return {
    time: a.isTimeDependent || b.isTimeDependent,
    number: haveOtherNumbers(a, b) || areOther(a.bounds, b.bounds) || isOneOfMany(a, b),
    unit: lacksOne(a.units, b.units) && lacksOne(b.units, a.units),
    code: haveOtherCode(a, b) || areWrittenOtherwise(a, b),
    name: haveOtherNames(a, b),
    negation: differInNegation(a, b),
    opposite: isOpposite(a, b),
    question:
      haveOtherAnswerTypes(a.answerTypes, b.answerTypes) ||
      differInTense(a.words.words, b.words.words),
    script: a.script !== b.script,
    order:
      isReordered(a, b) ||
      differInRoles(a, b) ||
      haveSwappedPlaces(a, b) ||
      areOther(a.expressions, b.expressions),
  };
}

const isOpposite = (a: QuestionFacts, b: QuestionFacts): boolean =>
  hasOppositeWord(a, b) ||
  hasOppositeWord(b, a) ||
  isOfOtherKind(a.words.words, b.words.words) ||
  haveExchanged(a.words.tokens, b.words.tokens);

const haveOtherNames = (a: QuestionFacts, b: QuestionFacts): boolean =>
  lacksName(a.words, b.words) || lacksName(b.words, a.words) || haveOtherLetter(a, b);

/** A unit that is left out may be the same one; two different units are two amounts. */
const lacksOne = (others: readonly string[], own: readonly string[]): boolean =>
  own.some((unit) => !others.includes(unit));

/** Differ, and neither is empty: a bound or an expression that is left out may be the same one. */
const areOther = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !areListsEqual(a, b);

/** If several rules object, the one reported is the easiest to understand. */
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
 * `33 cm by 33 cm` is `33 cm square`, and `one hour` is an hour. But if both have equally many numbers, or something is
 * calculated, every number counts.
 */
function haveOtherNumbers(a: QuestionFacts, b: QuestionFacts): boolean {
  if (areListsEqual(a.numbers, b.numbers)) return false;
  if (a.numbers.length === b.numbers.length) return true;
  return calculates(a) || calculates(b) || !areListsEqual(eachOnce(a.numbers), eachOnce(b.numbers));
}

const CALCULATION =
  /\d\s*[-+*\/^×÷]\s*\d|\d (?:plus|minus|times|divided by|multiplied by|to the power of|percent of) /iu;
const calculates = ({ words: { plain } }: QuestionFacts): boolean => CALCULATION.test(plain);

/** Without repetitions, and without 1, which an article may stand for. `numbers` is sorted. */
const eachOnce = (numbers: readonly string[]): readonly string[] =>
  numbers.filter((number, i) => number !== '1' && numbers[i - 1] !== number);

/** Whether both have expected types of answer, but none in common. */
const haveOtherAnswerTypes = (a: readonly string[], b: readonly string[]): boolean =>
  a.length > 0 && b.length > 0 && !a.some((type) => b.includes(type));

/** One has code, or words in quotation marks, that the other does not have. */
function haveOtherCode(a: QuestionFacts, b: QuestionFacts): boolean {
  if (!areListsEqual(a.codes, b.codes) && (lacksCode(a, b) || lacksCode(b, a))) return true;
  return !hasQuotes(a.quotes, b.words.plain) || !hasQuotes(b.quotes, a.words.plain);
}

/** They differ in letters or signs that matter; if a question is about writing, all of them matter. */
function areWrittenOtherwise(a: QuestionFacts, b: QuestionFacts): boolean {
  const sameWords = a.bagHash === b.bagHash;
  const sameMarks = isMarked(a) === isMarked(b);
  if (differInSurfaceForm(a.surfaceForm, b.surfaceForm, { sameWords, sameMarks })) return true;
  if (a.isLetterSensitive && b.isLetterSensitive && differInLetters(a.words, b.words)) return true;
  if (!sameWords) return false;
  if (keySignsIn(a.words.plain) !== keySignsIn(b.words.plain)) return true;
  if (literalsIn(a.words.plain) !== literalsIn(b.words.plain)) return true;
  if (!isAboutWriting(a.words.plain)) return false;
  return toTheLetter(a.words.plain) !== toTheLetter(b.words.plain);
}

/** Signs of code that no word stands for, sorted: the trees do not see them. */
const keySignsIn = (plain: string): string =>
  plain
    .match(/[[\]{}<>|~$@\\^+*=&#]|\(\)/gu)
    ?.sort()
    .join('') ?? '';

/** String literals, recognised by the code next to their quotes: `"3" + 4`, `print("a")`. The kind of quotes counts only where a shell expands them: `'$x'`. */
function literalsIn(plain: string): string {
  if (!/["']/u.test(plain)) return '';
  const literals = plain.match(LITERAL) ?? [];
  return literals.map((found) => (found.includes('$') ? found : found.slice(1, -1))).join('"');
}

const LITERAL =
  /(?<=[=+*<>([{]\s?)(?:"[^"\n]*"|'[^'\n]*')|(?:"[^"\n]*"|(?<!\p{L})'[^'\n]*')(?=\s?[=+*<>)\]}[])|"[^"\n]*\$\w[^"\n]*"|(?<!\p{L})'[^'\n]*\$\w[^'\n]*'/gu;

/** Something is marked as code by backquotes. */
const isMarked = ({ words: { plain } }: QuestionFacts): boolean => plain.includes('`');

/** Without the first letter, backquotes and final punctuation; the `?` of `.*?` is not final punctuation. */
const toTheLetter = (plain: string): string =>
  plain
    .slice(1)
    .replaceAll('`', '')
    .replace(/(?<=[\p{L}\p{N}\s"')\]])[\s.?!]+$/u, '');

/** One has code that does not occur in the other, marked as code or not. */
function lacksCode(a: QuestionFacts, b: QuestionFacts): boolean {
  const unmarked = a.codes.filter((code) => !b.codes.includes(code));
  if (unmarked.length === 0) return false;
  const lexemes = lexemesOf(b.words.plain);
  // CSV means `.csv`.
  const isSaid = (code: string): boolean =>
    hasRun(lexemes, lexemesOf(code)) ||
    (/^\.\w+$/u.test(code) && b.words.words.includes(code.slice(1)));
  return !unmarked.every(isSaid);
}

/** Words, numbers and single signs, in order, without backquotes. */
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

/** Index in `SCRIPTS` of the script that most letters belong to; -1 for none of them. */
function scriptOf(text: string): number {
  // Fast path: nearly all texts have Latin letters only.
  if (!/[^\u0000-\u024f\u2000-\u22ff]/u.test(text)) return /\p{L}/u.test(text) ? 0 : -1;
  const counts = SCRIPT_LETTERS.map((letters) => text.match(letters)?.length ?? 0);
  const most = Math.max(...counts);
  return most === 0 ? -1 : counts.indexOf(most);
}
