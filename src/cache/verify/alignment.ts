import { LONGEST_ACRONYM, findAcronym } from './acronyms.js';
import { ONE_MEANING, relationOf, UNRELATED, type LexicalRelation } from './lexicon.js';
import {
  isUnknown,
  MAX_COMPARED,
  NearestWordSearch,
  NO_NEAREST_WORD,
  SAME_SENSE,
} from './word-similarity.js';
import { isTypo } from './typos.js';
import { FUNCTION_RARITY, type KnownWord } from './word-table.js';

/** A word of one text that the other does not have, and its counterparts there. */
export interface UnmatchedWord {
  readonly word: KnownWord;
  /** Relative position in the text, 0 to 1. */
  readonly position: number;
  /** The most similar word of the other text; `null` for none. */
  readonly nearest: KnownWord | null;
  /** Similarity of that word, 0 to 1. */
  readonly similarity: number;
  /** The word in its place in the other text; `null` for none. */
  readonly replacement: KnownWord | null;
  /** Dictionary relation to the word in its place, or else to the nearest one. */
  readonly relation: LexicalRelation;
}

/** The words of a text, in order, and their indices sorted by id. */
export interface OrderedWords {
  readonly known: readonly KnownWord[];
  readonly byId: Uint16Array;
}

/** Which words two texts share, and the left-over words of each side. */
export interface Alignment {
  /** For each word of the first text, the index of its partner in the second; -1 for none. */
  readonly partners: Int32Array;
  readonly left: readonly UnmatchedWord[];
  readonly right: readonly UnmatchedWord[];
}

/**
 * Aligns the words of two texts.
 *
 * Linear in their lengths, apart from comparing a bounded number of left-over words.
 */
export function align(a: OrderedWords, b: OrderedWords): Alignment {
  const [inA, inB] = matched(a, b);
  if (hasSlips(a, inA) || hasSlips(b, inB)) matchSlips([a, b], [inA, inB]);
  const left = leftOver(a.known, b.known, inA, inB);
  const right = leftOver(b.known, a.known, inB, inA);
  return { partners: inA, ...withAcronyms(left, right) };
}

/** Marks acronyms and the left-over words of the other side that they abbreviate as synonyms. */
function withAcronyms(
  left: readonly UnmatchedWord[],
  right: readonly UnmatchedWord[],
): Pick<Alignment, 'left' | 'right'> {
  const byLeft = acronymsOf(left, right);
  const byRight = acronymsOf(right, left);
  return {
    left: markedAsSynonyms(left, [...byLeft.short, ...byRight.long]),
    right: markedAsSynonyms(right, [...byRight.short, ...byLeft.long]),
  };
}

/** Indices of acronyms among one side's left-over words, and of the words they stand for among the other's. */
function acronymsOf(
  own: readonly UnmatchedWord[],
  other: readonly UnmatchedWord[],
): { readonly short: readonly number[]; readonly long: readonly number[] } {
  if (other.length < 2) return NO_ACRONYMS;
  const words: string[] = [];
  const found: { readonly place: number; readonly from: number; readonly to: number }[] = [];
  for (const [place, { word }] of own.entries()) {
    // Most pairs end here, with nothing allocated.
    if (word.rarity <= FUNCTION_RARITY || word.text.length > LONGEST_ACRONYM) continue;
    if (words.length === 0) for (const one of other) words.push(one.word.text);
    const run = findAcronym(word.text, words);
    if (run !== null) found.push({ place, ...run });
  }
  if (found.length === 0) return NO_ACRONYMS;
  return {
    short: found.map(({ place }) => place),
    long: found.flatMap(({ from, to }) => words.map((_, i) => i).slice(from, to)),
  };
}

const NO_ACRONYMS = { short: [], long: [] } as const;

function markedAsSynonyms(
  side: readonly UnmatchedWord[],
  places: readonly number[],
): readonly UnmatchedWord[] {
  if (places.length === 0) return side;
  return side.map((one, i) =>
    places.includes(i) ? { ...one, similarity: SAME_SENSE, relation: ONE_MEANING } : one,
  );
}

