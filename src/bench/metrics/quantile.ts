import { at } from './at.js';
/**
 * The value below which a share of the values lies, interpolated linearly.
 *
 * @param sorted - ascending, not empty
 */
export function quantileOf(sorted: ArrayLike<number>, share: number): number {
  const position = share * (sorted.length - 1);
  const below = at(sorted, Math.floor(position));
  const above = sorted[Math.ceil(position)] ?? below;
  return lerp(below, above, position - Math.floor(position));
}

/** Linear interpolation as in numpy: from the nearer end, so that both ends are exact. */
export function lerp(from: number, to: number, along: number): number {
  return along < 0.5 ? from + (to - from) * along : to - (to - from) * (1 - along);
}
