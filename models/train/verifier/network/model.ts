import { MatrixSpace, type Matrix } from '../../embedder/simd-product.js';
import type { Random } from '../../random.js';
import {
  dropoutMask,
  NetworkBatch,
  tiled,
  type BatchLimits,
  type NetworkPair,
  type NetworkSize,
} from './batch.js';
import { NetworkComparison } from './comparison.js';
import { NetworkContext } from './context.js';
import { firstRows } from './layer.js';
import { NetworkSummary } from './pooling.js';

/** All weights of a network; matrices have one row per input. */
export type NetworkWeights = Readonly<
  Record<
    | 'vectors'
    | 'context'
    | 'contextBias'
    | 'compare'
    | 'compareBias'
    | 'inner'
    | 'innerBias'
    | 'outer'
    | 'outerBias'
    | 'last',
    Float32Array
  >
>;

/**
 * The network of `WordNetwork` for training: in batches, with gradients.
 *
 * Decomposable attention (Parikh and others, 2016) over words together with their neighbours.
 */
export class NetworkModel {
  readonly size: NetworkSize;
  readonly context: NetworkContext;
  readonly comparison: NetworkComparison;
  readonly summary: NetworkSummary;
  readonly #words: Float32Array;
  readonly #wordSlopes: Float32Array;
  readonly #comparedSlopes: Matrix;

  /** @param vectors - word vectors; shape [words, dims]; updated by the caller */
  constructor(size: NetworkSize, vectors: Float32Array, limits: BatchLimits, random: Random) {
    const { dims, hidden } = size;
    const rows = tiled(2 * limits.pairs * limits.words);
    const floats =
      NetworkContext.floats(size, rows) +
      NetworkComparison.floats(size, rows) +
      NetworkSummary.floats(size, limits.pairs) +
      rows * hidden;
    const space = new MatrixSpace(floats, Math.max(rows * 3 * dims, 3 * dims * dims));
    this.size = size;
    this.context = new NetworkContext(space, { dims, vectors }, rows, random);
    this.comparison = new NetworkComparison(space, size, rows, random);
    this.summary = new NetworkSummary(space, size, limits.pairs, random);
    this.#words = new Float32Array(rows * dims);
    this.#wordSlopes = new Float32Array(rows * dims);
    this.#comparedSlopes = space.matrix(rows, hidden);
  }

  /** @returns log odds of each pair, without dropout */
  scores(pairs: readonly NetworkPair[]): Float32Array {
    const batch = new NetworkBatch(pairs);
    this.context.forward(batch, null, this.#words);
    const compared = this.comparison.forward(batch, this.#words);
    return this.summary.forward(batch, compared, null);
  }

  /**
   * Adds the gradients of a batch to those of all weights.
   *
   * @param slopeOf - derivative of the loss by a pair's log odds, given the pair's index and log odds
   * @param random - for dropout; `null` for none
   */
  learn(
    pairs: readonly NetworkPair[],
    slopeOf: (pair: number, score: number) => number,
    random: Random | null,
  ): void {
    const batch = new NetworkBatch(pairs);
    const draw = (length: number): Float32Array | null =>
      random === null ? null : dropoutMask(length, random);
    const keptNumbers = draw(batch.rows * this.size.dims);
    const keptSums = draw(this.summary.numbersOf(tiled(pairs.length)));
    this.context.forward(batch, keptNumbers, this.#words);
    const compared = this.comparison.forward(batch, this.#words);
    const scores = this.summary.forward(batch, compared, keptSums);
    const slopes = scores.map((score, pair) => slopeOf(pair, score));
    const comparedSlopes = firstRows(this.#comparedSlopes, batch.rows);
    this.summary.backward(batch, slopes, keptSums, comparedSlopes);
    this.comparison.backward(batch, this.#words, comparedSlopes, this.#wordSlopes);
    this.context.backward(batch, keptNumbers, this.#wordSlopes);
  }

  /** One step down the gradients of all weights except word vectors. @param step - counted from 1 */
  update(step: number, rate: number): void {
    const { context, comparison, summary } = this;
    for (const layer of [context.layer, comparison.outer, comparison.inner, summary.layer]) {
      layer.update(step, rate);
    }
    context.bias.update(step, rate);
    summary.last.update(step, rate);
  }

  /** All weights, by name. */
  weights(): NetworkWeights {
    const { context, comparison, summary } = this;
    return {
      vectors: context.vectors,
      context: context.layer.weights.values,
      contextBias: context.bias.values,
      compare: comparison.outer.weights.values,
      compareBias: comparison.outer.biases.values,
      inner: comparison.inner.weights.values,
      innerBias: comparison.inner.biases.values,
      outer: summary.layer.weights.values,
      outerBias: summary.layer.biases.values,
      last: summary.last.values,
    };
  }
}
