import { fnv1a } from '../../../core/fnv.js';
import { at } from '../../metrics/at.js';

/** A text as a sparse vector of weighted n-grams, of unit length. */
export interface SparseRow {
  readonly columns: Int32Array;
  readonly weights: Float64Array;
}

/** Buckets that n-grams are hashed into. */
const BUCKETS = 1 << 18;

const WORD = /[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu;
/** Multiplied into the hash of a word, so that the hash of a pair that continues it differs from the word's own. */
const FNV_PRIME = 0x01000193;

/** How often each word and each pair of adjacent words occurs in a text, by hash bucket. */
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
 * TF-IDF weights of n-grams, with logarithmic counts.
 *
 * Each n-gram that occurs in the training texts has a column; others are ignored.
 */
export class NgramWeights {
  readonly #columns = new Map<number, number>();
  readonly #idf: Float64Array;

  constructor(texts: readonly ReadonlyMap<number, number>[]) {
    const documentCounts: number[] = [];
    for (const text of texts) {
      for (const bucket of text.keys()) {
        const column = this.#columns.get(bucket) ?? documentCounts.length;
        this.#columns.set(bucket, column);
        documentCounts[column] = (documentCounts[column] ?? 0) + 1;
      }
    }
    this.#idf = Float64Array.from(
      documentCounts,
      (n) => Math.log((1 + texts.length) / (1 + n)) + 1,
    );
  }

  get columns(): number {
    return this.#idf.length;
  }

  rowOf(text: ReadonlyMap<number, number>): SparseRow {
    const columns: number[] = [];
    const weights: number[] = [];
    for (const [bucket, count] of text) {
      const column = this.#columns.get(bucket);
      if (column === undefined) continue;
      columns.push(column);
      weights.push((1 + Math.log(count)) * at(this.#idf, column));
    }
    const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
    return {
      columns: Int32Array.from(columns),
      weights: Float64Array.from(weights, (weight) => weight / length),
    };
  }
}
