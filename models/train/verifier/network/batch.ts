import { TILE_COLUMNS } from '../../embedder/product-kernel.js';
import type { TextRows } from './attention.js';
import type { NetworkText } from './words.js';

/** Two texts that are compared. */
export interface NetworkPair {
  readonly a: NetworkText;
  readonly b: NetworkText;
}

/** Dimensions of word vectors, and hidden units of a comparison; both multiples of 16. */
export interface NetworkSize {
  readonly dims: number;
  readonly hidden: number;
}

/** Maximum number of pairs in a batch, and of words in a text. */
export interface BatchLimits {
  readonly pairs: number;
  readonly words: number;
}

/** Rounds a length up to whole tiles, in which products are computed. */
export const tiled = (length: number): number => Math.ceil(length / TILE_COLUMNS) * TILE_COLUMNS;

export interface PlacedText extends TextRows {
  readonly text: NetworkText;
}

/** A pair's rows in a batch, one per word. */
export interface PlacedPair {
  readonly a: PlacedText;
  readonly b: PlacedText;
}

/** A batch of pairs, text after text. */
export class NetworkBatch {
  readonly pairs: readonly PlacedPair[];
  /** Including padding rows of the last tile. */
  readonly rows: number;

  constructor(pairs: readonly NetworkPair[]) {
    let first = 0;
    const place = (text: NetworkText): PlacedText => {
      const placed = { text, first, count: text.rows.length };
      first += placed.count;
      return placed;
    };
    this.pairs = pairs.map(({ a, b }) => ({ a: place(a), b: place(b) }));
    this.rows = Math.max(TILE_COLUMNS, tiled(first));
  }

  *texts(): Iterable<PlacedText> {
    for (const { a, b } of this.pairs) yield* [a, b];
  }
}

/** Dropout rate. */
const LEFT_OUT = 0.2;

/** @returns a dropout mask: 0 for dropped numbers, 1 / (1 - rate) for the others */
export function dropoutMask(length: number, random: { next(): number }): Float32Array {
  const kept = new Float32Array(length);
  for (let i = 0; i < length; i++) kept[i] = random.next() < LEFT_OUT ? 0 : 1 / (1 - LEFT_OUT);
  return kept;
}

/** Applies a dropout mask, in place; `null` for no dropout. */
export function keep(values: Float32Array, kept: Float32Array | null): void {
  if (kept === null) return;
  for (let i = 0; i < kept.length; i++) values[i] = (values[i] ?? 0) * (kept[i] ?? 0);
}
