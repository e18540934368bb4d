import { fnv1a } from '../../core/fnv.js';
import type { Alignment, UnmatchedWord } from './alignment.js';
import type { KnownWord } from './word-table.js';

const BITS = 15;
/** Size of the hashed weight table: far more than there are wordings that occur more than a few times. */
export const WORDING_BUCKETS = 2 ** BITS;
/** Only this many left-over words are used: a long text would drown in its own details. */
const MAX_LEFT_OVER = 24;
/** The form of a question is taken from its first one and two words. */
const FORM_WORDS = 2;

/** Kinds of table entries; part of the hash. */
const ABOUT = { word: 1, exchange: 2, ending: 3, endings: 4, form: 5 } as const;

/**
 * Hashes the differences in wording between two texts: `should` for `do`, a plural for a singular,
 * `what is` for `why does`.
 *
 * @param alignment - of the two texts, in this order
 * @returns indices into a table of `WORDING_BUCKETS` weights, without duplicates
 */
export function wordingBuckets(
  a: readonly KnownWord[],
  b: readonly KnownWord[],
  { left, right }: Pick<Alignment, 'left' | 'right'>,
): ReadonlySet<number> {
  const places = new Set<number>();
  let seen = 0;
  for (const side of [left, right]) {
    for (const one of side) {
      if (seen++ >= MAX_LEFT_OVER) break;
      addLeftOver(places, one);
    }
  }
  for (let count = 1; count <= FORM_WORDS; count++) {
    places.add(placeOfBoth(ABOUT.form + count, formOf(a, count), formOf(b, count)));
  }
  return places;
}

function addLeftOver(places: Set<number>, { word, replacement, nearest }: UnmatchedWord): void {
  places.add(placeOf(ABOUT.word, word.id, replacement === null ? 0 : 1));
  const other = replacement ?? nearest;
  if (other === null) return;
  places.add(placeOfBoth(ABOUT.exchange, word.id, other.id));
  if (other.stem !== word.stem) return;
  const shared = sharedFront(word.text, other.text);
  const [own, others] = [fnv1a(word.text.slice(shared)), fnv1a(other.text.slice(shared))];
  places.add(placeOf(ABOUT.ending, own, 0));
  places.add(placeOfBoth(ABOUT.endings, own, others));
}

/** Symmetric in the two ids. */
function placeOfBoth(about: number, one: number, other: number): number {
  return one < other ? placeOf(about, one, other) : placeOf(about, other, one);
}

/** A multiplicative hash, cut to `BITS` bits. */
function placeOf(about: number, one: number, other: number): number {
  let hash = Math.imul(one ^ Math.imul(about, 0x9e3779b1), 0x85ebca6b);
  hash ^= Math.imul(other, 0xc2b2ae35);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 13;
  return hash >>> (32 - BITS);
}

function formOf(words: readonly KnownWord[], count: number): number {
  let hash = 0;
  for (let i = 0; i < count && i < words.length; i++) {
    hash = Math.imul(hash, 31) ^ (words[i]?.id ?? 0);
  }
  return hash >>> 0;
}

function sharedFront(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let front = 0;
  while (front < most && a[front] === b[front]) front += 1;
  return front;
}

/** Learned weights of wordings that tell whether two texts ask for different things. */
export class WordingWeights {
  readonly #weights: Float32Array;

  /** @param weights - shape [WORDING_BUCKETS] */
  constructor(weights: Float32Array) {
    this.#weights = weights;
  }

  /** @returns log odds that these wordings contribute together; below 0, the texts ask for different things */
  logOdds(places: ReadonlySet<number>): number {
    let sum = 0;
    for (const place of places) sum += this.#weights[place] ?? 0;
    return sum;
  }
}
