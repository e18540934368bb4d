import { PairCurve } from './pair-curve.js';
import type { PairFigures } from './pair-curve.js';
import { unitWeights } from './sample.js';

/** RouteLLM's figures. */
export type RoutingCurve = Pick<PairFigures, 'apgr' | 'cpt50' | 'cpt80'>;

/** The figures of `PairCurve` on all rows, without resampling. */
export function routingCurve(
  scores: readonly number[],
  weak: readonly number[],
  strong: readonly number[],
): RoutingCurve {
  return new PairCurve(scores, weak, strong).figures(unitWeights(scores.length));
}
