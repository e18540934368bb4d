import { fnv1a } from '../../../core/fnv.js';
import { at } from '../../metrics/at.js';

/** A text as weighted n-grams, of unit length. */
export interface SparseRow {
  readonly columns: Int32Array;
  readonly weights: Float64Array;
}

/** Buckets that n-grams are hashed into. */
const BUCKETS = 1 << 18;

const WORD = /[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;
/** Parts the hash of a word from the hash that goes on from it. */
const FNV_PRIME = 0x01000193;

/** How often each word and pair of neighbouring words occurs in a text, by bucket. */
export function countNgrams(text: string): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const count = (bucket: number): void => void counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  let before: number | null = null;
  for (const [word] of text.toLowerCase().matchAll(WORD)) {
    const hash = fnv1a(word);
    count(hash % BUCKETS);
    if (before !== null) count(fnv1a(word, Math.imul(before, FNV_PRIME)) % BUCKETS);
    before = hash;
  }
  return counts;
}

/**
 * Weighs n-grams by how rare they are among the texts learnt from (TF-IDF, logarithmic counts).
 *
 * Each n-gram that occurs in those texts has a column; of others nothing was learnt.
 */
export class NgramWeights {
  readonly #columns = new Map<number, number>();
  readonly #rarity: Float64Array;

  constructor(texts: readonly ReadonlyMap<number, number>[]) {
    const seenIn: number[] = [];
    for (const text of texts) {
      for (const bucket of text.keys()) {
        const column = this.#columns.get(bucket) ?? seenIn.length;
        this.#columns.set(bucket, column);
        seenIn[column] = (seenIn[column] ?? 0) + 1;
      }
    }
    this.#rarity = Float64Array.from(seenIn, (n) => Math.log((1 + texts.length) / (1 + n)) + 1);
  }

  get columns(): number {
    return this.#rarity.length;
  }

  rowOf(text: ReadonlyMap<number, number>): SparseRow {
    const columns: number[] = [];
    const weights: number[] = [];
    for (const [bucket, count] of text) {
      const column = this.#columns.get(bucket);
      if (column === undefined) continue;
      columns.push(column);
      weights.push((1 + Math.log(count)) * at(this.#rarity, column));
    }
    const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
    return {
      columns: Int32Array.from(columns),
      weights: Float64Array.from(weights, (weight) => weight / length),
    };
  }
}
