import { at } from '../../metrics/at.js';
import type { Fold } from '../bench-set.js';

/**
 * A baseline that is trained on graded lines.
 *
 * @param train - lines to learn from
 * @param targets - one or more numbers per line, in the order of all lines
 * @param test - lines to predict
 * @returns the predictions for every target, in the order of `test`
 */
export type Learner = (
  train: readonly number[],
  targets: readonly Float64Array[],
  test: readonly number[],
) => readonly Float64Array[];

/** With fewer training lines, baselines are omitted. */
export const MIN_TRAINING_LINES = 20;

/**
 * Predicts every measured line from the training lines of its fold.
 *
 * @param labelled - whether a line has all targets; only such lines are learnt from
 * @returns the predictions for every target, by line; `null` if a fold has too few training lines
 */
export function crossPredict(
  learner: Learner,
  folds: readonly Fold[],
  targets: readonly Float64Array[],
  labelled: (line: number) => boolean,
): readonly Float64Array[] | null {
  const predicted = targets.map((target) => new Float64Array(target.length));
  for (const fold of folds) {
    if (fold.test.length === 0) continue;
    const train = fold.train.filter(labelled);
    if (train.length < MIN_TRAINING_LINES) return null;
    const found = learner(train, targets, fold.test);
    fold.test.forEach((line, i) => {
      predicted.forEach((values, t) => (values[line] = found[t]?.[i] ?? Number.NaN));
    });
  }
  const tested = folds.map(({ test }) => test);
  for (const values of predicted) alignFoldMeans(values, tested);
  return predicted;
}

/** Predictions are rounded to this, so that rounding errors do not rank lines. */
const STEP = 1e-9;

/**
 * Shifts the predictions of each fold to the overall mean, in place, so that lines of different folds can be compared.
 *
 * Lines with high scores are missing from the mean that is predicted for them, so a predictor that only knows the mean
 * would otherwise rank lines in reverse.
 *
 * @param values - by line; NaN if there is no prediction
 * @param folds - the lines of each
 */
export function alignFoldMeans(values: Float64Array, folds: readonly (readonly number[])[]): void {
  const known = folds.map((lines) => lines.filter((line) => !Number.isNaN(values[line])));
  const mean = meanOver(values, known.flat());
  for (const lines of known) {
    const shift = mean - meanOver(values, lines);
    for (const line of lines) values[line] = Math.round((at(values, line) + shift) / STEP) * STEP;
  }
}

/** Mean of a target over lines. */
export function meanOver(target: Float64Array, lines: readonly number[]): number {
  return lines.reduce((sum, line) => sum + at(target, line), 0) / lines.length;
}
