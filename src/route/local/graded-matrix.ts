import { at64 } from './linear-algebra.js';

/** Graded answers and their predictions; row after row, shape [rows, models]. */
export interface GradedMatrix {
  readonly models: number;
  /** Log-odds by the predictor to be corrected. */
  readonly offsets: Float64Array;
  /** 0 to 1; NaN without an answer. */
  readonly scores: Float64Array;
}

/** Scores smoothed as if there were one more good and one more bad answer, so that equal scores never lead to certainty. */
export function smoothedScores({ models, scores }: GradedMatrix, rows: Int32Array): Float64Array {
  let answers = 0;
  for (const row of rows) {
    for (let m = 0; m < models; m++) {
      if (!Number.isNaN(at64(scores, row * models + m))) answers += 1;
    }
  }
  return scores.map((score) => (answers * score + 1) / (answers + 2));
}

/**
 * Makes out-of-fold log-odds comparable between folds, for ranking.
 *
 * A fold in which a model did well is missing from the mean that is predicted for it, so folds would be ranked the wrong way
 * round. The corrections are shifted, per model, so that each fold has the overall mean; within a fold nothing changes.
 *
 * @param logOdds - by the fits that left each fold out, shape [rows, models]
 * @param folds - the fold of each row, from 0
 */
export function alignFolds(
  { models, offsets }: Pick<GradedMatrix, 'models' | 'offsets'>,
  logOdds: Float64Array,
  folds: Int32Array,
): Float64Array {
  const width = Math.max(...folds) + 1;
  const sums = new Float64Array(models * width);
  const counts = new Float64Array(width);
  const totals = new Float64Array(models);
  folds.forEach((fold, row) => {
    counts[fold] = at64(counts, fold) + 1;
    for (let m = 0; m < models; m++) {
      const correction = at64(logOdds, row * models + m) - at64(offsets, row * models + m);
      sums[m * width + fold] = at64(sums, m * width + fold) + correction;
      totals[m] = at64(totals, m) + correction;
    }
  });
  return logOdds.map((value, at) => {
    const m = at % models;
    const fold = folds[Math.floor(at / models)] ?? 0;
    const own = at64(sums, m * width + fold) / at64(counts, fold);
    return value + at64(totals, m) / folds.length - own;
  });
}
