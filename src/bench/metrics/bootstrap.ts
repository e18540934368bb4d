import { quantileOf } from './quantile.js';

/** The middle 95 % of a statistic's values over resampled rows. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The 95 % bootstrap interval of a statistic.
 *
 * @param rows - number of rows
 * @param statistic - computed on the rows with these indices; values that are not finite are ignored
 * @param random - uniform in [0, 1)
 */
export function bootstrapInterval(
  rows: number,
  statistic: (indices: readonly number[]) => number,
  random: () => number,
  rounds = 200,
): Interval {
  const values: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const indices = Array.from({ length: rows }, () => Math.floor(random() * rows));
    const value = statistic(indices);
    if (Number.isFinite(value)) values.push(value);
  }
  values.sort((a, b) => a - b);
  return { low: quantileOf(values, 0.025), high: quantileOf(values, 0.975) };
}
