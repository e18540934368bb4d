import { at } from '../../../../src/route/factor-network.js';
import type { Matrix, MatrixSpace } from '../../embedder/simd-product.js';
import type { Random } from '../../random.js';
import { attend, attendBackward, type Attention } from './attention.js';
import { tiled, type NetworkBatch, type NetworkSize, type PlacedText } from './batch.js';
import { firstRows, NetworkLayer, rectify, rectifySlopes } from './layer.js';

/** Inputs of a word besides its vectors: whether the other text has it, its rarity, and its rarity if it is missing there. */
export const EXTRAS = 3;

/** Compares each word with what it attends to in the other text. */
export class NetworkComparison {
  readonly outer: NetworkLayer;
  readonly inner: NetworkLayer;
  readonly #dims: number;
  readonly #counterparts: Float32Array;
  readonly #counterpartSlopes: Float32Array;
  readonly #compared: Matrix;
  readonly #comparedSlopes: Matrix;
  readonly #middle: Matrix;
  readonly #middleSlopes: Matrix;
  readonly #out: Matrix;
  #attentions: readonly Attention[] = [];

  static floats({ dims, hidden }: NetworkSize, rows: number): number {
    const { compare, inner } = shapesOf(dims, hidden);
    const layers = NetworkLayer.floats(compare, rows) + NetworkLayer.floats(inner, rows);
    return layers + rows * (2 * compare.inputs + 3 * hidden);
  }

  constructor(space: MatrixSpace, { dims, hidden }: NetworkSize, rows: number, random: Random) {
    const { compare, inner } = shapesOf(dims, hidden);
    this.outer = new NetworkLayer(space, compare, rows, random);
    this.inner = new NetworkLayer(space, inner, rows, random);
    this.#dims = dims;
    this.#counterparts = new Float32Array(rows * dims);
    this.#counterpartSlopes = new Float32Array(rows * dims);
    this.#compared = space.matrix(rows, compare.inputs);
    this.#comparedSlopes = space.matrix(rows, compare.inputs);
    this.#middle = space.matrix(rows, hidden);
    this.#middleSlopes = space.matrix(rows, hidden);
    this.#out = space.matrix(rows, hidden);
  }

  /**
   * @param words - in context; shape [rows, dims]
   * @returns shape [rows, hidden]; overwritten by the next call
   */
  forward(batch: NetworkBatch, words: Float32Array): Matrix {
    this.#counterparts.fill(0, 0, batch.rows * this.#dims);
    const rows = { dims: this.#dims, words, counterparts: this.#counterparts };
    this.#attentions = batch.pairs.map(({ a, b }) =>
      attend(rows, a, b, (i, j) => a.text.ids[i] === b.text.ids[j]),
    );
    const compared = firstRows(this.#compared, batch.rows);
    compared.values.fill(0);
    for (const { a, b } of batch.pairs) {
      this.#compare(a, new Set(b.text.ids), words);
      this.#compare(b, new Set(a.text.ids), words);
    }
    const middle = firstRows(this.#middle, batch.rows);
    this.outer.forward(compared, middle);
    rectify(middle);
    const out = firstRows(this.#out, batch.rows);
    this.inner.forward(middle, out);
    rectify(out);
    return out;
  }

  #compare(
    { text, first, count }: PlacedText,
    others: ReadonlySet<number>,
    words: Float32Array,
  ): void {
    const [dims, { columns, values }] = [this.#dims, this.#compared];
    for (let i = 0; i < count; i++) {
      const [from, to] = [(first + i) * dims, (first + i) * columns];
      for (let k = 0; k < dims; k++) {
        const [own, other] = [at(words, from + k), at(this.#counterparts, from + k)];
        values[to + k] = Math.abs(own - other);
        values[to + dims + k] = own * other;
      }
      const isShared = others.has(text.ids[i] ?? 0);
      const rarity = at(text.rarities, i);
      values.set([Number(isShared), rarity, isShared ? 0 : rarity], to + 2 * dims);
    }
  }

  /**
   * @param slopes - of what `forward` returned; overwritten
   * @param wordSlopes - of the words in context; overwritten
   */
  backward(
    batch: NetworkBatch,
    words: Float32Array,
    slopes: Matrix,
    wordSlopes: Float32Array,
  ): void {
    const middle = firstRows(this.#middle, batch.rows);
    const middleSlopes = firstRows(this.#middleSlopes, batch.rows);
    rectifySlopes(firstRows(this.#out, batch.rows), slopes);
    this.inner.backward(middle, slopes, middleSlopes);
    rectifySlopes(middle, middleSlopes);
    const comparedSlopes = firstRows(this.#comparedSlopes, batch.rows);
    this.outer.backward(firstRows(this.#compared, batch.rows), middleSlopes, comparedSlopes);
    wordSlopes.fill(0);
    for (const placed of batch.texts()) this.#compareBackward(placed, words, wordSlopes);
    const rows = { dims: this.#dims, words };
    for (const [pair, { a, b }] of batch.pairs.entries()) {
      const attention = this.#attentions[pair];
      if (attention === undefined) continue;
      attendBackward(rows, a, b, attention, {
        words: wordSlopes,
        counterparts: this.#counterpartSlopes,
      });
    }
  }

  #compareBackward(
    { first, count }: PlacedText,
    words: Float32Array,
    wordSlopes: Float32Array,
  ): void {
    const [dims, { columns, values }] = [this.#dims, this.#comparedSlopes];
    for (let i = first; i < first + count; i++) {
      const [at0, from] = [i * dims, i * columns];
      for (let k = 0; k < dims; k++) {
        const [own, other] = [at(words, at0 + k), at(this.#counterparts, at0 + k)];
        const apart = (own > other ? 1 : -1) * at(values, from + k);
        const product = at(values, from + dims + k);
        wordSlopes[at0 + k] = apart + other * product;
        this.#counterpartSlopes[at0 + k] = own * product - apart;
      }
    }
  }
}

const shapesOf = (dims: number, hidden: number) =>
  ({
    compare: { inputs: tiled(2 * dims + EXTRAS), outputs: hidden, gain: 1.2 },
    inner: { inputs: hidden, outputs: hidden, gain: 1.2 },
  }) as const;
