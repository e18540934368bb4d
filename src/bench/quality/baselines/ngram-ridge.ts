import { at } from '../../metrics/at.js';
import { meanOver } from './learner.js';
import type { Learner } from './learner.js';
import { countNgrams, NgramWeights } from './ngrams.js';
import type { SparseRow } from './ngrams.js';

/** The penalties that are tried. */
const PENALTIES = [0.3, 1, 3, 10];
/** Every fifth training line is held out to select the penalty. */
const HOLD_OUT_EVERY = 5;
const MAX_STEPS = 60;
const PRECISION = 1e-3;

/**
 * Ridge regression on the TF-IDF of words and word pairs.
 *
 * The penalty is selected by the error for the first target on a fifth of the training part.
 */
export function ngramRidge(texts: readonly string[]): Learner {
  const counted = texts.map(countNgrams);
  return (train, targets, test) => {
    const countsOf = (line: number): ReadonlyMap<number, number> => counted[line] ?? new Map();
    const weights = new NgramWeights(train.map(countsOf));
    const rows = train.map((line) => weights.rowOf(countsOf(line)));
    const problem: Problem = { rows, columns: weights.columns };
    const testRows = test.map((line) => weights.rowOf(countsOf(line)));
    const [first] = targets;
    if (first === undefined) return [];
    const penalty = bestPenalty(
      problem,
      Float64Array.from(train, (line) => at(first, line)),
    );
    return targets.map((target) => {
      const mean = meanOver(target, train);
      const centred = Float64Array.from(train, (line) => at(target, line) - mean);
      const slopes = solve(problem, centred, penalty);
      return Float64Array.from(testRows, (row) => mean + dotProduct(row, slopes));
    });
  };
}

interface Problem {
  readonly rows: readonly SparseRow[];
  readonly columns: number;
}

function bestPenalty({ rows, columns }: Problem, target: Float64Array): number {
  const isHeldOut = (i: number): boolean => i % HOLD_OUT_EVERY === 0;
  const fitting = { rows: rows.filter((_, i) => !isHeldOut(i)), columns };
  const fitted = target.filter((_, i) => !isHeldOut(i));
  const mean = fitted.reduce((sum, value) => sum + value, 0) / fitted.length;
  const centred = fitted.map((value) => value - mean);
  let best = { penalty: 1, error: Infinity };
  for (const penalty of PENALTIES) {
    const slopes = solve(fitting, centred, penalty);
    let error = 0;
    rows.forEach((row, i) => {
      if (isHeldOut(i)) error += (at(target, i) - mean - dotProduct(row, slopes)) ** 2;
    });
    if (error < best.error) best = { penalty, error };
  }
  return best.penalty;
}

/**
 * The coefficients of the ridge regression, by conjugate gradients on its dual problem, which has as
 * many unknowns as rows, however many n-grams there are.
 */
function solve(problem: Problem, target: Float64Array, penalty: number): Float64Array {
  const { rows } = problem;
  const times = (vector: Float64Array): Float64Array => {
    const slopes = combine(problem, vector);
    return Float64Array.from(rows, (row, i) => dotProduct(row, slopes) + penalty * at(vector, i));
  };
  const solution = new Float64Array(rows.length);
  const residual = target.slice();
  const direction = residual.slice();
  const tolerance = PRECISION ** 2 * squaredNorm(target);
  let error = squaredNorm(residual);
  for (let step = 0; step < MAX_STEPS && error > tolerance; step++) {
    const image = times(direction);
    const length = error / direction.reduce((sum, value, i) => sum + value * at(image, i), 0);
    for (let i = 0; i < residual.length; i++) {
      solution[i] = at(solution, i) + length * at(direction, i);
      residual[i] = at(residual, i) - length * at(image, i);
    }
    const next = squaredNorm(residual);
    direction.forEach((value, i) => (direction[i] = at(residual, i) + (next / error) * value));
    error = next;
  }
  return combine(problem, solution);
}

/** The linear combination of the rows with these weights. */
function combine({ rows, columns }: Problem, shares: Float64Array): Float64Array {
  const sum = new Float64Array(columns);
  rows.forEach((row, i) => {
    const share = at(shares, i);
    for (let k = 0; k < row.columns.length; k++) {
      const column = at(row.columns, k);
      sum[column] = at(sum, column) + share * at(row.weights, k);
    }
  });
  return sum;
}

function dotProduct({ columns, weights }: SparseRow, slopes: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < columns.length; k++) {
    sum += at(weights, k) * at(slopes, at(columns, k));
  }
  return sum;
}

function squaredNorm(vector: Float64Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0);
}
