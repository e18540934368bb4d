import { DIFFERENCE_INPUTS, writeDifference } from '../../../src/cache/verify/word-differences.js';
import type { UnmatchedWord } from '../../../src/cache/verify/alignment.js';
import { at, logistic } from '../../../src/route/factor-network.js';
import { Parameters } from '../predictor/parameters.js';
import type { Progress } from '../progress.js';
import type { Random } from '../random.js';

/** A training pair for the weights of differences. */
export interface DifferentPair {
  /** Words that only one side has, both sides one after the other. */
  readonly leftOver: readonly UnmatchedWord[];
  /** Other features of the pair; scaled to about 1. */
  readonly whole: readonly number[];
  readonly label: number;
  readonly weight: number;
}

const EPOCHS = 6;
const BATCH = 64;
const RATE = 0.003;
const DECAY = 0.1;
/** Only this many left-over words are used, so that long texts do not dominate. */
const MAX_LEFT_OVER = 24;

/**
 * Fits weights of left-over words to pairs (log-loss, Adam). Deterministic given `random`.
 *
 * @returns weights for `DifferenceWeights`; those of the pair as a whole serve as controls and are dropped
 */
export function trainDifferences(
  pairs: readonly DifferentPair[],
  { random, progress }: { readonly random: Random; readonly progress: Progress },
): Float32Array {
  const weights = new Parameters(DIFFERENCE_INPUTS, DECAY);
  const wholes = new Parameters((pairs[0]?.whole.length ?? 0) + 1, 0);
  const inputs = new Float32Array(DIFFERENCE_INPUTS);
  const total = new Float32Array(inputs.length);
  const order = pairs.map((_, i) => i);
  const steps = EPOCHS * Math.floor(pairs.length / BATCH);
  let [step, loss] = [0, 0];
  const learn = ({ leftOver, whole, label, weight }: DifferentPair): void => {
    total.fill(0);
    for (const left of leftOver.slice(0, MAX_LEFT_OVER)) {
      writeDifference(inputs, left);
      addTo(total, 0, inputs, 1);
    }
    const known = Float32Array.from([1, ...whole]);
    const p = logistic(dot(total, weights.values) + dot(known, wholes.values));
    loss -= Math.log(Math.max(1e-7, label === 1 ? p : 1 - p));
    const slope = ((p - label) * weight) / BATCH;
    addTo(weights.gradient, 0, total, slope);
    addTo(wholes.gradient, 0, known, slope);
  };
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    random.shuffle(order);
    for (const [processed, i] of order
      .slice(0, BATCH * Math.floor(order.length / BATCH))
      .entries()) {
      const pair = pairs[i];
      if (pair !== undefined) learn(pair);
      if (processed % BATCH !== BATCH - 1) continue;
      step += 1;
      const rate = (RATE * (1 + Math.cos((Math.PI * step) / steps))) / 2;
      weights.update(step, rate);
      wholes.update(step, rate);
    }
    const mean = (loss / pairs.length).toFixed(4);
    progress.say(`differences: epoch ${epoch + 1} of ${EPOCHS}, log-loss ${mean}`);
    loss = 0;
  }
  return weights.values;
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += at(a, i) * at(b, i);
  return sum;
}

function addTo(sum: Float32Array, start: number, values: Float32Array, scale: number): void {
  for (let i = 0; i < values.length; i++) {
    sum[start + i] = at(sum, start + i) + scale * at(values, i);
  }
}
