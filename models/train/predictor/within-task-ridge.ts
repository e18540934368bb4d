import { at } from '../../../src/route/factor-network.js';
import { inverse, multiply } from '../../../src/route/local/linear-algebra.js';
import type { Task } from './pooled-slopes.js';
import type { OutcomeTable } from './outcome-table.js';

/** Penalty of a task's level relative to its set. */
const LEVEL_PENALTY = 1;

/** Options of the regression. */
export interface RidgePlan {
  /** Number of inputs of a row that are used, from the first. */
  readonly inputs: number;
  readonly penalty: number;
}

/**
 * Ridge regression of the lessons' targets on inputs, with a level (intercept) for each set and task.
 *
 * @returns shape [plan.inputs]
 */
export function ridgeWithin(
  table: OutcomeTable,
  tasks: readonly Task[],
  plan: RidgePlan,
): Float32Array {
  const size = plan.inputs;
  const values = new Float64Array(size * size);
  const right = new Float64Array(size);
  const centres = centresOf(table, tasks, size);
  for (const task of tasks) addTask(table, task, { values, right, centre: centres.get(task.set) });
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) values[j * size + i] = values[i * size + j] ?? 0;
    values[i * size + i] = (values[i * size + i] ?? 0) + plan.penalty;
  }
  const inverted = inverse({ size, values });
  if (inverted === null) throw new Error('the inputs of the training part are degenerate');
  return Float32Array.from(multiply(inverted, right));
}

interface Sums {
  /** Shape [size, size]; only the lower half is kept. */
  readonly values: Float64Array;
  /** Shape [size]. */
  readonly right: Float64Array;
  /** Inputs and target that are subtracted, shape [size + 1]. */
  readonly centre: Float64Array | undefined;
}

function addTask(table: OutcomeTable, { lessons }: Task, { values, right, centre }: Sums): void {
  const x = new Float64Array(right.length + 1);
  const level = new Float64Array(x.length);
  let weights = LEVEL_PENALTY;
  for (const { row, weight, target } of lessons) {
    readRow(table, row, target, x);
    for (let i = 0; i < x.length; i++) {
      x[i] = (x[i] ?? 0) - (centre?.[i] ?? 0);
      level[i] = (level[i] ?? 0) + weight * (x[i] ?? 0);
    }
    addOuter(values, right, x, weight);
    weights += weight;
  }
  // Subtracts what the level of the task explains.
  addOuter(values, right, level, -1 / weights);
}

/** Weighted means of inputs and target of each set; the target stands last. */
function centresOf(
  table: OutcomeTable,
  tasks: readonly Task[],
  size: number,
): Map<number, Float64Array> {
  const x = new Float64Array(size + 1);
  const sums = new Map<number, { sum: Float64Array; weight: number }>();
  for (const { set, lessons } of tasks) {
    const found = sums.get(set) ?? { sum: new Float64Array(size + 1), weight: 0 };
    sums.set(set, found);
    for (const { row, weight, target } of lessons) {
      readRow(table, row, target, x);
      for (let i = 0; i <= size; i++) found.sum[i] = (found.sum[i] ?? 0) + weight * (x[i] ?? 0);
      found.weight += weight;
    }
  }
  return new Map([...sums].map(([set, { sum, weight }]) => [set, sum.map((v) => v / weight)]));
}

function readRow(table: OutcomeTable, row: number, target: number, x: Float64Array): void {
  const inputs = table.inputs.length / table.prompts.length;
  const size = x.length - 1;
  for (let i = 0; i < size; i++) x[i] = at(table.inputs, row * inputs + i);
  x[size] = target;
}

/** Adds `scale · x xᵀ` to the lower half of `values`, and `scale · x · target` to `right`. */
function addOuter(values: Float64Array, right: Float64Array, x: Float64Array, scale: number): void {
  const size = x.length - 1;
  const target = x[size] ?? 0;
  for (let i = 0; i < size; i++) {
    const factor = scale * (x[i] ?? 0);
    right[i] = (right[i] ?? 0) + factor * target;
    for (let j = 0; j <= i; j++) {
      values[i * size + j] = (values[i * size + j] ?? 0) + factor * (x[j] ?? 0);
    }
  }
}
