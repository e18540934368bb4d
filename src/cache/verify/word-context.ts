import { LruMemo } from '../../core/lru-memo.js';
import { DenseMatrix } from '../../embed/dense-matrix.js';
import { buildSlots } from '../../embed/word-hash.js';
import type { KnownWord } from './word-table.js';

/** Word vectors of the network, and its weights for neighbouring words. */
export interface ContextTables {
  /** FNV-1a hashes of words, ascending; shape [words]. */
  readonly hashes: Uint32Array;
  /** Shape [words, dims]. */
  readonly vectors: Int8Array;
  /** Scale of each row of `vectors`; shape [words]. */
  readonly scales: Float32Array;
  /**
   * Weights of the word before, the word itself and the word after for a word's context;
   * shape [3, dims, dims].
   */
  readonly context: Float32Array;
  /** Shape [dims]. */
  readonly contextBias: Float32Array;
}

/** The words of a text, prepared for comparison by the network that read them. */
export interface ContextualWords {
  readonly count: number;
  /** Vector of each word in its context; shape [count, dims]. */
  readonly meanings: Float32Array;
  /** Ids of the words, below 2^32; shape [count]. */
  readonly ids: Uint32Array;
  /** Shape [count]. */
  readonly rarities: Float32Array;
}

/** Only this many words of a text are read: the time for a pair grows with the product of both counts. */
export const MAX_NETWORK_WORDS = 40;

/** Size of the cache of word products; two kilobytes each at 128 dimensions. */
const MAX_KEPT = 8_000;

/** Computes the vectors of a text's words in their context of neighbouring words. */
export class WordContextEncoder {
  readonly #dims: number;
  readonly #tables: ContextTables;
  readonly #slots: Int32Array;
  readonly #products: DenseMatrix;
  /** Parts of words that are not in the table. */
  readonly #unknown: Float32Array;
  /**
   * By hash, as a signed integer: maps look those up faster than larger numbers. For each word: its vector, and what
   * it adds to the word after it, to itself (with the bias), and to the word before it; shape [4, dims].
   */
  readonly #parts = new LruMemo<number, Float32Array>(MAX_KEPT, (id) => this.#readWord(id >>> 0));

  /** @param tables - kept, not modified */
  constructor(
    { words, dims }: { readonly words: number; readonly dims: number },
    tables: ContextTables,
  ) {
    this.#dims = dims;
    this.#tables = tables;
    this.#slots = buildSlots(words, (row) => tables.hashes[row] ?? 0);
    this.#products = new DenseMatrix(tables.context, dims);
    this.#unknown = new Float32Array(4 * dims);
    this.#unknown.set(tables.contextBias, 2 * dims);
  }

  /** Reads the first `MAX_NETWORK_WORDS` words; the others are ignored. */
  encode(words: readonly KnownWord[]): ContextualWords {
    const shown = words.length > MAX_NETWORK_WORDS ? words.slice(0, MAX_NETWORK_WORDS) : words;
    const count = shown.length;
    const meanings = new Float32Array(count * this.#dims);
    const ids = new Uint32Array(count);
    const rarities = new Float32Array(count);
    let before = this.#unknown;
    let itself = this.#partsOf(shown[0]);
    shown.forEach(({ id, rarity }, i) => {
      ids[i] = id;
      rarities[i] = rarity;
      const after = this.#partsOf(shown[i + 1]);
      addContext(meanings, i * this.#dims, before, itself, after);
      before = itself;
      itself = after;
    });
    return { count, meanings, ids, rarities };
  }

  /** Outside the text, the same as for an unknown word. */
  #partsOf(word: KnownWord | undefined): Float32Array {
    return word === undefined ? this.#unknown : this.#parts.get(word.id | 0);
  }

  #readWord(id: number): Float32Array {
    const row = this.#rowOf(id);
    if (row === -1) return this.#unknown;
    const { vectors, scales, contextBias } = this.#tables;
    const dims = this.#dims;
    const parts = new Float32Array(4 * dims);
    const scale = scales[row] ?? 0;
    for (let i = 0; i < dims; i++) parts[i] = (vectors[row * dims + i] ?? 0) * scale;
    parts.set(this.#products.times(parts.subarray(0, dims)), dims);
    for (let i = 0, at = 2 * dims; i < dims; i++, at++) {
      parts[at] = (parts[at] ?? 0) + (contextBias[i] ?? 0);
    }
    return parts;
  }

  #rowOf(id: number): number {
    const { hashes } = this.#tables;
    const mask = this.#slots.length - 1;
    for (let slot = id & mask; ; slot = (slot + 1) & mask) {
      const row = this.#slots[slot] ?? -1;
      if (row === -1 || hashes[row] === id) return row;
    }
  }
}

/** Writes a word's vector plus its context, after a ReLU, to `meanings` at `at`. */
function addContext(
  meanings: Float32Array,
  at: number,
  before: Float32Array,
  itself: Float32Array,
  after: Float32Array,
): void {
  const dims = itself.length / 4;
  for (let i = 0; i < dims; i++) {
    const context =
      (before[dims + i] ?? 0) + (itself[2 * dims + i] ?? 0) + (after[3 * dims + i] ?? 0);
    // ReLU without a branch: half of the values are negative, so a branch would often be mispredicted.
    meanings[at + i] = (itself[i] ?? 0) + (context + Math.abs(context)) / 2;
  }
}
