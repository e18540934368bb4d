import type { Calibration } from '../../../src/cache/verify/calibration.js';
import { fitLogisticLine } from '../logistic-line.js';

/** A score with its label. */
export interface Scored {
  readonly score: number;
  readonly label: number;
  readonly weight: number;
}

/** Share of the weight of all pairs beyond each clamp (`least`, `most`): too few to distinguish scores there. */
const END_SHARE = 1 / 60;

/**
 * Fits scale and shift from scores to probabilities (Platt, 1999), with Platt's smoothed targets, as if there were one more
 * pair of each label.
 */
export function fitCalibration(scored: readonly Scored[]): Calibration {
  const right = weightOf(scored.filter(({ label }) => label === 1));
  const wrong = weightOf(scored) - right;
  const [ofRight, ofWrong] = [(right + 1) / (right + 2), 1 / (wrong + 2)];
  const points = scored.map(({ score, label, weight }) => {
    return { x: score, share: label === 1 ? ofRight : ofWrong, weight };
  });
  const line = fitLogisticLine(points);
  const rising = scored.toSorted((a, b) => a.score - b.score);
  return {
    // A negative scale means that there was hardly any data to fit.
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
