import { PairCurve } from './pair-curve.js';
import type { PairFigures } from './pair-curve.js';
import { everyRow } from './sample.js';

/** The figures of `routingCurve`. */
export type RoutingCurve = Pick<PairFigures, 'apgr' | 'cpt50' | 'cpt80'>;

/** `PairCurve` for all rows at once. */
export function routingCurve(
  scores: readonly number[],
  weak: readonly number[],
  strong: readonly number[],
): RoutingCurve {
  return new PairCurve(scores, weak, strong).figures(everyRow(scores.length));
}
