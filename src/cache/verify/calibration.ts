/** Maps the verifier's log odds to how often it was right (Platt scaling). */
export interface Calibration {
  /** Multiplies the log odds; at least 0. */
  readonly scale: number;
  /** Added afterwards. */
  readonly shift: number;
  /** Log odds are clamped to this range: beyond it there was too little data. */
  readonly least: number;
  readonly most: number;
}

/** @returns the calibrated probability of log odds; never decreases as they rise, and is neither 0 nor 1 */
export function calibrate({ scale, shift, least, most }: Calibration, score: number): number {
  const odds = scale * Math.min(most, Math.max(least, score)) + shift;
  return 1 / (1 + Math.exp(-odds));
}
