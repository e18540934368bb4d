import { dot } from './dot.js';
import type { ReadQuestion } from './judge.js';
import { ordersMatter } from './sorting.js';
import { factsOf, type QuestionFacts } from './veto.js';
import { isOtherVoice } from './voice.js';
import type { WordsInContext } from './word-context.js';
import type { WordNetwork } from './word-network.js';
import { FUNCTION_RARITY, type KnownWord, type WordTable } from './word-table.js';
import { readWords, type QuestionWords } from './words.js';

/** A question with all that pairs are compared by. */
export interface ComparedQuestion extends ReadQuestion {
  readonly words: QuestionWords;
  readonly facts: QuestionFacts;
  readonly known: readonly KnownWord[];
  /** Places of the words in the order of their ids; of one word, in the order of the text. */
  readonly byId: Uint16Array;
  /** Worked out when it is asked for first: a pair that is vetoed does not need it. */
  readonly print: QuestionPrint;
  /** As the network reads it; of the first that asks, and there is one. */
  inContext(network: Pick<WordNetwork, 'read'>): WordsInContext;
}

/** What is compared as numbers. */
export interface QuestionPrint {
  /** How much all words say together. */
  readonly weight: number;
  /** How many words say next to nothing. */
  readonly functionWords: number;
  readonly sentences: number;
  /** Runs of two and of three words, and of three letters: hashes, rising, none twice. */
  readonly wordPairs: Int32Array;
  readonly wordTriples: Int32Array;
  readonly letters: Int32Array;
  /** The squared length of the vector's first part, which says which words occur, and of the other. */
  readonly frontSquared: number;
  readonly backSquared: number;
  /** What the words of the plain form mean together, and its squared length. */
  readonly sense: Float32Array;
  readonly senseSquared: number;
}

/** More words than a text of 65,535 characters could have are not compared. */
const MAX_WORDS = 0xffff;

