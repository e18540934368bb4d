import { at, logistic } from '../../../src/route/factor-network.js';
import { WORDING_BUCKETS } from '../../../src/cache/verify/wordings.js';
import type { Random } from '../random.js';

/** A training pair for the weights of wordings. */
export interface WordedPair {
  readonly wordings: ReadonlySet<number>;
  /** Other features of the pair, including its log odds from differences; scaled to about 1. */
  readonly known: readonly number[];
  /** Each set has its own weights for `known`: sets differ in their share of positives. */
  readonly set: string;
  readonly label: number;
  readonly weight: number;
}

const EPOCHS = 4;
const RATE = 0.15;
/** Weight decay, applied each time a weight is used. */
const DECAY = 1e-3;
/** Initial sum of squared gradients. */
const STEADY = 1e-2;

/** Weights trained with Adagrad. */
class AdagradWeights {
  readonly values: Float32Array;
  readonly #squares: Float32Array;

  constructor(size: number) {
    this.values = new Float32Array(size);
    this.#squares = new Float32Array(size).fill(STEADY);
  }

  move(i: number, slope: number, rate: number): void {
    this.#squares[i] = at(this.#squares, i) + slope * slope;
    this.values[i] = at(this.values, i) - (rate * slope) / Math.sqrt(at(this.#squares, i));
  }
}

/**
 * Fits weights of wordings to pairs, together with weights of their other features (log-loss, Adagrad).
 * Deterministic given `random`.
 *
 * @returns weights for `WordingWeights`; those of the other features are dropped
 */
export function trainWordings(pairs: readonly WordedPair[], random: Random): Float32Array {
  const weights = new AdagradWeights(WORDING_BUCKETS);
  const bySource = new Map<string, AdagradWeights>();
  const order = pairs.map((_, i) => i);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    random.shuffle(order);
    const rate = RATE * (1 - epoch / EPOCHS);
    for (const i of order) {
      const pair = pairs[i];
      if (pair === undefined) continue;
      const own = bySource.get(pair.set) ?? new AdagradWeights(pair.known.length + 1);
      bySource.set(pair.set, own);
      learn(pair, weights, own, rate);
    }
  }
  return weights.values;
}

function learn(
  { wordings, known, label, weight }: WordedPair,
  weights: AdagradWeights,
  sourceWeights: AdagradWeights,
  rate: number,
): void {
  let odds = at(sourceWeights.values, known.length);
  for (const place of wordings) odds += at(weights.values, place);
  known.forEach((value, k) => (odds += value * at(sourceWeights.values, k)));
  const slope = (logistic(odds) - label) * weight;
  for (const place of wordings) {
    weights.move(place, slope + DECAY * at(weights.values, place), rate);
  }
  known.forEach((value, k) => {
    sourceWeights.move(k, slope * value, rate);
  });
  sourceWeights.move(known.length, slope, rate);
}
