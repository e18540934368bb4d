import { dot } from './dot-product.js';
import type { PreparedQuestion } from './judge.js';
import { isOrderSignificant } from './significant-order.js';
import { extractFacts, type QuestionFacts } from './veto.js';
import { differOnlyInVoice } from './voice.js';
import type { ContextualWords } from './word-context.js';
import type { WordNetwork } from './word-network.js';
import { FUNCTION_RARITY, type KnownWord, type WordTable } from './word-table.js';
import { readWords, type QuestionWords } from './words.js';

/** A question with everything that comparing a pair needs. */
export interface AnalysedQuestion extends PreparedQuestion {
  readonly words: QuestionWords;
  readonly facts: QuestionFacts;
  readonly known: readonly KnownWord[];
  /** Indices of the words, sorted by word id; equal words in the order of the text. */
  readonly byId: Uint16Array;
  /** Computed on first access: a vetoed pair does not need it. */
  readonly statistics: QuestionStatistics;
  /** The words as the network reads them. Cached, so always call it with the same network. */
  contextualWords(network: Pick<WordNetwork, 'read'>): ContextualWords;
}

/** Numeric summary of a question, for the pair features. */
export interface QuestionStatistics {
  /** Sum of the words' rarities. */
  readonly weight: number;
  /** Number of words with a rarity of at most `FUNCTION_RARITY`. */
  readonly functionWords: number;
  readonly sentences: number;
  /** Hashes of word bigrams, word trigrams and character trigrams: ascending, without duplicates. */
  readonly wordPairs: Int32Array;
  readonly wordTriples: Int32Array;
  readonly letters: Int32Array;
  /** Squared lengths of the vector's identity half (which words occur) and of its learned half. */
  readonly frontSquared: number;
  readonly backSquared: number;
  /** Sum of the words' meaning vectors, weighted by rarity, and its squared length. */
  readonly sense: Float32Array;
  readonly senseSquared: number;
}

/** Only this many words are compared; indices fit in 16 bits. */
const MAX_WORDS = 0xffff;

const COMMON = /[\p{L}\p{M}\p{N}\s.,;:!?¿¡'"`-]+/gu;

/**
 * Prepares a question for `pairFeatures`.
 *
 * @param facts - of the text, if they are already known
 */
export function analyseQuestion(
  text: string,
  table: WordTable,
  vector: Float32Array,
  facts: QuestionFacts = extractFacts(text, readWords(text)),
): AnalysedQuestion {
  return new Compared(text, table, vector, facts);
}

class Compared implements AnalysedQuestion {
  readonly text: string;
  readonly vector: Float32Array;
  readonly facts: QuestionFacts;
  readonly words: QuestionWords;
  readonly known: readonly KnownWord[];
  readonly byId: Uint16Array;
  readonly #identityDims: number;
  #print: QuestionStatistics | null = null;
  #inContext: ContextualWords | null = null;

  constructor(text: string, table: WordTable, vector: Float32Array, facts: QuestionFacts) {
    this.text = text;
    this.vector = vector;
    this.facts = facts;
    this.words = facts.words;
    this.known = facts.words.tokens.slice(0, MAX_WORDS).map((token) => table.find(token));
    this.byId = orderById(this.known);
    this.#identityDims = table.identityDims;
  }

  get statistics(): QuestionStatistics {
    this.#print ??= printOf(this.words.plain, this.known, this.vector, this.#identityDims);
    return this.#print;
  }

  contextualWords(network: Pick<WordNetwork, 'read'>): ContextualWords {
    this.#inContext ??= network.read(this.known);
    return this.#inContext;
  }
}

/** The characters of the plain form that are neither words, numbers nor common punctuation. */
const symbolsIn = ({ words }: AnalysedQuestion): string => words.plain.replaceAll(COMMON, '');

/** The symbols of the plain form; with operators, the whole text without spaces and punctuation: `i++` is not `++i`. */
function placedSymbols(question: AnalysedQuestion): string {
  const symbols = symbolsIn(question);
  if (!OPERATORS.test(symbols)) return symbols;
  return question.words.plain.replaceAll(/[\s.,;:?¿¡'"`]+/gu, '').toLowerCase();
}

const OPERATORS = /[+*^%<>=|&!]/u;

/**
 * Whether two questions have the same plain form: the same words in the same order, ignoring case, punctuation,
 * spelling, the voice of the verb, and the order of two words joined by `and` or `or`.
 */
export function haveSameWording(a: AnalysedQuestion, b: AnalysedQuestion): boolean {
  const isSame =
    a.known.length === b.known.length &&
    (a.known.every((word, i) => isSameWord(word, b.known[i], a.known[i - 1])) ||
      (haveSameIds(a, b) &&
        !isOrderSignificant(a.words.plain) &&
        sameIds(joinedInOrder(a.known), joinedInOrder(b.known))));
  return (isSame || differOnlyInVoice(a.known, b.known)) && placedSymbols(a) === placedSymbols(b);
}

/** The same word, or the same verb with and without `-ing` in first place or after `how`: `how learning` is `how learn`. */
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

/** Word ids, with joined words sorted (`tea and milk` as `milk and tea`) unless what follows could belong to only one of them. */
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

/** With one of these words, the order in which things are named matters. */
const IN_TURN =
  /^(?:respectively|former|latter|first|firstly|second|then|order|before|after|afterwards|left|right|not)$/u;
const AFTER_JOINED = /^(?:in|on|at|for|with|without|of|from|by|to|using|when|if|as|during)$/u;

/** `between` two places gives a direction (a flight); a difference between two things has none. */
const isWay = (known: readonly KnownWord[]): boolean =>
  known.some(({ text }) => text === 'between') &&
  !known.some(({ stem }) => stem.startsWith('differ'));

/** The same ids, in any order. */
const haveSameIds = (a: AnalysedQuestion, b: AnalysedQuestion): boolean =>
  a.byId.every((place, i) => a.known[place]?.id === b.known[b.byId[i] ?? 0]?.id);

const sameIds = (a: readonly number[], b: readonly number[]): boolean =>
  a.every((id, i) => id === b[i]);

/**
 * Scratch space for sorting the numbers of texts that are not very long: allocating and collecting a small array takes longer
 * than using it.
 */
const SCRATCH = 1024;
const sortedKeys = new Float64Array(SCRATCH);
const sortedRuns = new Int32Array(SCRATCH);

function orderById(known: readonly KnownWord[]): Uint16Array {
  // Id in the upper bits, index in the lower 16: plain numbers sort without a comparator.
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
): QuestionStatistics {
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
 * Sum of the words' meaning vectors, weighted by rarity; an empty array for no words.
 *
 * @param total - zeros; the sum is added to it and it is returned; a new array when absent
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

/** Character trigrams are taken from this many characters of the plain form: typos show in short texts. */
const MAX_LETTERS = 400;

/** Hashes of character trigrams; for alphabetic scripts they are unique. */
function lettersOf(text: string): Int32Array {
  const plain = text.slice(0, MAX_LETTERS).toLowerCase();
  const letter = (i: number): number => plain.charCodeAt(i);
  return risingRuns(
    plain.length - 2,
    (i) => (letter(i) << 21) ^ (letter(i + 1) << 11) ^ letter(i + 2),
  );
}

/** @returns the values of `of` for 0 to `count` - 1, ascending, without duplicates */
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
