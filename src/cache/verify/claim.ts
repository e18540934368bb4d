/** How the log odds that a verifier gives go with how often it was right where it gave them. */
export interface Calibration {
  /** What they are multiplied with (never less than 0), and what is added. */
  readonly scale: number;
  readonly shift: number;
  /** Beyond these too little was found to claim anything more. */
  readonly least: number;
  readonly most: number;
}

/** @returns the probability that log odds were found to stand for; rises with them, and is neither 0 nor 1 */
export function calibrated({ scale, shift, least, most }: Calibration, score: number): number {
  const odds = scale * Math.min(most, Math.max(least, score)) + shift;
  return 1 / (1 + Math.exp(-odds));
}
