import { DenseMatrix } from '../embed/dense-matrix.js';
import { at } from './factor-network.js';
import { NearestFew } from './nearest-few.js';

/** Sizes of a memory. */
export interface MemoryShape {
  /** Numbers by which prompts are compared. */
  readonly dims: number;
  /** Groups of prompts that lie together; a look-up reads a few of them. */
  readonly cells: number;
  readonly rows: number;
  /** Graded answers to all of the rows. */
  readonly answers: number;
}

/** Prompts whose answers were graded, cell after cell, and what was unexpected of the grades. */
export interface MemoryTables {
  /** From the network's input to the numbers prompts are compared by, shape [dims, inputs]. */
  readonly projection: Float32Array;
  /** Unit vectors, shape [cells, dims]. */
  readonly cellCentres: Float32Array;
  /** For each cell the number of the first row behind it. */
  readonly cellEnds: Int32Array;
  /** Unit vectors in 127ths, shape [rows, dims]. */
  readonly vectors: Int8Array;
  /** For each row the number of the first answer behind its own. */
  readonly answerEnds: Int32Array;
  /** Who gave each answer, as an index into the models with graded answers. */
  readonly answerModels: Int32Array;
  /** The grade less what the network expects, in 127ths, shape [answers]. */
  readonly surprises: Int8Array;
  /**
   * Variance of what the network expects, p (1 − p), in 508ths, shape [answers]. Negative for a grade that says something of its
   * model alone, not of how hard the prompt is.
   */
  readonly variances: Int8Array;
}

/** Answers that some models gave to the prompts of a memory. */
export interface SomeAnswers {
  /** For each row the number of the first answer behind its own. */
  readonly ends: Int32Array;
  /** Model, surprise and variance in one number: what lies side by side is fetched at once. */
  readonly answers: Int32Array;
}

/** What the memory holds of prompts like the one asked about. Reused by the next call. */
export interface Recollection {
  /** 0 for a prompt unlike all that were graded, 1 for one among them: how far to trust what was learnt of them. */
  closeness: number;
  /** As `closeness`, by a looser measure. */
  kinship: number;
  /** Log-odds by which such prompts were easier than the network expects, for any model. */
  shift: number;
  /**
   * Of each model that was asked about: how many such prompts it was graded on, each counting as much as it is like this one, and
   * the sums over these answers of surprise and of variance, in the steps of `MemoryTables`; shape [models, 3].
   */
  readonly byModel: Float64Array;
}

const SUMS = 3;

/** So many of the most alike prompts are asked for their answers. */
const NEIGHBOURS = 32;
/** So many cells are read, in which nearly all of them lie. */
const CELLS_READ = 3;
/** Likeness to the prompt is the mean cosine of so many nearest. */
const LIKENESS_OF = 8;
/** Likeness from which closeness rises from 0 and has reached 1; chosen by leaving sets out of training. */
const FAR_LIKENESS = 0.6;
const CLOSE_LIKENESS = 0.9;
/** As above, for kinship. */
const STRANGE_LIKENESS = 0.55;
const KIN_LIKENESS = 0.75;
/** A neighbour that is so much less alike than the nearest counts a third. */
const FALL = 0.1;
/** Cosines from which a neighbour begins to count, and counts wholly. */
const FAINT_COSINE = 0.5;
const CLEAR_COSINE = 0.9;
/** Variance of grades that surprise is measured against beforehand: four answers' worth. */
const PRIOR_VARIANCE = 0.8;
/** Steps of `MemoryTables.vectors`, `surprises`, and `variances`. */
export const VECTOR_STEPS = 127;
export const SURPRISE_STEPS = 127;
export const VARIANCE_STEPS = 508;

/**
 * Finds the graded prompts that a new one is most like, and what the network got wrong of them.
 *
 * Prompts lie in cells (an inverted file); those of the cells nearest to the new one are compared with it, so that a few
 * of the nearest may be missed. Holds scratch memory: a result lasts until the next call.
 */
export class GradedMemory {
  readonly #tables: MemoryTables;
  readonly #projection: DenseMatrix;
  readonly #centres: DenseMatrix;
  readonly #vectors: DenseMatrix;
  readonly #point: Float32Array;
  readonly #cells = new NearestFew(CELLS_READ);
  readonly #rows = new NearestFew(NEIGHBOURS);
  /** `sumAnswers`. */
  readonly #sums: Float64Array;
  readonly #recalled: Recollection;

