import { mean } from './quantile.js';

/**
 * How well probabilities rank: the chance that a good answer was given a higher one than a bad answer.
 *
 * @param grades - 0 to 1; a grade of 0.7 counts 0.7 as good and 0.3 as bad
 * @returns NaN when all grades are 0 or all are 1
 */
export function areaUnderRoc(probabilities: readonly number[], grades: readonly number[]): number {
  const order = probabilities.map((_, i) => i);
  order.sort((a, b) => (probabilities[a] ?? 0) - (probabilities[b] ?? 0));
  let badBelow = 0;
  let concordant = 0;
  let good = 0;
  for (let i = 0; i < order.length;) {
    let tiedGood = 0;
    let tiedBad = 0;
    const value = probabilities[order[i] ?? 0];
    for (; i < order.length && probabilities[order[i] ?? 0] === value; i++) {
      const grade = grades[order[i] ?? 0] ?? 0;
      tiedGood += grade;
      tiedBad += 1 - grade;
    }
    concordant += tiedGood * (badBelow + tiedBad / 2);
    badBelow += tiedBad;
    good += tiedGood;
  }
  return concordant / (good * badBelow);
}

/** Mean squared difference of probability and grade; 0 is best. */
export function brierScore(probabilities: readonly number[], grades: readonly number[]): number {
  return mean(probabilities.map((p, i) => (p - (grades[i] ?? 0)) ** 2));
}

const BINS = 10;

/** Expected calibration error: mean distance of probability and grade over ten bins of equal width. */
export function calibrationError(
  probabilities: readonly number[],
  grades: readonly number[],
): number {
  const excess = new Float64Array(BINS);
  probabilities.forEach((p, i) => {
    const bin = Math.min(BINS - 1, Math.floor(p * BINS));
    excess[bin] = (excess[bin] ?? 0) + p - (grades[i] ?? 0);
  });
  return excess.reduce((sum, value) => sum + Math.abs(value), 0) / probabilities.length;
}

/** Spearman's rank correlation; ties share their mean rank. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const x = ranks(a);
  const y = ranks(b);
  const middle = (a.length - 1) / 2;
  let both = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = (x[i] ?? 0) - middle;
    const dy = (y[i] ?? 0) - middle;
    both += dx * dy;
    first += dx * dx;
    second += dy * dy;
  }
  return both / Math.sqrt(first * second);
}

function ranks(values: readonly number[]): number[] {
  const sorted = values.map((value, i) => ({ value, i })).sort((a, b) => a.value - b.value);
  const result = new Array<number>(values.length).fill(0);
  for (let start = 0; start < sorted.length;) {
    let end = start;
    while (end < sorted.length && sorted[end]?.value === sorted[start]?.value) end += 1;
    for (const { i } of sorted.slice(start, end)) result[i] = (start + end - 1) / 2;
    start = end;
  }
  return result;
}
