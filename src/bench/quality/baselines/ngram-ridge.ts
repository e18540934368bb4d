import { at } from '../../metrics/at.js';
import { meanOver } from './learner.js';
import type { Learner } from './learner.js';
import { countNgrams, NgramWeights } from './ngrams.js';
import type { SparseRow } from './ngrams.js';

/** Strengths of the penalty that are tried. */
const PENALTIES = [0.3, 1, 3, 10];
/** One line in so many of the training part chooses the penalty. */
const CHOOSING = 5;
const MAX_STEPS = 60;
const PRECISION = 1e-3;

/**
 * Ridge regression on the TF-IDF of words and pairs of words: what a bag of words knows.
 *
 * The penalty is the one that predicts the first target best on a fifth of the training part.
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
      return Float64Array.from(testRows, (row) => mean + product(row, slopes));
    });
  };
}

interface Problem {
  readonly rows: readonly SparseRow[];
  readonly columns: number;
}

function bestPenalty({ rows, columns }: Problem, target: Float64Array): number {
  const isChoosing = (i: number): boolean => i % CHOOSING === 0;
  const fitting = { rows: rows.filter((_, i) => !isChoosing(i)), columns };
  const fitted = target.filter((_, i) => !isChoosing(i));
  const mean = fitted.reduce((sum, value) => sum + value, 0) / fitted.length;
  const centred = fitted.map((value) => value - mean);
  let best = { penalty: 1, error: Infinity };
  for (const penalty of PENALTIES) {
    const slopes = solve(fitting, centred, penalty);
    let error = 0;
    rows.forEach((row, i) => {
      if (isChoosing(i)) error += (at(target, i) - mean - product(row, slopes)) ** 2;
    });
    if (error < best.error) best = { penalty, error };
  }
  return best.penalty;
}

/**
 * Slopes of the ridge regression, by conjugate gradients on its dual: as many unknowns as rows,
 * however many n-grams there are.
 */
function solve(problem: Problem, target: Float64Array, penalty: number): Float64Array {
  const { rows } = problem;
  const times = (vector: Float64Array): Float64Array => {
    const slopes = combine(problem, vector);
    return Float64Array.from(rows, (row, i) => product(row, slopes) + penalty * at(vector, i));
  };
  const solution = new Float64Array(rows.length);
  const rest = target.slice();
  const direction = rest.slice();
  const enough = PRECISION ** 2 * square(target);
  let error = square(rest);
  for (let step = 0; step < MAX_STEPS && error > enough; step++) {
    const image = times(direction);
    const length = error / direction.reduce((sum, value, i) => sum + value * at(image, i), 0);
    for (let i = 0; i < rest.length; i++) {
      solution[i] = at(solution, i) + length * at(direction, i);
      rest[i] = at(rest, i) - length * at(image, i);
    }
    const next = square(rest);
    direction.forEach((value, i) => (direction[i] = at(rest, i) + (next / error) * value));
    error = next;
  }
  return combine(problem, solution);
}

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

function product({ columns, weights }: SparseRow, slopes: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < columns.length; k++) {
    sum += at(weights, k) * at(slopes, at(columns, k));
  }
  return sum;
}

function square(vector: Float64Array): number {
  return vector.reduce((sum, value) => sum + value * value, 0);
}
