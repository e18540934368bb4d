import { DenseMatrix } from '../embed/dense-matrix.js';
import { at } from './factor-network.js';
import { TopK } from './top-k.js';

/** Sizes of a memory. */
export interface MemoryShape {
  /** Dimensions of the vectors that prompts are compared by. */
  readonly dims: number;
  /** Cells (clusters of prompts); a look-up reads a few of them. */
  readonly cells: number;
  readonly rows: number;
  /** Graded answers of all rows. */
  readonly answers: number;
}

/** Prompts with graded answers, cell after cell, and by how much the grades differ from the network's expectation. */
export interface MemoryTables {
  /** Projection of the network's input to the compared vectors, shape [dims, inputs]. */
  readonly projection: Float32Array;
  /** Unit vectors, shape [cells, dims]. */
  readonly cellCentres: Float32Array;
  /** For each cell the index after its last row. */
  readonly cellEnds: Int32Array;
  /** Unit vectors in 127ths, shape [rows, dims]. */
  readonly vectors: Int8Array;
  /** For each row the index after its last answer. */
  readonly answerEnds: Int32Array;
  /** The model of each answer, as an index into the models with graded answers; `NO_MODEL` for a rating. */
  readonly answerModels: Int32Array;
  /** Grade minus the network's expectation, in 127ths, shape [answers]. */
  readonly surprises: Int8Array;
  /**
   * Variance of the expected grade, p (1 − p), in 508ths, shape [answers]. Negative for a grade that is evidence about its model
   * only, not about the difficulty of the prompt.
   */
  readonly variances: Int8Array;
}

/** Answers of some models to the prompts of a memory. */
export interface PackedAnswers {
  /** For each row the index after its last answer. */
  readonly ends: Int32Array;
  /** Model, surprise and variance packed into one integer, for locality. */
  readonly answers: Int32Array;
}

/** What the memory holds about prompts similar to the given one. Reused by the next call. */
export interface NeighbourEvidence {
  /** Similarity to the graded prompts, 0 to 1: how far to trust what was learnt from them. */
  closeness: number;
  /** As `closeness`, with lower thresholds. */
  kinship: number;
  /** Log-odds by which similar prompts were easier than the network expects, for any model. */
  shift: number;
  /**
   * For each model that was asked about: the number of its graded answers to similar prompts, weighted by similarity, and
   * the weighted sums of their surprise and variance, in the steps of `MemoryTables`; shape [models, 3].
   */
  readonly byModel: Float64Array;
}

/** Instead of a model: an expected success, which says something about the prompt alone. */
export const NO_MODEL = -1;

const SUMS = 3;

/** Nearest prompts whose answers are used. */
const NEIGHBOURS = 32;
/** Nearest cells that are read; they hold nearly all of the nearest prompts. */
const CELLS_READ = 3;
/** Similarity is the mean cosine of this many nearest prompts. */
const SIMILARITY_ROWS = 8;
/** Similarity at which closeness starts to rise from 0, and at which it reaches 1; chosen by leaving sets out of training. */
const CLOSENESS_FROM = 0.6;
const CLOSENESS_FULL = 0.9;
/** The same for kinship. */
const KINSHIP_FROM = 0.55;
const KINSHIP_FULL = 0.75;
/** A neighbour's weight falls to 1/e at this difference of cosine from the nearest. */
const WEIGHT_DECAY = 0.1;
/** Cosines at which a neighbour begins to count, and counts fully. */
const COSINE_FROM = 0.5;
const COSINE_FULL = 0.9;
/** Prior variance that shrinks the surprise: that of about four answers. */
const PRIOR_VARIANCE = 0.8;
/** Steps of `MemoryTables.vectors`, `surprises`, and `variances`. */
export const VECTOR_STEPS = 127;
export const SURPRISE_STEPS = 127;
export const VARIANCE_STEPS = 508;