/** Matches the n-th occurrence of a word with the n-th in the other text. */
function matched(a: OrderedWords, b: OrderedWords): readonly [Int32Array, Int32Array] {
  const inA = new Int32Array(a.known.length).fill(NOWHERE);
  const inB = new Int32Array(b.known.length).fill(NOWHERE);
  let [x, y] = [0, 0];
  while (x < a.byId.length && y < b.byId.length) {
    const [i, j] = [a.byId[x] ?? 0, b.byId[y] ?? 0];
    const after = idAt(a, i) - idAt(b, j);
    // Ids are hashes, so the text decides in the rare case of a collision.
    if (after === 0 && a.known[i]?.text === b.known[j]?.text) {
      inA[i] = j;
      inB[j] = i;
    }
    if (after <= 0) x += 1;
    if (after >= 0) y += 1;
  }
  return [inA, inB];
}

const hasSlips = ({ known }: OrderedWords, partners: Int32Array): boolean =>
  known.some((word, i) => partners[i] === NOWHERE && isUnknown(word));

/** Matches a misspelt word with the correct one in the other text. */
function matchSlips(
  [a, b]: readonly [OrderedWords, OrderedWords],
  [inA, inB]: readonly [Int32Array, Int32Array],
): void {
  for (const [i, word] of a.known.entries()) {
    if (inA[i] !== NOWHERE) continue;
    const j = b.known.findIndex((other, at) => inB[at] === NOWHERE && areOneBySlip(word, other));
    if (j < 0) continue;
    inA[i] = j;
    inB[j] = i;
  }
}

/** Only words that are too long to be another word by chance: `enviroment`. */
const areOneBySlip = (a: KnownWord, b: KnownWord): boolean =>
  isUnknown(a) !== isUnknown(b) &&
  Math.min(a.text.length, b.text.length) >= 6 &&
  isTypo(a.text, b.text);

const idAt = ({ known }: OrderedWords, place: number): number => known[place]?.id ?? 0;

/** Words of the text that is being compared with; reused for every pair. */
const others = new NearestWordSearch();

function leftOver(
  own: readonly KnownWord[],
  other: readonly KnownWord[],
  ownPartner: Int32Array,
  otherPartner: Int32Array,
): UnmatchedWord[] {
  const result: UnmatchedWord[] = [];
  let hasOthers = false;
  for (let i = 0; i < own.length; i++) {
    const word = own[i];
    if (word === undefined || ownPartner[i] !== NOWHERE) continue;
    if (!hasOthers) others.load(comparable(other, otherPartner));
    hasOthers = true;
    const near = result.length < MAX_COMPARED ? others.nearestTo(word) : NO_NEAREST_WORD;
    const replacement = standsInstead(i, { own, other, ownPartner, otherPartner });
    const counterpart = replacement ?? near.nearest;
    result.push({
      word,
      position: own.length < 2 ? 0 : i / (own.length - 1),
      nearest: near.nearest,
      similarity: near.similarity,
      replacement,
      relation: counterpart === null ? UNRELATED : relationOf(word.entry, counterpart.entry),
    });
  }
  return result;
}

/** The words without a partner first, then others, `MAX_COMPARED` in all. */
function comparable(words: readonly KnownWord[], partner: Int32Array): readonly KnownWord[] {
  const free = words.filter((_, i) => partner[i] === NOWHERE);
  if (free.length >= MAX_COMPARED) return free.slice(0, MAX_COMPARED);
  const paired = words.filter((_, i) => partner[i] !== NOWHERE);
  return [...free, ...paired.slice(0, MAX_COMPARED - free.length)];
}

const NOWHERE = -1;

interface Sides {
  readonly own: readonly KnownWord[];
  readonly other: readonly KnownWord[];
  readonly ownPartner: Int32Array;
  readonly otherPartner: Int32Array;
}

/** "sort a LIST in", "sort a TUPLE in": the unmatched word next to the partner of a neighbour. */
function standsInstead(
  i: number,
  { own, other, ownPartner, otherPartner }: Sides,
): KnownWord | null {
  const before = i === 0 ? -1 : (ownPartner[i - 1] ?? NOWHERE);
  const behind = i === own.length - 1 ? other.length : (ownPartner[i + 1] ?? NOWHERE);
  const [hasBefore, hasBehind] = [i === 0 || before >= 0, behind >= 0];
  if (!hasBefore && !hasBehind) return null;
  const j = hasBefore ? before + 1 : behind - 1;
  if ((otherPartner[j] ?? NOWHERE) >= 0) return null;
  return other[j] ?? null;
}
