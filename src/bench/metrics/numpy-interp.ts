import { at } from './at.js';
/**
 * What `numpy.interp(x, xp, fp)` gives for a single `x`, also where `xp` is not ascending.
 *
 * For such `xp` numpy promises nothing, but RouteLLM's figures depend on what it does: it looks at
 * the first four places, then halves the rest. This takes the same steps.
 *
 * @param xp - not empty
 */
export function numpyInterp(x: number, xp: readonly number[], fp: readonly number[]): number {
  const last = xp.length - 1;
  if (x > at(xp, last)) return at(fp, last);
  if (x < at(xp, 0)) return at(fp, 0);
  const i = placeOf(x, xp);
  if (i >= last || at(xp, i) === x) return at(fp, Math.min(i, last));
  const slope = (at(fp, i + 1) - at(fp, i)) / (at(xp, i + 1) - at(xp, i));
  return slope * (x - at(xp, i)) + at(fp, i);
}

const SHORT = 4;
/** How far ahead of its guess numpy looks once before it begins to halve. */
const LOOK_AHEAD = 8;

/** The place before the first value found to be over `x`. */
function placeOf(x: number, xp: readonly number[]): number {
  const isOver = (i: number): boolean => x < at(xp, i);
  let low = 0;
  // numpy starts from a guess, which for a single x is place 1, and tries the places around it.
  for (let i = 1; i < Math.min(SHORT, xp.length); i++) {
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
