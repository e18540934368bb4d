import type { KernelCall } from '../../embed/wasm/linear-memory.js';
import {
  MAX_NETWORK_WORDS,
  WordContextEncoder,
  type ContextTables,
  type ContextualWords,
} from './word-context.js';
import { createNetworkMemory, TILE_ROWS, EXTRA_INPUTS } from './word-network-kernel.js';
import type { NetworkArrays, NetworkWeights } from './word-network-kernel.js';
import type { KnownWord } from './word-table.js';

/** Sizes of a `WordNetwork`; `dims` and `hidden` are multiples of 16. */
export interface WordNetworkShape {
  readonly words: number;
  /** Dimensions of a word's vector. */
  readonly dims: number;
  /** Hidden units of the comparison of a word. */
  readonly hidden: number;
}

/** Trained tables of a `WordNetwork`. */
export interface WordNetworkTables extends NetworkWeights, ContextTables {
  /** Shape [hidden + 1], the bias last. */
  readonly last: Float32Array;
}

/** Added to the attention score of two equal words. */
const SAME_WORD = 2;
/** Sums over words, and their differences, are divided by this typical number of words. */
const USUAL_WORDS = 4;

/**
 * Scores whether two questions are the same, word by word, with a small neural network (decomposable attention).
 *
 * Each word's vector is combined with its neighbours', attends to the words of the other text, and is compared with the
 * weighted mean that it finds there. The comparisons of all words are pooled into one score. A pair is computed in
 * preallocated memory.
 */
export class WordNetwork {
  readonly #dims: number;
  readonly #context: WordContextEncoder;
  readonly #tables: WordNetworkTables;
  readonly #arrays: NetworkArrays;
  readonly #multiply: KernelCall;
  readonly #mix: KernelCall;
  readonly #layer: KernelCall;
  readonly #contrast: KernelCall;
  /** @param tables - with the lengths that `shape` gives; kept, not modified */
  constructor(shape: WordNetworkShape, tables: WordNetworkTables) {
    const { dims } = shape;
    const { memory, arrays } = createNetworkMemory(tables, { ...shape, words: MAX_NETWORK_WORDS });
    this.#dims = dims;
    this.#tables = tables;
    this.#arrays = arrays;
    this.#multiply = memory.call('multiply');
    this.#mix = memory.call('mix');
    this.#layer = memory.call('layer');
    this.#contrast = memory.call('contrast');
    this.#context = new WordContextEncoder(shape, tables);
  }

  /** Reads the first `MAX_NETWORK_WORDS` words; the others are ignored. */
  read(words: readonly KnownWord[]): ContextualWords {
    return this.#context.encode(words);
  }

  /**
   * @param a - from this network's `read`, as is `b`
   * @returns log odds that the questions are the same; symmetric
   */
  score(a: ContextualWords, b: ContextualWords): number {
    const count = a.count + b.count;
    if (count > 0) {
      this.#align(a, b);
      this.#compare(count);
    }
    this.#pool(a.count, count);
    return this.#conclude();
  }