/**
 * Finds the graded prompts nearest to a new one, and the network's errors on them.
 *
 * An inverted-file index: only prompts of the nearest cells are compared, so a few
 * of the nearest may be missed. Holds scratch memory: a result lasts until the next call.
 */
export class GradedMemory {
  readonly #tables: MemoryTables;
  readonly #projection: DenseMatrix;
  readonly #centres: DenseMatrix;
  readonly #vectors: DenseMatrix;
  readonly #point: Float32Array;
  readonly #cells = new TopK(CELLS_READ);
  readonly #rows = new TopK(NEIGHBOURS);
  /** See `sumAnswers`. */
  readonly #sums: Float64Array;
  readonly #recalled: NeighbourEvidence;

  /** @param models - number of models with graded answers */
  constructor(shape: MemoryShape, tables: MemoryTables, models: number) {
    const { projection, cellCentres, vectors } = tables;
    this.#tables = tables;
    this.#projection = new DenseMatrix(projection, projection.length / shape.dims);
    this.#centres = new DenseMatrix(cellCentres, shape.dims);
    this.#vectors = new DenseMatrix(
      Float32Array.from(vectors, (value) => value / VECTOR_STEPS),
      shape.dims,
    );
    this.#point = new Float32Array(shape.dims);
    this.#sums = sumAnswers(tables);
    this.#recalled = {
      closeness: 0,
      kinship: 0,
      shift: 0,
      byModel: new Float64Array(SUMS * models),
    };
  }

  /**
   * @param input - the network's input, shape [inputs], as written by `writeDense`
   * @param answers - of the models to predict, from `answersOf`
   * @param comparable - factor on closeness and kinship, 0 to 1; 0 if the prompt cannot be compared with graded ones
   */
  recall(input: Float32Array, answers: PackedAnswers, comparable = 1): NeighbourEvidence {
    this.#findRows(input);
    const recalled = this.#recalled;
    const similarity = meanSimilarity(this.#rows);
    recalled.closeness = comparable * ramp(similarity, CLOSENESS_FROM, CLOSENESS_FULL);
    recalled.kinship = comparable * ramp(similarity, KINSHIP_FROM, KINSHIP_FULL);
    recalled.shift = 0;
    recalled.byModel.fill(0);
    if (recalled.closeness > 0 || recalled.kinship > 0) this.#askRows(answers);
    return recalled;
  }

  /** The graded answers of some models, for `recall`; takes milliseconds. */
  answersOf(isWanted: (model: number) => boolean): PackedAnswers {
    const { answerEnds, answerModels, surprises, variances } = this.#tables;
    const packed: number[] = [];
    let start = 0;
    const ends = answerEnds.map((end) => {
      for (let i = start; i < end; i++) {
        const model = answerModels[i] ?? 0;
        if (model === NO_MODEL || !isWanted(model)) continue;
        const variance = Math.abs(variances[i] ?? 0);
        packed.push((model << 16) | (((surprises[i] ?? 0) + 128) << 8) | variance);
      }
      start = end;
      return packed.length;
    });
    return { ends, answers: Int32Array.from(packed) };
  }

  #findRows(input: Float32Array): void {
    const { cellEnds } = this.#tables;
    const point = this.#point;
    point.set(this.#projection.times(input));
    let square = 1e-12;
    for (let i = 0; i < point.length; i++) square += at(point, i) ** 2;
    const scale = 1 / Math.sqrt(square);
    for (let i = 0; i < point.length; i++) point[i] = scale * at(point, i);
    this.#cells.clear();
    this.#cells.offer(this.#centres.times(point), 0);
    this.#cells.select();
    this.#rows.clear();
    for (let k = 0; k < this.#cells.size; k++) {
      const cell = this.#cells.index(k);
      const start = cell === 0 ? 0 : (cellEnds[cell - 1] ?? 0);
      const rows = (cellEnds[cell] ?? start) - start;
      if (rows > 0) this.#rows.offer(this.#vectors.timesRows(point, start, rows), start);
    }
    this.#rows.select();
  }

  #askRows(answers: PackedAnswers): void {
    const [rows, sums] = [this.#rows, this.#sums];
    const nearest = rows.value(0);
    let surprise = 0;
    let variance = PRIOR_VARIANCE;
    for (let k = 0; k < rows.size; k++) {
      const cosine = rows.value(k);
      // Sorted: the following ones do not count either.
      if (cosine <= COSINE_FROM) break;
      const weight =
        Math.exp((cosine - nearest) / WEIGHT_DECAY) * ramp(cosine, COSINE_FROM, COSINE_FULL);
      const row = rows.index(k);
      surprise += weight * (sums[2 * row] ?? 0);
      variance += weight * (sums[2 * row + 1] ?? 0);
      this.#askRow(row, weight, answers);
    }
    this.#recalled.shift = surprise / variance;
  }

  #askRow(row: number, weight: number, { ends, answers }: PackedAnswers): void {
    const { byModel } = this.#recalled;
    const start = row === 0 ? 0 : (ends[row - 1] ?? 0);
    const end = ends[row] ?? start;
    for (let i = start; i < end; i++) {
      const packed = answers[i] ?? 0;
      const surprise = ((packed >> 8) & 0xff) - 128;
      const variance = packed & 0xff;
      const sums = SUMS * (packed >> 16);
      byModel[sums] = (byModel[sums] ?? 0) + weight;
      byModel[sums + 1] = (byModel[sums + 1] ?? 0) + weight * surprise;
      byModel[sums + 2] = (byModel[sums + 2] ?? 0) + weight * variance;
    }
  }
}

