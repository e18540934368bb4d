import { at } from '../factor-network.js';
import { GRAM_BUCKETS, type GramBag } from './word-grams.js';

/** Standardised inputs are cut off here: one odd prompt must not decide a fit. */
const LIMIT = 4;
/** Added to a standard deviation: a number that hardly varies says hardly anything. */
const LEAST_DEVIATION = 0.02;

/** What a prompt looks like to a head, before anything is standardised. */
export interface PromptInputs {
  /** `Features.dense`. */
  readonly dense: Float32Array;
  /** Unit-length sentence vector; `null` where the predictor makes none. */
  readonly vector: Float32Array | null;
  /** Log-odds that the predictor in force gives to the head's two anchor models. */
  readonly anchors: readonly [number, number];
  /** Words and pairs of words; `null` where the text was not kept. */
  readonly grams: SparseRow | null;
}

/** The numbers of a row that are not 0. */
export interface SparseRow {
  readonly at: Int32Array;
  readonly values: Float32Array;
}

/** What inputs are standardised with. */
export interface Standard {
  /** Shape [dense + 2]: dense features, then the two figures of the anchors. */
  readonly mean: Float32Array;
  /** One over the deviation, shape [dense + 2]. */
  readonly scale: Float32Array;
  /** Mean sentence vector, shape [embedding]; empty where there is none. */
  readonly vectorMean: Float32Array;
  /** Inverse document frequency of each gram, shape [GRAM_BUCKETS]; 0 for what is not used. */
  readonly rarity: Float32Array;
}

/** Where each block lies in the numbers that `writeInputs` makes; grams are kept apart. */
export function layoutOf(standard: Standard): {
  readonly vector: number;
  readonly anchors: number;
  readonly length: number;
} {
  const dense = standard.mean.length - 2;
  const vector = standard.vectorMean.length;
  return { vector: dense, anchors: dense + vector, length: dense + vector + 2 };
}

/** The bag of a text as a row that can be kept. */
export function sparseRow(bag: GramBag): SparseRow {
  return { at: bag.buckets.slice(0, bag.size), values: bag.counts.slice(0, bag.size) };
}

/** @param rows - at least one, all with vectors or all without */
export function standardOf(rows: readonly PromptInputs[]): Standard {
  const [first] = rows;
  const dense = first?.dense.length ?? 0;
  const mean = new Float64Array(dense + 2);
  const square = new Float64Array(dense + 2);
  const vectorMean = new Float64Array(first?.vector?.length ?? 0);
  const documents = new Uint32Array(GRAM_BUCKETS);
  let texts = 0;
  for (const row of rows) {
    plainNumbers(row).forEach((value, i) => {
      mean[i] = (mean[i] ?? 0) + value / rows.length;
      square[i] = (square[i] ?? 0) + value ** 2 / rows.length;
    });
    row.vector?.forEach((value, i) => {
      vectorMean[i] = (vectorMean[i] ?? 0) + value / rows.length;
    });
    if (row.grams === null) continue;
    texts += 1;
    for (const bucket of row.grams.at) documents[bucket] = (documents[bucket] ?? 0) + 1;
  }
  const scale = square.map(
    (value, i) => 1 / (Math.sqrt(Math.max(0, value - (mean[i] ?? 0) ** 2)) + LEAST_DEVIATION),
  );
  const rarity = Float32Array.from(documents, (count) =>
    // What occurs in one text only cannot be learnt from.
    count < 2 ? 0 : Math.log((texts + 1) / (count + 0.5)),
  );
  return {
    mean: Float32Array.from(mean),
    scale: Float32Array.from(scale),
    vectorMean: Float32Array.from(vectorMean),
    rarity,
  };
}

/** Dense features, then how easy the prompt is by the anchors and how far they lie apart. */
function plainNumbers({ dense, anchors }: PromptInputs): Float64Array {
  const numbers = new Float64Array(dense.length + 2);
  numbers.set(dense);
  numbers.set(anchorFigures(anchors), dense.length);
  return numbers;
}

/** How easy the prompt is by both anchors, and how far they lie apart. */
function anchorFigures([weak, strong]: readonly [number, number]): [number, number] {
  return [weak + strong, strong - weak];
}

/**
 * Writes all inputs but the grams, standardised, each block scaled so that its rows are of length 1 or so.
 *
 * @param out - shape [layoutOf(standard).length]
 */
export function writeInputs(inputs: PromptInputs, standard: Standard, out: Float32Array): void {
  const { dense, vector, anchors } = inputs;
  const { mean, scale, vectorMean } = standard;
  const { vector: vectorAt, anchors: anchorsAt } = layoutOf(standard);
  const denseUnit = 1 / Math.sqrt(dense.length);
  for (let i = 0; i < dense.length; i++) {
    out[i] = denseUnit * limited((at(dense, i) - at(mean, i)) * at(scale, i));
  }
  for (let i = 0; i < vectorMean.length; i++) {
    out[vectorAt + i] = (vector?.[i] ?? 0) - at(vectorMean, i);
  }
  anchorFigures(anchors).forEach((figure, k) => {
    const standardised = (figure - at(mean, dense.length + k)) * at(scale, dense.length + k);
    out[anchorsAt + k] = Math.SQRT1_2 * limited(standardised);
  });
}

function limited(value: number): number {
  return Math.max(-LIMIT, Math.min(LIMIT, value));
}

/** Weighs grams by rarity: unit length, or empty when no gram of the row is in use. */
export function weighGrams({ at, values }: SparseRow, rarity: Float32Array): SparseRow {
  const weighed = new Float32Array(at.length);
  let square = 0;
  for (let i = 0; i < at.length; i++) {
    const weight = Math.sqrt(values[i] ?? 0) * (rarity[at[i] ?? 0] ?? 0);
    weighed[i] = weight;
    square += weight ** 2;
  }
  const factor = square === 0 ? 0 : 1 / Math.sqrt(square);
  for (let i = 0; i < weighed.length; i++) weighed[i] = (weighed[i] ?? 0) * factor;
  return { at, values: weighed };
}
