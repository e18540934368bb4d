import { at } from '../factor-network.js';
import { GRAM_BUCKETS, type GramBag } from './word-grams.js';

/** Standardised inputs are clamped to ± this: no single prompt may dominate a fit. */
const LIMIT = 4;
/** Added to standard deviations, so that a nearly constant input is not blown up. */
const DEVIATION_FLOOR = 0.02;

/** A head's inputs for a prompt, before standardisation. */
export interface PromptInputs {
  /** `Features.dense`. */
  readonly dense: Float32Array;
  /** Unit-length sentence vector; `null` if the predictor makes none. */
  readonly vector: Float32Array | null;
  /** Log-odds of the head's two anchor models by the base predictor. */
  readonly anchors: readonly [number, number];
  /** Words and pairs of words; `null` if the text was not kept. */
  readonly grams: SparseRow | null;
}

/** The non-zero values of a row. */
export interface SparseRow {
  readonly at: Int32Array;
  readonly values: Float32Array;
}

/** Parameters for standardising inputs. */
export interface Standardisation {
  /** Shape [dense + 2]: dense features, then the two values of the anchors. */
  readonly mean: Float32Array;
  /** One over the standard deviation, shape [dense + 2]. */
  readonly scale: Float32Array;
  /** Mean sentence vector, shape [embedding]; empty if there is none. */
  readonly vectorMean: Float32Array;
  /** Inverse document frequency of each gram, shape [GRAM_BUCKETS]; 0 for unused ones. */
  readonly rarity: Float32Array;
}

/** Offsets of the blocks that `writeInputs` writes; grams are stored separately. */
export function layoutOf(standard: Standardisation): {
  readonly vector: number;
  readonly anchors: number;
  readonly length: number;
} {
  const dense = standard.mean.length - 2;
  const vector = standard.vectorMean.length;
  return { vector: dense, anchors: dense + vector, length: dense + vector + 2 };
}

/** Copies a text's bag, which the next scan overwrites. */
export function sparseRow(bag: GramBag): SparseRow {
  return { at: bag.buckets.slice(0, bag.size), values: bag.counts.slice(0, bag.size) };
}

/** Computes the standardisation of some rows. @param rows - at least one, all with vectors or all without */
export function fitStandardisation(rows: readonly PromptInputs[]): Standardisation {
  const [first] = rows;
  const dense = first?.dense.length ?? 0;
  const mean = new Float64Array(dense + 2);
  const square = new Float64Array(dense + 2);
  const vectorMean = new Float64Array(first?.vector?.length ?? 0);
  const documents = new Uint32Array(GRAM_BUCKETS);
  let texts = 0;
  for (const row of rows) {
    plainInputs(row).forEach((value, i) => {
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
    (value, i) => 1 / (Math.sqrt(Math.max(0, value - (mean[i] ?? 0) ** 2)) + DEVIATION_FLOOR),
  );
  const rarity = Float32Array.from(documents, (count) =>
    // Nothing can be learnt from a gram that only one text has.
    count < 2 ? 0 : Math.log((texts + 1) / (count + 0.5)),
  );
  return {
    mean: Float32Array.from(mean),
    scale: Float32Array.from(scale),
    vectorMean: Float32Array.from(vectorMean),
    rarity,
  };
}

/** Dense features, then `anchorInputs`. */
function plainInputs({ dense, anchors }: PromptInputs): Float64Array {
  const numbers = new Float64Array(dense.length + 2);
  numbers.set(dense);
  numbers.set(anchorInputs(anchors), dense.length);
  return numbers;
}

/** Sum of the anchors' log-odds (how easy the prompt is), and their difference. */
function anchorInputs([weak, strong]: readonly [number, number]): [number, number] {
  return [weak + strong, strong - weak];
}

/**
 * Writes the standardised inputs without the grams, each block scaled to a length of about 1.
 *
 * @param out - shape [layoutOf(standard).length]
 */
export function writeInputs(
  inputs: PromptInputs,
  standard: Standardisation,
  out: Float32Array,
): void {
  const { dense, vector, anchors } = inputs;
  const { mean, scale, vectorMean } = standard;
  const { vector: vectorAt, anchors: anchorsAt } = layoutOf(standard);
  const denseUnit = 1 / Math.sqrt(dense.length);
  for (let i = 0; i < dense.length; i++) {
    out[i] = denseUnit * clamped((at(dense, i) - at(mean, i)) * at(scale, i));
  }
  for (let i = 0; i < vectorMean.length; i++) {
    out[vectorAt + i] = (vector?.[i] ?? 0) - at(vectorMean, i);
  }
  anchorInputs(anchors).forEach((figure, k) => {
    const standardised = (figure - at(mean, dense.length + k)) * at(scale, dense.length + k);
    out[anchorsAt + k] = Math.SQRT1_2 * clamped(standardised);
  });
}

function clamped(value: number): number {
  return Math.max(-LIMIT, Math.min(LIMIT, value));
}

/** Weights grams by rarity and scales the row to unit length; all 0 if no gram of it is in use. */
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