/**
 * Correction of the network's log-odds for a model by the grades of similar prompts: its error for all models, and beyond that
 * for this model. One step of Newton's method from the network towards the neighbours' grades.
 *
 * @param model - index into the models with graded answers; −1 for one that has none
 */
export function neighbourLogOdds(recalled: NeighbourEvidence, model: number): number {
  const { closeness, shift, byModel } = recalled;
  if (model < 0) return closeness * shift;
  const surprise = (byModel[SUMS * model + 1] ?? 0) / SURPRISE_STEPS;
  const variance = (byModel[SUMS * model + 2] ?? 0) / VARIANCE_STEPS;
  const own = (surprise - variance * shift) / (variance + PRIOR_VARIANCE);
  return closeness * (shift + own);
}

/** Number of a model's graded answers to similar prompts, weighted by similarity. */
export function neighbourAnswerCount({ byModel }: NeighbourEvidence, model: number): number {
  return byModel[SUMS * model] ?? 0;
}

/**
 * Sums of surprise and variance over all answers of a row, row after row.
 *
 * Errors of models on one prompt are correlated, so n answers count as √n.
 */
function sumAnswers({ answerEnds, surprises, variances }: MemoryTables): Float64Array {
  const sums = new Float64Array(2 * answerEnds.length);
  let start = 0;
  for (const [row, end] of answerEnds.entries()) {
    const share = 1 / Math.sqrt(Math.max(1, end - start));
    for (let i = start; i < end; i++) {
      const surprise = (surprises[i] ?? 0) / SURPRISE_STEPS;
      const variance = (variances[i] ?? 0) / VARIANCE_STEPS;
      if (variance < 0) continue;
      sums[2 * row] = (sums[2 * row] ?? 0) + share * surprise;
      sums[2 * row + 1] = (sums[2 * row + 1] ?? 0) + share * variance;
    }
    start = end;
  }
  return sums;
}

function meanSimilarity(rows: TopK): number {
  const count = Math.min(SIMILARITY_ROWS, rows.size);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += rows.value(k);
  return count === 0 ? 0 : sum / count;
}

/** Position of a value between `from` and `to`, clamped to 0 and 1. */
function ramp(value: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
}
