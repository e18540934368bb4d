import { at, logistic } from '../../../../src/route/factor-network.js';
import { MAX_NETWORK_WORDS } from '../../../../src/cache/verify/word-context.js';
import type { Progress } from '../../progress.js';
import { Random } from '../../random.js';
import type { NetworkPair, NetworkSize } from './batch.js';
import { NetworkModel } from './model.js';
import { packNetwork, type TrainedNetwork } from './tables.js';

/** Two texts, and whether they are the same question. */
export interface LabelledNetworkPair extends NetworkPair {
  readonly label: number;
  readonly weight: number;
}

/** Chosen on the validation part. */
const EPOCHS = 5;
const BATCH = 32;
const RATE = 1e-3;
const WARM_UP = 500;
/** Final learning rate, as a share of the initial one. */
const LAST_RATE = 0.6;
/** The result is the mean of the weights from this share of the steps on, which is better than any single ones. */
const MEAN_FROM = 0.3;
const MEAN_EVERY = 250;

/**
 * Trains a word network to score whether two questions are the same (log-loss, Adam). Deterministic given `seed`.
 *
 * @param hashes - of the words, in row order
 * @param vectors - initial word vectors; shape [words, dims], overwritten
 */
export function trainNetwork(
  pairs: readonly LabelledNetworkPair[],
  { hashes, vectors }: { readonly hashes: Uint32Array; readonly vectors: Float32Array },
  size: NetworkSize,
  {
    seed,
    progress,
    epochs = EPOCHS,
  }: {
    readonly seed: number;
    readonly progress: Progress;
    readonly epochs?: number;
  },
): TrainedNetwork {
  const random = new Random(seed);
  const limits = { pairs: BATCH, words: MAX_NETWORK_WORDS };
  const model = new NetworkModel(size, vectors, limits, random);
  const words = new WordSteps(hashes.length, size.dims);
  const mean = new RunningMean();
  const order = pairs.filter(({ a, b }) => a.rows.length > 0 && b.rows.length > 0);
  const batches = Math.floor(order.length / BATCH);
  const steps = epochs * batches;
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    random.shuffle(order);
    let loss = 0;
    for (let batch = 0; batch < batches; batch++) {
      const own = order.slice(batch * BATCH, (batch + 1) * BATCH);
      const slopeOf = (pair: number, score: number): number => {
        const { label, weight } = own[pair] ?? { label: 0, weight: 0 };
        const p = logistic(score);
        loss -= weight * Math.log(Math.max(1e-7, label === 1 ? p : 1 - p));
        return ((p - label) * weight) / BATCH;
      };
      model.learn(own, slopeOf, random);
      step += 1;
      const share = rateAt(step, steps);
      model.update(step, RATE * share);
      model.context.takeVectorSlopes((row, slopes) => {
        words.move(vectors, row, slopes, share);
      });
      if (step > MEAN_FROM * steps && step % MEAN_EVERY === 0) mean.add(model.weights());
      progress.tick(() => `network: epoch ${epoch + 1}, batch ${batch + 1} of ${batches}`);
    }
    const weight = order.reduce((sum, pair) => sum + pair.weight, 0);
    progress.say(
      `network: epoch ${epoch + 1} of ${epochs}, log-loss ${(loss / weight).toFixed(4)}`,
    );
  }
  return packNetwork(size, hashes, mean.of(model.weights()));
}

/** Learning rate schedule: warm-up, then cosine decay. */
function rateAt(step: number, steps: number): number {
  const fall = (1 + Math.cos((Math.PI * step) / steps)) / 2;
  return Math.min(1, step / WARM_UP) * (LAST_RATE + (1 - LAST_RATE) * fall);
}

const WORD_RATE = 0.02;
/** Initial mean square of gradients. */
const STEADY = 1e-3;

/** Adagrad for word vectors, with one accumulated square per word. */
class WordSteps {
  readonly #squares: Float32Array;
  readonly #dims: number;

  constructor(words: number, dims: number) {
    this.#squares = new Float32Array(words).fill(STEADY);
    this.#dims = dims;
  }

  move(vectors: Float32Array, row: number, slopes: Float32Array, share: number): void {
    let square = 0;
    for (let k = 0; k < slopes.length; k++) square += at(slopes, k) ** 2;
    const all = at(this.#squares, row) + square / this.#dims;
    this.#squares[row] = all;
    const rate = (WORD_RATE * share) / Math.sqrt(all);
    const first = row * this.#dims;
    for (let k = 0; k < slopes.length; k++) {
      vectors[first + k] = at(vectors, first + k) - rate * at(slopes, k);
    }
  }
}

type Weights = Readonly<Record<string, Float32Array>>;

/** Stochastic weight averaging (Izmailov and others, 2018). */
class RunningMean {
  readonly #means = new Map<string, Float32Array>();
  #count = 0;

  add(weights: Weights): void {
    this.#count += 1;
    for (const [name, values] of Object.entries(weights)) {
      const mean = this.#means.get(name) ?? new Float32Array(values.length);
      this.#means.set(name, mean);
      for (let i = 0; i < mean.length; i++) {
        mean[i] = at(mean, i) + (at(values, i) - at(mean, i)) / this.#count;
      }
    }
  }

  /** The means; of too short a training, the weights themselves. */
  of<T extends Weights>(weights: T): T {
    if (this.#count === 0) return weights;
    return Object.fromEntries(this.#means) as Weights as T;
  }
}
