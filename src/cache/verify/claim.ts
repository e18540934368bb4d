/** Log odds that a verifier gives, and how often it was right where it gave them; both rising. */
export interface Calibration {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/**
 * Turns log odds into the probability they were found to stand for, straight between what was found.
 *
 * Beyond the ends nothing was found, so nothing more is claimed.
 */
export function calibrated({ scores, probabilities }: Calibration, score: number): number {
  let above = 0;
  while (above < scores.length && (scores[above] ?? 0) < score) above += 1;
  const [low, high] = [probabilities[above - 1], probabilities[above]];
  if (low === undefined) return high ?? 0;
  if (high === undefined) return low;
  const from = scores[above - 1] ?? 0;
  const share = (score - from) / ((scores[above] ?? 0) - from || 1);
  return low + share * (high - low);
}
