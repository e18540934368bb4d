import { at, logistic } from '../../../src/route/factor-network.js';
import { WORDING_PLACES } from '../../../src/cache/verify/wording.js';
import type { Random } from '../random.js';

/** A pair as far as the weights of its wordings are learned from it. */
export interface WordedPair {
  readonly wordings: ReadonlySet<number>;
  /** What is known of the pair besides, its log odds by other means among it; scaled to about 1. */
  readonly known: readonly number[];
  /** Pairs of one set share what `known` is worth: sets differ in how often they say `same`. */
  readonly set: string;
  readonly label: number;
  readonly weight: number;
}

const EPOCHS = 4;
const RATE = 0.15;
/** Pulls weights towards 0, a little each time one is seen. */
const DECAY = 1e-3;
/** What the sum of squared slopes begins with. */
const STEADY = 1e-2;

/** Weights that move less the more they have been moved. */
class SlowingWeights {
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
 * Fits weights of wordings to pairs, on top of what is known of them otherwise (log-loss, Adagrad).
 * Deterministic given `random`.
 *
 * @returns weights for `WordingWeights`; those of what is known besides are dropped
 */
export function trainWordings(pairs: readonly WordedPair[], random: Random): Float32Array {
  const weights = new SlowingWeights(WORDING_PLACES);
  const besides = new Map<string, SlowingWeights>();
  const order = pairs.map((_, i) => i);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    random.shuffle(order);
    const rate = RATE * (1 - epoch / EPOCHS);
    for (const i of order) {
      const pair = pairs[i];
      if (pair === undefined) continue;
      const own = besides.get(pair.set) ?? new SlowingWeights(pair.known.length + 1);
      besides.set(pair.set, own);
      learn(pair, weights, own, rate);
    }
  }
  return weights.values;
}

function learn(
  { wordings, known, label, weight }: WordedPair,
  weights: SlowingWeights,
  besides: SlowingWeights,
  rate: number,
): void {
  let odds = at(besides.values, known.length);
  for (const place of wordings) odds += at(weights.values, place);
  known.forEach((value, k) => (odds += value * at(besides.values, k)));
  const slope = (logistic(odds) - label) * weight;
  for (const place of wordings) {
    weights.move(place, slope + DECAY * at(weights.values, place), rate);
  }
  known.forEach((value, k) => {
    besides.move(k, slope * value, rate);
  });
  besides.move(known.length, slope, rate);
}
