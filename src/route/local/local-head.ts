import { DenseMatrix } from '../../embed/dense-matrix.js';
import { at } from '../factor-network.js';
import type { KnownPrompts } from '../ood-detector.js';
import type { FittedHead } from './fit-head.js';
import {
  layoutOf,
  writeInputs,
  type PromptInputs,
  type SparseRow,
  type Standardisation,
} from './head-inputs.js';
import { at64 } from './linear-algebra.js';
import { GRAM_BUCKETS, type GramBag, type WordGrams } from './word-grams.js';

/** All numbers of a head, as served and stored. */
export interface HeadTables {
  /** Names of the models it was fitted for. */
  readonly models: readonly string[];
  /** Indices in `models` of the weakest and the strongest model. */
  readonly anchors: readonly [number, number];
  readonly standard: Standardisation;
  /** The prompts that it was fitted to, summarised. */
  readonly known: KnownPrompts;
  /** Log-odds added for each model, and last for all other models, shape [models + 1]. */
  readonly shifts: Float32Array;
  /** Standard deviation of the correction, in the order of `shifts`. */
  readonly deviations: Float32Array;
  /** Number of graded answers of each model, shape [models]. */
  readonly answers: Int32Array;
  /** Loading of each model on each component, shape [components, models]. */
  readonly loads: Float32Array;
  /** Weights of the inputs without the grams, shape [components, layout.length]. */
  readonly inputWeights: Float32Array;
  /** Buckets with weights, ascending. */
  readonly gramsInUse: Int32Array;
  /** Shape [gramsInUse, components]. */
  readonly gramWeights: Float32Array;
}

/**
 * Converts weights of rows to weights of inputs: all kernels are linear, so a fitted head is a few vectors.
 *
 * @param inputs - as passed to `blockKernels`, like `grams`
 */
export function buildHeadTables(
  fitted: FittedHead,
  inputs: Float32Array,
  grams: readonly (SparseRow | null)[],
  about: Pick<HeadTables, 'models' | 'anchors' | 'standard' | 'known' | 'answers'>,
): HeadTables {
  const { components } = fitted;
  const { vector, anchors, length } = layoutOf(about.standard);
  const inputWeights = new Float64Array(components.length * length);
  const gramWeights = new Map<number, Float64Array>();
  components.forEach(({ weights, shares }, c) => {
    const [dense = 0, sentence = 0, gram = 0, anchor = 0] = shares.kernels;
    weights.forEach((weight, row) => {
      if (weight === 0) return;
      for (let k = 0; k < length; k++) {
        const share = k < vector ? dense : k < anchors ? sentence : anchor;
        const at = c * length + k;
        inputWeights[at] =
          (inputWeights[at] ?? 0) + weight * share * (inputs[row * length + k] ?? 0);
      }
      addGrams(gramWeights, grams[row] ?? null, weight * gram, [c, components.length]);
    });
  });
  const inUse = [...gramWeights].toSorted(([a], [b]) => a - b);
  return {
    ...about,
    shifts: Float32Array.from(fitted.shifts),
    deviations: Float32Array.from(fitted.deviations),
    loads: Float32Array.from(components.flatMap(({ loads }) => [...loads])),
    inputWeights: Float32Array.from(inputWeights),
    gramsInUse: Int32Array.from(inUse, ([bucket]) => bucket),
    gramWeights: Float32Array.from(inUse.flatMap(([, weights]) => [...weights])),
  };
}

function addGrams(
  all: Map<number, Float64Array>,
  row: SparseRow | null,
  factor: number,
  [component, components]: readonly [number, number],
): void {
  row?.at.forEach((bucket, k) => {
    const value = row.values[k] ?? 0;
    if (value === 0) return;
    const weights = all.get(bucket) ?? new Float64Array(components);
    weights[component] = (weights[component] ?? 0) + factor * value;
    all.set(bucket, weights);
  });
}

/** Evaluates a fitted head. Holds scratch memory: a result is valid until the next call. */
export class LocalHead {
  readonly tables: HeadTables;
  readonly components: number;
  readonly #grams: WordGrams;
  readonly #input: Float32Array;
  readonly #weights: DenseMatrix;
  /** Offset of a bucket's weights in `gramWeights`, -1 for none. */
  readonly #gramAt = new Int32Array(GRAM_BUCKETS).fill(-1);
  readonly #values: Float64Array;
  readonly #sums: Float64Array;

  constructor(tables: HeadTables, grams: WordGrams) {
    const { length } = layoutOf(tables.standard);
    this.tables = tables;
    this.components = tables.inputWeights.length / length;
    this.#grams = grams;
    this.#input = new Float32Array(length);
    this.#weights = new DenseMatrix(tables.inputWeights, length);
    this.#values = new Float64Array(this.components);
    this.#sums = new Float64Array(this.components);
    tables.gramsInUse.forEach((bucket, i) => {
      this.#gramAt[bucket] = i * this.components;
    });
  }

  /**
   * The value of each component for a prompt.
   *
   * @param inputs - without grams, which are read from `text`
   * @returns shape [components]; overwritten by the next call
   */
  read(text: string, inputs: Omit<PromptInputs, 'grams'>): Float64Array {
    const { standard } = this.tables;
    writeInputs({ ...inputs, grams: null }, standard, this.#input);
    const values = this.#values;
    values.set(this.#weights.times(this.#input));
    if (this.tables.gramsInUse.length > 0) this.#addGrams(this.#grams.scan(text), values);
    return values;
  }

  #addGrams({ buckets, counts, size }: GramBag, values: Float64Array): void {
    const { rarity } = this.tables.standard;
    const sums = this.#sums.fill(0);
    let square = 0;
    for (let i = 0; i < size; i++) {
      const bucket = buckets[i] ?? 0;
      const weight = Math.sqrt(at(counts, i)) * at(rarity, bucket);
      if (weight === 0) continue;
      square += weight * weight;
      this.#addGram(bucket, weight);
    }
    if (square === 0) return;
    const factor = 1 / Math.sqrt(square);
    for (let c = 0; c < sums.length; c++) values[c] = at64(values, c) + factor * at64(sums, c);
  }

  #addGram(bucket: number, weight: number): void {
    const from = this.#gramAt[bucket] ?? -1;
    if (from < 0) return;
    const { gramWeights } = this.tables;
    const sums = this.#sums;
    for (let c = 0; c < sums.length; c++) {
      sums[c] = at64(sums, c) + weight * at(gramWeights, from + c);
    }
  }
}