const COMMON = /[\p{L}\p{M}\p{N}\s.,;:!?¿¡'"`-]+/gu;

/**
 * Makes a question ready for `pairFeatures`.
 *
 * @param facts - of the text, where they were read before
 */
export function readQuestion(
  text: string,
  table: WordTable,
  vector: Float32Array,
  facts: QuestionFacts = factsOf(text, readWords(text)),
): ComparedQuestion {
  return new Compared(text, table, vector, facts);
}

class Compared implements ComparedQuestion {
  readonly text: string;
  readonly vector: Float32Array;
  readonly facts: QuestionFacts;
  readonly words: QuestionWords;
  readonly known: readonly KnownWord[];
  readonly byId: Uint16Array;
  readonly #identityDims: number;
  #print: QuestionPrint | null = null;
  #inContext: WordsInContext | null = null;

  constructor(text: string, table: WordTable, vector: Float32Array, facts: QuestionFacts) {
    this.text = text;
    this.vector = vector;
    this.facts = facts;
    this.words = facts.words;
    this.known = facts.words.tokens.slice(0, MAX_WORDS).map((token) => table.find(token));
    this.byId = orderById(this.known);
    this.#identityDims = table.identityDims;
  }

  get print(): QuestionPrint {
    this.#print ??= printOf(this.words.plain, this.known, this.vector, this.#identityDims);
    return this.#print;
  }

  inContext(network: Pick<WordNetwork, 'read'>): WordsInContext {
    this.#inContext ??= network.read(this.known);
    return this.#inContext;
  }
}

/** What of the plain form is neither word, number nor common punctuation. */
const symbolsIn = ({ words }: ComparedQuestion): string => words.plain.replaceAll(COMMON, '');

/** The plain form without spaces and common punctuation, where there is more than that: `i++` is not `++i`. */
function placedSymbols(question: ComparedQuestion): string {
  const symbols = symbolsIn(question);
  if (!OPERATORS.test(symbols)) return symbols;
  return question.words.plain.replaceAll(/[\s.,;:?¿¡'"`]+/gu, '').toLowerCase();
}

const OPERATORS = /[+*^%<>=|&!]/u;

/**
 * Whether two questions have the same plain form: the same words in the same order, but for case, punctuation,
 * spelling, the voice of the verb, and which of two that are joined by `and` or `or` comes first.
 */
export function areWordedAlike(a: ComparedQuestion, b: ComparedQuestion): boolean {
  const isSame =
    a.known.length === b.known.length &&
    (a.known.every((word, i) => isSameWord(word, b.known[i], a.known[i - 1])) ||
      (haveSameIds(a, b) &&
        !ordersMatter(a.words.plain) &&
        sameIds(joinedInOrder(a.known), joinedInOrder(b.known))));
  return (isSame || isOtherVoice(a.known, b.known)) && placedSymbols(a) === placedSymbols(b);
}

/** Whoever would not mind working it out is asked to work it out; how to go about learning it is how to learn it. */
function isSameWord(
  one: KnownWord,
  other: KnownWord | undefined,
  before: KnownWord | undefined,
): boolean {
  if (one.id === other?.id) return true;
  const isFirst = before === undefined || before.text === 'how';
  if (!isFirst || one.stem !== other?.stem) return false;
  return `${one.text}ing` === other.text || `${other.text}ing` === one.text;
}

/** The ids of words, `tea and milk` as `milk and tea` where nothing follows that could belong to one of the two only. */
function joinedInOrder(known: readonly KnownWord[]): readonly number[] {
  const ids = known.map(({ id }) => id);
  if (known.some(({ text }) => IN_TURN.test(text)) || isWay(known)) return ids;
  for (let i = 1; i + 1 < known.length; i++) {
    const after = known[i + 2]?.text;
    if (!/^(?:and|or)$/u.test(known[i]?.text ?? '')) continue;
    if (after !== undefined && !AFTER_JOINED.test(after)) continue;
    const [one, other] = [ids[i - 1] ?? 0, ids[i + 1] ?? 0];
    ids[i - 1] = Math.min(one, other);
    ids[i + 1] = Math.max(one, other);
  }
  return ids;
}

/** With one of these it matters what was named first. */
const IN_TURN =
  /^(?:respectively|former|latter|first|firstly|second|then|order|before|after|afterwards|left|right|not)$/u;
const AFTER_JOINED = /^(?:in|on|at|for|with|without|of|from|by|to|using|when|if|as|during)$/u;

/** A flight between two places begins at the first; a difference between two things does not. */
const isWay = (known: readonly KnownWord[]): boolean =>
  known.some(({ text }) => text === 'between') &&
  !known.some(({ stem }) => stem.startsWith('differ'));

/** In whatever order. */
const haveSameIds = (a: ComparedQuestion, b: ComparedQuestion): boolean =>
  a.byId.every((place, i) => a.known[place]?.id === b.known[b.byId[i] ?? 0]?.id);

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((id, i) => id === b[i]);

/**
 * Numbers that are being sorted, of texts that are not very long. A small array of its own takes longer to make, and to take away again
 * while requests wait, than what is done with it.
 */
const SCRATCH = 1024;
const sortedKeys = new Float64Array(SCRATCH);
const sortedRuns = new Int32Array(SCRATCH);

function orderById(known: readonly KnownWord[]): Uint16Array {
  // The place in the lower bits: sorting numbers needs no function that compares them.
  const keys =
    known.length > SCRATCH ? new Float64Array(known.length) : sortedKeys.subarray(0, known.length);
  for (let i = 0; i < keys.length; i++) keys[i] = (known[i]?.id ?? 0) * (MAX_WORDS + 1) + i;
  keys.sort();
  const places = new Uint16Array(keys.length);
  for (let i = 0; i < keys.length; i++) places[i] = (keys[i] ?? 0) & MAX_WORDS;
  return places;
}

function printOf(
  text: string,
  known: readonly KnownWord[],
  vector: Float32Array,
  identityDims: number,
): QuestionPrint {
  const front = vector.subarray(0, identityDims);
  const back = vector.subarray(identityDims);
  const sense = meaningOf(known);
  return {
    weight: known.reduce((total, { rarity }) => total + rarity, 0),
    functionWords: known.filter(({ rarity }) => rarity <= FUNCTION_RARITY).length,
    sentences: text.split(/[.!?\n]+\s/u).length,
    wordPairs: risingRuns(known.length - 1, (i) => runOf(known, i, 2)),
    wordTriples: risingRuns(known.length - 2, (i) => runOf(known, i, 3)),
    letters: lettersOf(text),
    frontSquared: dot(front, front),
    backSquared: dot(back, back),
    sense,
    senseSquared: dot(sense, sense),
  };
}

/**
 * The sum of what words mean, each by how much it says; nothing for no words.
 *
 * @param total - zeros that it is added to, and that are returned; left out: as many as are needed
 */
export function meaningOf(
  words: readonly KnownWord[],
  total = new Float32Array(words[0]?.meaning.length ?? 0),
): Float32Array {
  for (const { rarity, meaning } of words) {
    for (let i = 0; i < total.length; i++) {
      total[i] = (total[i] ?? 0) + rarity * (meaning[i] ?? 0);
    }
  }
  return total;
}

function runOf(known: readonly KnownWord[], from: number, length: number): number {
  let hash = 0;
  for (let k = from; k < from + length; k++) {
    hash = Math.imul(hash, 0x01000193) ^ (known[k]?.id ?? 0);
  }
  return hash;
}

/** Characters of the plain form that are looked at for likeness of letters: slips of the finger show in short texts. */
const MAX_LETTERS = 400;

/** Three letters in one number; those of alphabets are told apart for certain. */
function lettersOf(text: string): Int32Array {
  const plain = text.slice(0, MAX_LETTERS).toLowerCase();
  const letter = (i: number): number => plain.charCodeAt(i);
  return risingRuns(
    plain.length - 2,
    (i) => (letter(i) << 21) ^ (letter(i + 1) << 11) ^ letter(i + 2),
  );
}

/** @returns what `of` makes of each place, rising, nothing twice */
function risingRuns(count: number, of: (place: number) => number): Int32Array {
  if (count <= 0) return new Int32Array(0);
  const all = count > SCRATCH ? new Int32Array(count) : sortedRuns.subarray(0, count);
  for (let i = 0; i < count; i++) all[i] = of(i);
  all.sort();
  let kept = 1;
  for (let i = 1; i < all.length; i++) {
    const item = all[i] ?? 0;
    if (item !== all[kept - 1]) all[kept++] = item;
  }
  return all.slice(0, kept);
}
