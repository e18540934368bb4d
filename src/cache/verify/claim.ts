/** Log odds that a verifier gives, and how often it was right where it gave them; both rising. */
export interface Calibration {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/**
 * Turns log odds into the probability they were found to stand for. Between what was found, log odds go to log odds in a straight
 * line, for that is what they would do if they were right but for scale and shift.
 *
 * Beyond the ends nothing was found, so nothing more is claimed.
 */
export function calibrated({ scores, probabilities }: Calibration, score: number): number {
  let above = 0;
  while (above < scores.length && (scores[above] ?? 0) < score) above += 1;
  const [low, high] = [probabilities[above - 1], probabilities[above]];
  if (low === undefined) return high ?? 0;
  if (high === undefined) return low;
  const below = scores[above - 1] ?? 0;
  const share = (score - below) / ((scores[above] ?? 0) - below || 1);
  const [from, to] = [logOdds(low), logOdds(high)];
  const between = 1 / (1 + Math.exp(-(from + share * (to - from))));
  // Rounding must not take it past either.
  return Math.min(high, Math.max(low, between));
}

const logOdds = (p: number): number => Math.log(p / (1 - p));
