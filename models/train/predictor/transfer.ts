import { at, inputsOf } from '../../../src/route/factor-network.js';
import type { NetworkShape } from '../../../src/route/factor-network.js';
import { pooledSlope } from './pooled-slopes.js';
import type { TaskRow, Task } from './pooled-slopes.js';
import { fitDifficulties } from './difficulties.js';
import type { OutcomeTable } from './outcome-table.js';
import { ridgeWithin } from './within-task-ridge.js';

/** Variance of a prompt's difficulty that no input explains, in squared log-odds. */
const UNEXPLAINED = 1;
/** A set of n prompts counts as much as n to this power. */
const SET_POWER = 0.5;
/** Mean of the weights after normalisation, so that penalties mean the same for any data. */
const USUAL_WEIGHT = 0.6;
/** Penalty of the weights of the sentence vector; chosen by leaving sets of the training part out in turn. */
const VECTOR_PENALTY = 80;

/**
 * Transferable difficulty: weights of the inputs, in log-odds, that generalise to unseen tasks.
 *
 * Differences between tasks are removed first, because they only tell which set a task belongs to. Then each dense
 * feature by itself gets the slope that tasks agree on: slopes fitted jointly compensate each other in ways that hold
 * in one task only. A ridge regression on the sentence vector explains a little of the rest.
 *
 * @param rows - of the training part
 * @returns shape [inputs]
 */
export function fitTransfer(
  table: OutcomeTable,
  shape: NetworkShape,
  rows: readonly number[],
): Float32Array {
  const inputs = inputsOf(shape);
  const tasks = lessonsByTask(table, rows);
  const weights = new Float32Array(inputs);
  for (let f = shape.embedding; f < inputs; f++) weights[f] = pooledSlope(table, tasks, f);
  const predicted = (row: number): number => {
    let sum = 0;
    for (let f = shape.embedding; f < inputs; f++) {
      sum += at(weights, f) * at(table.inputs, row * inputs + f);
    }
    return sum;
  };
  const scale = scaleWithin(tasks, predicted);
  for (let f = shape.embedding; f < inputs; f++) weights[f] = scale * at(weights, f);
  for (const { lessons } of tasks) {
    for (const lesson of lessons) lesson.target -= predicted(lesson.row);
  }
  weights.set(ridgeWithin(table, tasks, { inputs: shape.embedding, penalty: VECTOR_PENALTY }));
  return weights;
}

function lessonsByTask(table: OutcomeTable, rows: readonly number[]): Task[] {
  const { value, error } = fitDifficulties(table, rows);
  const counts = new Map<number, number>();
  for (const row of rows) {
    const set = table.set[row] ?? 0;
    counts.set(set, (counts.get(set) ?? 0) + 1);
  }
  const tasks = new Map<number, { set: number; lessons: TaskRow[] }>();
  for (const row of rows) {
    if (Number.isNaN(at(value, row))) continue;
    const set = table.set[row] ?? 0;
    const task = table.task[row] ?? 0;
    const found = tasks.get(task) ?? { set, lessons: [] };
    tasks.set(task, found);
    const weight = (counts.get(set) ?? 1) ** (SET_POWER - 1) / (at(error, row) ** 2 + UNEXPLAINED);
    found.lessons.push({ row, weight, target: at(value, row) });
  }
  const all = [...tasks.values()];
  normalise(all);
  return all;
}

function normalise(tasks: readonly Task[]): void {
  let sum = 0;
  let count = 0;
  for (const { lessons } of tasks) {
    for (const { weight } of lessons) sum += weight;
    count += lessons.length;
  }
  for (const { lessons } of tasks) {
    for (const lesson of lessons) lesson.weight *= (USUAL_WEIGHT * count) / sum;
  }
}

/** The factor by which `said` fits best within tasks: features are correlated, so the sum of separate slopes is too large. */
function scaleWithin(tasks: readonly Task[], predicted: (row: number) => number): number {
  let xy = 0;
  let xx = 1e-9;
  for (const { lessons } of tasks) {
    const weights = lessons.reduce((sum, { weight }) => sum + weight, 0);
    const centre =
      lessons.reduce((sum, { row, weight }) => sum + weight * predicted(row), 0) / weights;
    for (const { row, weight, target } of lessons) {
      const x = predicted(row) - centre;
      xy += weight * x * target;
      xx += weight * x * x;
    }
  }
  return xy / xx;
}