  /** @param models - how many models have graded answers */
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
   * @param input - the network's, shape [inputs], as `writeDense` left it
   * @param answers - of the models that are asked about, by `answersOf`
   * @param comparable - how far the prompt can be compared with graded ones at all, 0 to 1; at 0 it is unlike all of them
   */
  recall(input: Float32Array, answers: SomeAnswers, comparable = 1): Recollection {
    this.#findRows(input);
    const recalled = this.#recalled;
    const likeness = meanOfBest(this.#rows);
    recalled.closeness = comparable * shareOfWay(likeness, FAR_LIKENESS, CLOSE_LIKENESS);
    recalled.kinship = comparable * shareOfWay(likeness, STRANGE_LIKENESS, KIN_LIKENESS);
    recalled.shift = 0;
    recalled.byModel.fill(0);
    if (recalled.closeness > 0 || recalled.kinship > 0) this.#askRows(answers);
    return recalled;
  }

  /** The graded answers of some models, to be recalled; takes milliseconds. */
  answersOf(isWanted: (model: number) => boolean): SomeAnswers {
    const { answerEnds, answerModels, surprises, variances } = this.#tables;
    const packed: number[] = [];
    let start = 0;
    const ends = answerEnds.map((end) => {
      for (let i = start; i < end; i++) {
        const model = answerModels[i] ?? 0;
        if (!isWanted(model)) continue;
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
    this.#cells.settle();
    this.#rows.clear();
    for (let k = 0; k < this.#cells.size; k++) {
      const cell = this.#cells.index(k);
      const start = cell === 0 ? 0 : (cellEnds[cell - 1] ?? 0);
      const rows = (cellEnds[cell] ?? start) - start;
      if (rows > 0) this.#rows.offer(this.#vectors.timesRows(point, start, rows), start);
    }
    this.#rows.settle();
  }

  #askRows(answers: SomeAnswers): void {
    const [rows, sums] = [this.#rows, this.#sums];
    const nearest = rows.value(0);
    let surprise = 0;
    let variance = PRIOR_VARIANCE;
    for (let k = 0; k < rows.size; k++) {
      const cosine = rows.value(k);
      // The first that does not count is followed by none that does.
      if (cosine <= FAINT_COSINE) break;
      const weight =
        Math.exp((cosine - nearest) / FALL) * shareOfWay(cosine, FAINT_COSINE, CLEAR_COSINE);
      const row = rows.index(k);
      surprise += weight * (sums[2 * row] ?? 0);
      variance += weight * (sums[2 * row + 1] ?? 0);
      this.#askRow(row, weight, answers);
    }
    this.#recalled.shift = surprise / variance;
  }

  #askRow(row: number, weight: number, { ends, answers }: SomeAnswers): void {
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
 * Log-odds that recollection adds to what the network says of a model: what it got wrong of all models on such prompts, and
 * of this model beyond that. One step of Newton's method from the network towards the grades of the neighbours.
 *
 * @param model - index into the models with graded answers; −1 for one that has none
 */
export function recalledLogOdds(recalled: Recollection, model: number): number {
  const { closeness, shift, byModel } = recalled;
  if (model < 0) return closeness * shift;
  const surprise = (byModel[SUMS * model + 1] ?? 0) / SURPRISE_STEPS;
  const variance = (byModel[SUMS * model + 2] ?? 0) / VARIANCE_STEPS;
  const own = (surprise - variance * shift) / (variance + PRIOR_VARIANCE);
  return closeness * (shift + own);
}

/** How many prompts like the one asked about a model was graded on, each counting as much as it is like it. */
export function answersRecalled({ byModel }: Recollection, model: number): number {
  return byModel[SUMS * model] ?? 0;
}

/**
 * What all answers to a row say together of any model: surprise and variance, row after row.
 *
 * Many models err together on one prompt: their answers count as the root of their number.
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

function meanOfBest(rows: NearestFew): number {
  const count = Math.min(LIKENESS_OF, rows.size);
  let sum = 0;
  for (let k = 0; k < count; k++) sum += rows.value(k);
  return count === 0 ? 0 : sum / count;
}

/** How far from `from` to `to` a value has come, 0 to 1. */
function shareOfWay(value: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
}
