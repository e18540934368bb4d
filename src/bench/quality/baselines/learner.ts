import { at } from '../../metrics/at.js';
import type { Fold } from '../bench-set.js';

/**
 * A baseline that learns from graded lines.
 *
 * @param train - lines to learn from
 * @param targets - one or more numbers per line, in the order of all lines
 * @param test - lines to predict
 * @returns for every target its predictions, in the order of `test`
 */
export type Learner = (
  train: readonly number[],
  targets: readonly Float64Array[],
  test: readonly number[],
) => readonly Float64Array[];

/** With fewer lines to learn from, a baseline would only show that it cannot be trained. */
export const LEAST_TRAINING = 20;

/**
 * Predicts every measured line from lines of other folds.
 *
 * @param labelled - the lines that have all targets; no other is learnt from
 * @returns for every target its predictions, by line; `null` where a fold has too little to learn from
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
    if (train.length < LEAST_TRAINING) return null;
    const found = learner(train, targets, fold.test);
    fold.test.forEach((line, i) => {
      predicted.forEach((values, t) => (values[line] = found[t]?.[i] ?? Number.NaN));
    });
  }
  const tested = folds.map(({ test }) => test);
  for (const values of predicted) levelFolds(values, tested);
  return predicted;
}

/** Predictions nearer than this are equal: sums of the same numbers in another order must not rank lines. */
const STEP = 1e-9;

/**
 * Moves the predictions of each fold to the mean of all, in place, so that lines of different folds can be compared.
 *
 * A line that scores high is missing from the mean that is predicted for it, and so a predictor that knows nothing but
 * the mean would rank lines the wrong way round.
 *
 * @param values - by line; NaN where nothing is predicted
 * @param folds - the lines of each
 */
export function levelFolds(values: Float64Array, folds: readonly (readonly number[])[]): void {
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
