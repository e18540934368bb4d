import { Random } from '../../../src/core/random.js';
import { alignFolds } from '../../../src/route/local/graded-matrix.js';

const ROWS = 200;
const FOLDS = 5;

/** For each row, the log-odds of the mean over all other folds. */
function meansWithout(scores: Float64Array, folds: Int32Array): Float64Array {
  const others = Array.from({ length: FOLDS }, (_, fold) =>
    scores.filter((_score, row) => folds[row] !== fold),
  );
  const means = others.map((rest) => rest.reduce((sum, score) => sum + score, 0) / rest.length);
  return Float64Array.from(folds, (fold) =>
    Math.log((means[fold] ?? 0) / (1 - (means[fold] ?? 0))),
  );
}

test('alignFolds removes the ranking of folds by their held-out mean', () => {
  const random = new Random(1);
  const scores = Float64Array.from({ length: ROWS }, () => random.below(2));
  const folds = Int32Array.from({ length: ROWS }, (_, row) => row % FOLDS);
  const offsets = new Float64Array(ROWS);
  const means = meansWithout(scores, folds);

  const ranking = alignFolds({ models: 1, offsets }, means, folds);

  expect(Math.max(...means) - Math.min(...means)).toBeGreaterThan(0.05);
  expect(Math.max(...ranking) - Math.min(...ranking)).toBeCloseTo(0);
});

test('alignFolds keeps the order within a fold and the mean of each model', () => {
  const random = new Random(2);
  const [models, rows] = [2, 30];
  const numbers = () => Float64Array.from({ length: models * rows }, () => random.normal());
  const [offsets, logOdds] = [numbers(), numbers()];
  const folds = Int32Array.from({ length: rows }, (_, row) => row % 3);

  const ranking = alignFolds({ models, offsets }, logOdds, folds);

  const moved = ranking.map((value, at) => value - (logOdds[at] ?? 0));
  for (let at = 0; at + 3 * models < moved.length; at++) {
    expect(moved[at]).toBeCloseTo(moved[at + 3 * models] ?? 0);
  }
  for (let m = 0; m < models; m++) {
    const column = moved.filter((_, at) => at % models === m);
    expect(column.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0);
  }
});
