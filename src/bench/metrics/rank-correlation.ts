import { at } from './at.js';
/** Spearman's rank correlation; ties get their mean rank. */
export function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const x = ranks(a);
  const y = ranks(b);
  const middle = (a.length - 1) / 2;
  let both = 0;
  let first = 0;
  let second = 0;
  for (let i = 0; i < x.length; i++) {
    const dx = at(x, i) - middle;
    const dy = at(y, i) - middle;
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