  /** Pairs each word with what it attends to in the other text: fills the rows of `compared`, those of `a` first. */
  #align(a: ContextualWords, b: ContextualWords): void {
    const { meanings, aligned, compared } = this.#arrays;
    const dims = this.#dims;
    meanings.set(a.meanings);
    meanings.set(b.meanings, a.meanings.length);
    this.#writeRarities(a, 0);
    this.#writeRarities(b, a.count);
    if (a.count > 0 && b.count > 0) this.#attend(a, b);
    else aligned.fill(0, 0, (a.count + b.count) * dims);
    this.#contrast(
      compared.byteOffset,
      meanings.byteOffset,
      aligned.byteOffset,
      4 * dims,
      4 * (2 * dims + EXTRA_INPUTS),
      a.count + b.count,
    );
  }

  /** Writes the extra inputs of each word as if the other text did not have it. */
  #writeRarities({ count, rarities }: ContextualWords, firstRow: number): void {
    const { compared } = this.#arrays;
    const width = 2 * this.#dims + EXTRA_INPUTS;
    let at = (firstRow + 1) * width - EXTRA_INPUTS;
    for (let i = 0; i < count; i++, at += width) {
      const rarity = rarities[i] ?? 0;
      compared[at] = 0;
      compared[at + 1] = rarity;
      compared[at + 2] = rarity;
    }
  }

  #markSame(row: number): void {
    const { compared } = this.#arrays;
    const at = (row + 1) * (2 * this.#dims + EXTRA_INPUTS) - EXTRA_INPUTS;
    compared[at] = 1;
    compared[at + 2] = 0;
  }

  /** Fills the rows of `aligned`: for each word the attention-weighted mean of the other text's words. */
  #attend(a: ContextualWords, b: ContextualWords): void {
    const { meanings, affinities, weights, aligned, nothing } = this.#arrays;
    const [own, other] = [a.count, b.count];
    const rowBytes = 4 * this.#dims;
    const ofA = meanings.byteOffset;
    const ofB = ofA + own * rowBytes;
    for (let i = 0; i < own; i++) {
      const out = affinities.byteOffset + 4 * i * other;
      this.#multiply(out, ofB, rowBytes, ofA + i * rowBytes, other);
    }
    this.#computeWeights(a, b);
    const [left, out] = [weights.byteOffset, aligned.byteOffset];
    // Rows that the last tile of `a` writes past its end are overwritten by those of `b`.
    this.#mix(out, left, 4 * other, ofB, rowBytes, nothing.byteOffset, tilesOf(own));
    this.#mix(
      out + own * rowBytes,
      left + 4 * own * other,
      4 * own,
      ofA,
      rowBytes,
      nothing.byteOffset,
      tilesOf(other),
    );
  }

  /** Turns `affinities` into attention `weights`: of the words of `b` for each word of `a`, then the other way round. */
  #computeWeights(a: ContextualWords, b: ContextualWords): void {
    const { affinities } = this.#arrays;
    const [own, other] = [a.count, b.count];
    const scale = 1 / Math.sqrt(this.#dims);
    let at = 0;
    for (let i = 0; i < own; i++) {
      const id = a.ids[i];
      for (let j = 0; j < other; j++, at++) {
        const affinity = (affinities[at] ?? 0) * scale;
        const isSame = id === b.ids[j];
        affinities[at] = isSame ? affinity + SAME_WORD : affinity;
        if (!isSame) continue;
        this.#markSame(i);
        this.#markSame(own + j);
      }
    }
    for (let i = 0; i < own; i++) this.#softmax(i * other, 1, other, i * other);
    for (let j = 0; j < other; j++) this.#softmax(j, other, own, (other + j) * own);
  }

  /** Softmax of `count` affinities at a distance of `step`. */
  #softmax(from: number, step: number, count: number, to: number): void {
    const { affinities, weights } = this.#arrays;
    const end = from + count * step;
    let most = -Infinity;
    for (let at = from; at < end; at += step) most = Math.max(most, affinities[at] ?? 0);
    let sum = 0;
    for (let at = from, out = to; at < end; at += step, out++) {
      const weight = Math.exp((affinities[at] ?? 0) - most);
      weights[out] = weight;
      sum += weight;
    }
    const share = 1 / sum;
    for (let out = to; out < to + count; out++) weights[out] = (weights[out] ?? 0) * share;
  }

  /** Fills the rows of `judged` from those of `compared`. */
  #compare(count: number): void {
    const { compared, compare, compareBias, middle, inner, innerBias, judged } = this.#arrays;
    const inputBytes = 4 * (2 * this.#dims + EXTRA_INPUTS);
    const hiddenBytes = 4 * compareBias.length;
    this.#layer(
      middle.byteOffset,
      compared.byteOffset,
      inputBytes,
      compare.byteOffset,
      hiddenBytes,
      compareBias.byteOffset,
      tilesOf(count),
    );
    this.#layer(
      judged.byteOffset,
      middle.byteOffset,
      hiddenBytes,
      inner.byteOffset,
      hiddenBytes,
      innerBias.byteOffset,
      tilesOf(count),
    );
  }

  /** Pools the first `count` rows of `judged`, of which the first `own` belong to `a`, into `gathered`. */
  #pool(own: number, count: number): void {
    const { judged, gathered, outerBias } = this.#arrays;
    const hidden = outerBias.length;
    for (let i = 0; i < hidden; i++) {
      // After the ReLU, no value is below zero.
      let [most, ofA, ofB] = [0, 0, 0];
      for (let row = 0, at = i; row < count; row++, at += hidden) {
        const value = judged[at] ?? 0;
        if (value > most) most = value;
        if (row < own) ofA += value;
        else ofB += value;
      }
      gathered[i] = (ofA + ofB) / USUAL_WORDS;
      gathered[hidden + i] = Math.abs(ofA - ofB) / USUAL_WORDS;
      gathered[2 * hidden + i] = most;
    }
  }

  #conclude(): number {
    const { gathered, outer, outerBias, concluded } = this.#arrays;
    const { last } = this.#tables;
    const hidden = outerBias.length;
    this.#layer(
      concluded.byteOffset,
      gathered.byteOffset,
      4 * 3 * hidden,
      outer.byteOffset,
      4 * hidden,
      outerBias.byteOffset,
      1,
    );
    let sum = last[hidden] ?? 0;
    for (let i = 0; i < hidden; i++) sum += (last[i] ?? 0) * (concluded[i] ?? 0);
    return sum;
  }
}

const tilesOf = (rows: number): number => Math.ceil(rows / TILE_ROWS);
