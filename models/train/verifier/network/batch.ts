import { TILE_COLUMNS } from '../../embedder/product-kernel.js';
import type { TextRows } from './attention.js';
import type { NetworkText } from './words.js';

/** Two texts that are compared. */
export interface NetworkPair {
  readonly a: NetworkText;
  readonly b: NetworkText;
}

/** How many numbers a word, and a comparison of one, is worked out with: both multiples of 16. */
export interface NetworkSize {
  readonly dims: number;
  readonly hidden: number;
}

/** What a batch may have at most: pairs, and words of a text. */
export interface BatchLimits {
  readonly pairs: number;
  readonly words: number;
}

/** Products are worked out in tiles. */
export const tiled = (length: number): number => Math.ceil(length / TILE_COLUMNS) * TILE_COLUMNS;

export interface PlacedText extends TextRows {
  readonly text: NetworkText;
}

/** A pair's place among the rows of a batch, which has one a word. */
export interface PlacedPair {
  readonly a: PlacedText;
  readonly b: PlacedText;
}

/** Some pairs, text after text. */
export class NetworkBatch {
  readonly pairs: readonly PlacedPair[];
  /** With those that fill the last tile. */
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

/** Share of numbers that is left out while learning, each time others, so that no number is relied on alone. */
const LEFT_OUT = 0.2;

/** @returns what numbers are multiplied with: 0 for those left out, and what makes up for them for the others */
export function drawKept(length: number, random: { next(): number }): Float32Array {
  const kept = new Float32Array(length);
  for (let i = 0; i < length; i++) kept[i] = random.next() < LEFT_OUT ? 0 : 1 / (1 - LEFT_OUT);
  return kept;
}

/** Multiplies numbers with what was kept of them; with nothing, where nothing was left out. */
export function keep(values: Float32Array, kept: Float32Array | null): void {
  if (kept === null) return;
  for (let i = 0; i < kept.length; i++) values[i] = (values[i] ?? 0) * (kept[i] ?? 0);
}
