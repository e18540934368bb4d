import type { Calibration } from '../../../src/cache/verify/claim.js';
import { fitLine } from '../logistic-line.js';

/** What a score turned out to be worth. */
export interface Scored {
  readonly score: number;
  readonly label: number;
  readonly weight: number;
}

/** Of the weight of all pairs, what lies beyond each end of what is told apart: too few to say more of them than of the others there. */
const END_SHARE = 1 / 60;

/**
 * Fits the probability that scores stand for: one scale and one shift (Platt, 1999).
 *
 * One pair of each label more than there are is imagined, spread over all: nothing was ever seen to be certain.
 */
export function fitCalibration(scored: readonly Scored[]): Calibration {
  const right = weightOf(scored.filter(({ label }) => label === 1));
  const wrong = weightOf(scored) - right;
  const [ofRight, ofWrong] = [(right + 1) / (right + 2), 1 / (wrong + 2)];
  const points = scored.map(({ score, label, weight }) => {
    return { x: score, share: label === 1 ? ofRight : ofWrong, weight };
  });
  const line = fitLine(points);
  const rising = scored.toSorted((a, b) => a.score - b.score);
  return {
    // What falls as scores rise was fitted to next to nothing.
    ...(line.scale > 0 ? line : { scale: 0, shift: Math.log((right + 1) / (wrong + 1)) }),
    least: endOf(rising),
    most: endOf(rising.toReversed()),
  };
}

/** The score at which the weight of the first ones reaches `END_SHARE`. */
function endOf(ordered: readonly Scored[]): number {
  const enough = END_SHARE * weightOf(ordered);
  let seen = 0;
  for (const { score, weight } of ordered) {
    seen += weight;
    if (seen >= enough) return score;
  }
  return 0;
}

const weightOf = (scored: readonly Scored[]): number =>
  scored.reduce((sum, { weight }) => sum + weight, 0);
