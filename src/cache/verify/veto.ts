import { fnv1a } from '../../core/fnv.js';
import { isAboutWord } from './abbreviations.js';
import { spelledOut } from './acronyms.js';
import { boundsIn } from './bounds.js';
import { isTurned, turnable } from './opposites.js';
import { hasQuotes, quotesIn } from './quotes.js';
import { bareOf, isReordered, sameList } from './reordered.js';
import { haveOtherRoles, marksOf } from './roles.js';
import { dependsOnTime } from './timely.js';
import { readWords, type QuestionWords } from './words.js';

/**
 * Why the answer to one question is not given to another, however alike they are. A closed set.
 *
 * - `number`, `unit`: they ask of different amounts.
 * - `name`: one names somebody or something that the other does not.
 * - `code`: identifiers, paths, versions, addresses or quotes differ.
 * - `negation`: one denies what the other says.
 * - `opposite`: one has a word where the other has its opposite.
 * - `question`: they ask for different things of the same subject (who, when, how many).
 * - `order`: the same words in an order that turns the question around.
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
  readonly denials: number;
  /** Stems of words that have an opposite, or look as if they were one. */
  readonly opposable: readonly string[];
  /** What is asked for, where a word says it. */
  readonly asks: string | null;
  readonly script: number;
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
    denials: denials(words),
    opposable: sorted(turnable(words.words)),
    asks: questionOf(words),
    script: scriptOf(text),
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
    number: !sameList(a.numbers, b.numbers) || areOtherBounds(a.bounds, b.bounds),
    unit: lacksOne(a.units, b.units) && lacksOne(b.units, a.units),
    code: haveOtherCode(a, b),
    name: lacksName(a, b) || lacksName(b, a),
    negation: a.denials !== b.denials,
    opposite: isTurned(a, b) || isTurned(b, a),
    question: a.asks !== null && b.asks !== null && a.asks !== b.asks,
    script: a.script !== b.script,
    order: isReordered(a, b) || haveOtherRoles(a, b),
  };
}

/** Who leaves a unit out may mean the same one; two units are two amounts. */
const lacksOne = (others: readonly string[], own: readonly string[]): boolean =>
  own.some((unit) => !others.includes(unit));

/** Who leaves out how a number is bounded may mean the same. */
const areOtherBounds = (a: readonly string[], b: readonly string[]): boolean =>
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

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));

const NEGATIONS = words(
  'not no never without none nobody nothing neither nor hardly except excluding unless ' +
    'dont doesnt didnt isnt arent wasnt werent cant wont shouldnt wouldnt couldnt hasnt havent hadnt ' +
    'nicht kein keine keinen keinem keiner nie niemals ohne pas jamais sans nunca sin',
);

/** Said before a name, or not. */
const TITLES = words('mr mrs ms dr prof professor president sir sr jr the');

const QUESTIONS = words('who whom whose when where why which what how');
const SPECIFIC: ReadonlyMap<string, string> = new Map([
  ['who', 'who'],
  ['whom', 'who'],
  ['whose', 'who'],
  ['when', 'when'],
  ['where', 'where'],
  ['why', 'why'],
]);
/** What `how` asks for, by the word after it. */
const MEASURES = words('many much long old far often tall big fast');

/** A name of one that the other does not have in any form of writing. */
function lacksName(
  { words: { names, words: own, plain: text } }: QuestionFacts,
  { words: { words: other } }: QuestionFacts,
): boolean {
  if (names.length === 0) return false;
  const has = (part: string): boolean =>
    part.length < 2 || TITLES.has(part) || other.includes(part) || other.some(isFormOf(part));
  const lacking = (name: string): boolean => !name.split("'").every(has);
  const short = names.filter((name) => lacking(name) && !belongsToKnown(name, { names, own, has }));
  return short.length > 0 && (isAboutWord(text) || !areAcronyms(short, own, other));
}

/** Whether each name is short for words of the other text, or among the words that one of its words is short for. */
function areAcronyms(
  names: readonly string[],
  own: readonly string[],
  other: readonly string[],
): boolean {
  const written = other.flatMap((word) => {
    const run = own.includes(word) ? null : spelledOut(word, own);
    return run === null ? [] : own.slice(run.from, run.to);
  });
  return names.every((name) => written.includes(name) || spelledOut(name, other) !== null);
}

/** Code, or words in quotation marks, that one has and the other has not. */
function haveOtherCode(a: QuestionFacts, b: QuestionFacts): boolean {
  if (!sameList(a.codes, b.codes) && (lacksCode(a, b) || lacksCode(b, a))) return true;
  return !hasQuotes(a.quotes, b.words.plain) || !hasQuotes(b.quotes, a.words.plain);
}

/** Code of one that the other does not have, marked as code or not. */
function lacksCode(a: QuestionFacts, b: QuestionFacts): boolean {
  const unmarked = a.codes.filter((code) => !b.codes.includes(code));
  if (unmarked.length === 0) return false;
  const said = lexemesOf(b.words.plain);
  return !unmarked.every((code) => hasRun(said, lexemesOf(code)));
}

/** Words, numbers and single signs, in order; backquotes only mark what is code. */
function lexemesOf(text: string): readonly string[] {
  return text.match(/[\p{L}\p{M}\p{N}_]+|[^\s`]/gu) ?? [];
}

function hasRun(all: readonly string[], run: readonly string[]): boolean {
  return all.some((_, start) => run.every((item, i) => all[start + i] === item));
}

/** `India` and `Indian`, `US` and `USA`: the same name with another ending. */
function isFormOf(name: string): (word: string) => boolean {
  return (word) =>
    Math.min(word.length, name.length) >= 2 &&
    (word.startsWith(name) || name.startsWith(word)) &&
    Math.abs(word.length - name.length) <= (name.length < 5 ? 1 : 3);
}

/** `Donald` beside `Trump`: who is called by both names may be called by one. */
function belongsToKnown(
  name: string,
  {
    names,
    own,
    has,
  }: {
    readonly names: readonly string[];
    readonly own: readonly string[];
    readonly has: (part: string) => boolean;
  },
): boolean {
  const family = own[own.indexOf(name) + 1] ?? '';
  return names.includes(family) && has(family);
}

/** How often something is denied; "why or why not" and "if not" deny nothing. */
function denials({ words: all }: QuestionWords): number {
  return all.filter(
    (word, i) =>
      NEGATIONS.has(word) && !(word === 'not' && /^(?:why|if|or)$/.test(all[i - 1] ?? '')),
  ).length;
}

/**
 * What is asked for, where the word says it: a person, a place, a time, a reason, an amount.
 *
 * `what`, `which` and a bare `how` ask for anything: "what is the best way to" is "how do I".
 */
function questionOf({ words: all }: QuestionWords): string | null {
  const at = all.findIndex((word) => QUESTIONS.has(word));
  const [asks = '', after = ''] = at < 0 ? [] : all.slice(at, at + 2);
  if (asks === 'how') return MEASURES.has(after) ? `how ${after}` : null;
  return SPECIFIC.get(asks) ?? null;
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
