import { at } from './at.js';
/**
 * The result of `numpy.interp(x, xp, fp)` for a single `x`, even if `xp` is not ascending.
 *
 * For such an `xp` numpy guarantees nothing, but RouteLLM's figures depend on its search: linear over the
 * first four elements, then binary. This reproduces the same steps.
 *
 * @param xp - not empty
 */
export function numpyInterp(x: number, xp: readonly number[], fp: readonly number[]): number {
  const last = xp.length - 1;
  if (x > at(xp, last)) return at(fp, last);
  if (x < at(xp, 0)) return at(fp, 0);
  const i = indexBefore(x, xp);
  if (i >= last || at(xp, i) === x) return at(fp, Math.min(i, last));
  const slope = (at(fp, i + 1) - at(fp, i)) / (at(xp, i + 1) - at(xp, i));
  return slope * (x - at(xp, i)) + at(fp, i);
}

const LINEAR_SEARCH_LENGTH = 4;
/** How far ahead of its guess numpy looks once before the binary search. */
const LOOK_AHEAD = 8;

/** The index before the first value that the search finds above `x`. */
function indexBefore(x: number, xp: readonly number[]): number {
  const isOver = (i: number): boolean => x < at(xp, i);
  let low = 0;
  // numpy starts from a guess, which is index 1 for a single x, and tries the indices around it.
  for (let i = 1; i < Math.min(LINEAR_SEARCH_LENGTH, xp.length); i++) {
    if (isOver(i)) return i - 1;
    low = i;
  }
  const ahead = 1 + LOOK_AHEAD;
  let high = xp.length > ahead + 1 && isOver(ahead) ? ahead : xp.length;
  while (low < high) {
    const middle = low + ((high - low) >> 1);
    if (isOver(middle)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
}
