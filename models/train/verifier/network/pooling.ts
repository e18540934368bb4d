import { at } from '../../../../src/route/factor-network.js';
import type { Matrix, MatrixSpace } from '../../embedder/simd-product.js';
import { Parameters } from '../../predictor/parameters.js';
import type { Random } from '../../random.js';
import { keep, tiled, type NetworkBatch, type NetworkSize } from './batch.js';
import type { TextRows } from './attention.js';
import { firstRows, NetworkLayer, rectify, rectifySlopes } from './layer.js';

/** Scales sums over words to about the size of their largest term. */
const SUM_SCALE = 1 / 4;

/** Pools the comparisons of all words of a pair into one score. */
export class NetworkSummary {
  readonly layer: NetworkLayer;
  /** Shape [hidden + 1], the bias last. */
  readonly last: Parameters;
  readonly #hidden: number;
  readonly #sums: Matrix;
  readonly #sumSlopes: Matrix;
  readonly #whole: Matrix;
  readonly #wholeSlopes: Matrix;
  /** Row of the maximum, by pair and hidden unit; -1 if none is above 0. */
  #largest = new Int32Array(0);
  /** Whether the first text's sum is the larger one: 1 or -1. */
  #signs = new Int8Array(0);

  static floats({ hidden }: NetworkSize, pairs: number): number {
    return NetworkLayer.floats(shapeOf(hidden), tiled(pairs)) + tiled(pairs) * 8 * hidden;
  }

  constructor(space: MatrixSpace, { hidden }: NetworkSize, pairs: number, random: Random) {
    this.layer = new NetworkLayer(space, shapeOf(hidden), tiled(pairs), random);
    this.last = new Parameters(hidden + 1, 0, () => random.normal() / Math.sqrt(hidden));
    this.last.values[hidden] = 0;
    this.#hidden = hidden;
    this.#sums = space.matrix(tiled(pairs), 3 * hidden);
    this.#sumSlopes = space.matrix(tiled(pairs), 3 * hidden);
    this.#whole = space.matrix(tiled(pairs), hidden);
    this.#wholeSlopes = space.matrix(tiled(pairs), hidden);
  }

  /** Number of pooled values of that many pairs. */
  numbersOf(pairs: number): number {
    return pairs * 3 * this.#hidden;
  }

  /** @returns log odds, by pair */
  forward(batch: NetworkBatch, compared: Matrix, kept: Float32Array | null): Float32Array {
    const hidden = this.#hidden;
    const pairs = batch.pairs.length;
    const sums = firstRows(this.#sums, tiled(pairs));
    sums.values.fill(0);
    this.#largest = new Int32Array(pairs * hidden).fill(-1);
    this.#signs = new Int8Array(pairs * hidden);
    for (const [pair, { a, b }] of batch.pairs.entries()) {
      for (let k = 0; k < hidden; k++) this.#addUp({ pair, k }, [a, b], compared.values);
    }
    keep(sums.values, kept);
    const whole = firstRows(this.#whole, sums.rows);
    this.layer.forward(sums, whole);
    rectify(whole);
    return Float32Array.from(batch.pairs, (_, pair) => {
      let score = at(this.last.values, hidden);
      for (let k = 0; k < hidden; k++) {
        score += at(whole.values, pair * hidden + k) * at(this.last.values, k);
      }
      return score;
    });
  }

  /** Sum, difference and maximum of one hidden unit over the words of a pair. */
  #addUp(
    { pair, k }: { readonly pair: number; readonly k: number },
    texts: readonly [TextRows, TextRows],
    compared: Float32Array,
  ): void {
    const hidden = this.#hidden;
    let [most, row] = [0, -1];
    const [a, b] = texts.map(({ first, count }) => {
      let sum = 0;
      for (let i = first; i < first + count; i++) {
        const value = at(compared, i * hidden + k);
        sum += value;
        if (value > most) [most, row] = [value, i];
      }
      return sum;
    });
    const [x, y] = [a ?? 0, b ?? 0];
    const to = pair * 3 * hidden + k;
    this.#sums.values[to] = (x + y) * SUM_SCALE;
    this.#sums.values[to + hidden] = Math.abs(x - y) * SUM_SCALE;
    this.#sums.values[to + 2 * hidden] = most;
    this.#largest[pair * hidden + k] = row;
    this.#signs[pair * hidden + k] = x > y ? 1 : -1;
  }

  /**
   * @param slopes - of the log odds
   * @param comparedSlopes - of what was compared; overwritten
   */
  backward(
    batch: NetworkBatch,
    slopes: Float32Array,
    kept: Float32Array | null,
    comparedSlopes: Matrix,
  ): void {
    const hidden = this.#hidden;
    const rows = tiled(batch.pairs.length);
    const [whole, wholeSlopes] = [this.#whole, this.#wholeSlopes].map((m) =>
      firstRows(m, rows),
    ) as [Matrix, Matrix];
    wholeSlopes.values.fill(0);
    const { values, gradient } = this.last;
    for (const [pair, slope] of slopes.entries()) {
      gradient[hidden] = at(gradient, hidden) + slope;
      for (let k = 0; k < hidden; k++) {
        gradient[k] = at(gradient, k) + slope * at(whole.values, pair * hidden + k);
        wholeSlopes.values[pair * hidden + k] = slope * at(values, k);
      }
    }
    rectifySlopes(whole, wholeSlopes);
    const sumSlopes = firstRows(this.#sumSlopes, rows);
    this.layer.backward(firstRows(this.#sums, rows), wholeSlopes, sumSlopes);
    keep(sumSlopes.values, kept);
    comparedSlopes.values.fill(0);
    for (const [pair, { a, b }] of batch.pairs.entries()) {
      for (let k = 0; k < hidden; k++) {
        const from = pair * 3 * hidden + k;
        const sum = SUM_SCALE * at(sumSlopes.values, from);
        const apart =
          SUM_SCALE * (this.#signs[pair * hidden + k] ?? 0) * at(sumSlopes.values, from + hidden);
        this.#spread(a, k, sum + apart, comparedSlopes.values);
        this.#spread(b, k, sum - apart, comparedSlopes.values);
        const largest = this.#largest[pair * hidden + k] ?? -1;
        if (largest < 0) continue;
        const to = largest * hidden + k;
        comparedSlopes.values[to] =
          at(comparedSlopes.values, to) + at(sumSlopes.values, from + 2 * hidden);
      }
    }
  }

  #spread({ first, count }: TextRows, k: number, slope: number, to: Float32Array): void {
    for (let i = first; i < first + count; i++) to[i * this.#hidden + k] = slope;
  }
}

const shapeOf = (hidden: number) => ({ inputs: 3 * hidden, outputs: hidden, gain: 1 }) as const;
