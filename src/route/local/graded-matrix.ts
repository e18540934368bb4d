import { at64 } from './linear-algebra.js';

/** Graded answers beside what was predicted of them; row after row, shape [rows, models]. */
export interface GradedMatrix {
  readonly models: number;
  /** Log-odds by the predictor that is corrected. */
  readonly offsets: Float64Array;
  /** 0 to 1; NaN where a model was not asked. */
  readonly scores: Float64Array;
}

/** Scores as if a good answer and a bad one had come besides, so that no number of equal ones makes certainty. */
export function drawnIn({ models, scores }: GradedMatrix, rows: Int32Array): Float64Array {
  let answers = 0;
  for (const row of rows) {
    for (let m = 0; m < models; m++) {
      if (!Number.isNaN(at64(scores, row * models + m))) answers += 1;
    }
  }
  return scores.map((score) => (answers * score + 1) / (answers + 2));
}
