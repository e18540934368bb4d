import { at } from '../../../../src/route/factor-network.js';
import type { Matrix, MatrixSpace } from '../../embedder/simd-product.js';
import { Parameters } from '../../predictor/parameters.js';
import type { Random } from '../../random.js';
import { keep, type NetworkBatch, type NetworkSize, type PlacedText } from './batch.js';
import { firstRows, NetworkLayer } from './layer.js';

/** Rows of the word before, the word itself and the word after, if the text has them. */
const neighboursOf = (row: number, { first, count }: PlacedText): readonly number[] =>
  [row - 1, row, row + 1].filter((from) => from >= first && from < first + count);

/** The context layer: each word's vector plus a projection of its neighbours' vectors. */
export class NetworkContext {
  /** Shape [words, dims]. */
  readonly vectors: Float32Array;
  readonly layer: NetworkLayer;
  readonly bias: Parameters;
  readonly #dims: number;
  readonly #input: Matrix;
  readonly #inputSlopes: Matrix;
  readonly #products: Matrix;
  /** What neighbours add, by row. */
  readonly #added: Float32Array;
  readonly #vectorSlopes: Float32Array;
  readonly #touched = new Set<number>();

  static floats({ dims }: NetworkSize, rows: number): number {
    return NetworkLayer.floats(shapeOf(dims), rows) + rows * 5 * dims;
  }

  constructor(
    space: MatrixSpace,
    { dims, vectors }: { readonly dims: number; readonly vectors: Float32Array },
    rows: number,
    random: Random,
  ) {
    this.vectors = vectors;
    this.layer = new NetworkLayer(space, shapeOf(dims), rows, random);
    this.bias = new Parameters(dims, 0);
    this.#dims = dims;
    this.#input = space.matrix(rows, dims);
    this.#inputSlopes = space.matrix(rows, dims);
    this.#products = space.matrix(rows, 3 * dims);
    this.#added = new Float32Array(rows * dims);
    this.#vectorSlopes = new Float32Array(vectors.length);
  }

  /** @param out - words in context; shape [rows, dims], overwritten */
  forward(batch: NetworkBatch, kept: Float32Array | null, out: Float32Array): void {
    const dims = this.#dims;
    const input = firstRows(this.#input, batch.rows);
    input.values.fill(0);
    for (const { text, first } of batch.texts()) {
      for (const [i, row] of text.rows.entries()) {
        if (row < 0) continue;
        input.values.set(this.vectors.subarray(row * dims, (row + 1) * dims), (first + i) * dims);
      }
    }
    keep(input.values, kept);
    const products = firstRows(this.#products, batch.rows);
    this.layer.forward(input, products);
    out.fill(0);
    for (const placed of batch.texts()) this.#addNeighbours(placed, products.values, out);
  }

  #addNeighbours(placed: PlacedText, products: Float32Array, out: Float32Array): void {
    const [dims, added, input] = [this.#dims, this.#added, this.#input.values];
    for (let i = placed.first; i < placed.first + placed.count; i++) {
      added.set(this.bias.values, i * dims);
      for (const from of neighboursOf(i, placed)) {
        const product = from * 3 * dims + (from - i + 1) * dims;
        for (let k = 0; k < dims; k++) {
          added[i * dims + k] = at(added, i * dims + k) + at(products, product + k);
        }
      }
      for (let k = i * dims; k < (i + 1) * dims; k++) {
        out[k] = at(input, k) + Math.max(0, at(added, k));
      }
    }
  }

  /** @param slopes - of words in context */
  backward(batch: NetworkBatch, kept: Float32Array | null, slopes: Float32Array): void {
    const dims = this.#dims;
    const productSlopes = firstRows(this.#products, batch.rows);
    productSlopes.values.fill(0);
    for (const placed of batch.texts()) this.#spread(placed, slopes, productSlopes.values);
    const inputSlopes = firstRows(this.#inputSlopes, batch.rows);
    this.layer.backward(firstRows(this.#input, batch.rows), productSlopes, inputSlopes);
    for (let i = 0; i < batch.rows * dims; i++) {
      inputSlopes.values[i] = at(inputSlopes.values, i) + at(slopes, i);
    }
    keep(inputSlopes.values, kept);
    for (const { text, first } of batch.texts()) {
      for (const [i, row] of text.rows.entries()) {
        if (row < 0) continue;
        this.#touched.add(row);
        for (let k = 0; k < dims; k++) {
          const to = row * dims + k;
          this.#vectorSlopes[to] =
            at(this.#vectorSlopes, to) + at(inputSlopes.values, (first + i) * dims + k);
        }
      }
    }
  }

  /** Propagates the gradients of `#added` back to the neighbours. */
  #spread(placed: PlacedText, slopes: Float32Array, products: Float32Array): void {
    const [dims, added, { gradient }] = [this.#dims, this.#added, this.bias];
    const own = new Float32Array(dims);
    for (let i = placed.first; i < placed.first + placed.count; i++) {
      for (let k = 0; k < dims; k++) {
        own[k] = at(added, i * dims + k) > 0 ? at(slopes, i * dims + k) : 0;
        gradient[k] = at(gradient, k) + at(own, k);
      }
      for (const from of neighboursOf(i, placed)) {
        products.set(own, from * 3 * dims + (from - i + 1) * dims);
      }
    }
  }

  /** Passes the gradient of each touched word vector to `take`, then clears them. */
  takeVectorSlopes(take: (row: number, slopes: Float32Array) => void): void {
    const dims = this.#dims;
    for (const row of this.#touched) {
      const slopes = this.#vectorSlopes.subarray(row * dims, (row + 1) * dims);
      take(row, slopes);
      slopes.fill(0);
    }
    this.#touched.clear();
  }
}

const shapeOf = (dims: number) =>
  ({ inputs: dims, outputs: 3 * dims, gain: 0.3, hasBiases: false }) as const;
