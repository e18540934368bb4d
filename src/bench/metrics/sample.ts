import { at } from './at.js';
/**
 * The weight of each row: 1 in the sample itself, the number of draws in a resample.
 *
 * Figures are computed from counts instead of copied rows, so that rows are sorted once for a thousand
 * resamples.
 */
export type Counts = Uint16Array;

/** Every row once. */
export function unitWeights(rows: number): Counts {
  return new Uint16Array(rows).fill(1);
}

/**
 * Bootstrap resamples: each draws as many rows as there are, with replacement.
 *
 * @param random - uniform in [0, 1)
 */
export function resample(rows: number, rounds: number, random: () => number): readonly Counts[] {
  return Array.from({ length: rounds }, () => {
    const counts = new Uint16Array(rows);
    for (let draw = 0; draw < rows; draw++) {
      const row = Math.floor(random() * rows);
      counts[row] = at(counts, row) + 1;
    }
    return counts;
  });
}

/** The number of rows drawn. */
export function sizeOf(counts: Counts): number {
  let size = 0;
  for (const count of counts) size += count;
  return size;
}

/** Mean over the rows drawn; NaN if there are none. */
export function weightedMean(values: ArrayLike<number>, counts: Counts): number {
  let sum = 0;
  let size = 0;
  for (let row = 0; row < counts.length; row++) {
    const count = at(counts, row);
    sum += count * at(values, row);
    size += count;
  }
  return sum / size;
}
