import { at } from '../../../src/route/factor-network.js';
import type { OutcomeTable } from './outcome-table.js';

/** A training row for difficulty. */
export interface TaskRow {
  readonly row: number;
  weight: number;
  /** Difficulty relative to its set; later the residual. */
  target: number;
}

/** Prompts of one set and category, which have the same form. */
export interface Task {
  readonly set: number;
  readonly lessons: readonly TaskRow[];
}

/** Minimum number of prompts for a slope, and of tasks for their agreement. */
const FEWEST_PROMPTS = 30;
const FEWEST_TASKS = 3;
/** Slopes with a larger variance are ignored: the input hardly varies in that task. */
const LARGEST_VARIANCE = 4000;

interface Slope {
  readonly set: number;
  readonly slope: number;
  readonly variance: number;
}

/**
 * The slope of difficulty over one input that tasks agree on: a random-effects mean of the slopes
 * within tasks (DerSimonian and Laird, 1986), shrunk by its own error.
 *
 * @param input - its index in a row of `table.inputs`
 * @returns 0 if too few tasks have a slope, or if they disagree
 */
export function pooledSlope(table: OutcomeTable, tasks: readonly Task[], input: number): number {
  const inputs = table.inputs.length / table.prompts.length;
  const slopes: Slope[] = [];
  for (const { set, lessons } of tasks) {
    if (lessons.length < FEWEST_PROMPTS) continue;
    const x = lessons.map(({ row }) => at(table.inputs, row * inputs + input));
    const meanX = x.reduce((sum, value) => sum + value, 0) / x.length;
    const meanY = lessons.reduce((sum, { target }) => sum + target, 0) / x.length;
    let xx = 1e-9;
    let xy = 0;
    let yy = 0;
    lessons.forEach(({ target }, i) => {
      const fromMean = (x[i] ?? 0) - meanX;
      xx += fromMean ** 2;
      xy += fromMean * (target - meanY);
      yy += (target - meanY) ** 2 / x.length;
    });
    if (yy / xx < LARGEST_VARIANCE) slopes.push({ set, slope: xy / xx, variance: yy / xx });
  }
  return slopes.length < FEWEST_TASKS ? 0 : pool(slopes);
}

function pool(slopes: readonly Slope[]): number {
  const between = varianceBetween(slopes);
  let total = 0;
  let sum = 0;
  let error = 0;
  for (const { set, slope, variance } of slopes) {
    // Tasks of one set are correlated: together they count as the square root of their number.
    const alike = slopes.filter((other) => other.set === set).length;
    const weight = 1 / Math.sqrt(alike) / (variance + between);
    total += weight;
    sum += weight * slope;
    error += weight ** 2 * (variance + between);
  }
  const agreed = sum / total;
  const doubt = error / total ** 2 / Math.max(1e-12, agreed ** 2);
  return agreed * Math.max(0, 1 - doubt);
}

function varianceBetween(slopes: readonly Slope[]): number {
  let w = 0;
  let ws = 0;
  let ww = 0;
  for (const { slope, variance } of slopes) {
    w += 1 / variance;
    ws += slope / variance;
    ww += 1 / variance ** 2;
  }
  const centre = ws / w;
  const q = slopes.reduce((sum, { slope, variance }) => sum + (slope - centre) ** 2 / variance, 0);
  return Math.max(0, (q - (slopes.length - 1)) / (w - ww / w));
}
