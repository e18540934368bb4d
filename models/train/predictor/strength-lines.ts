/** A benchmark score, or the ability in a set, as a function of strength: `level + gain × strength`, plus an error. */
export interface Line {
  readonly level: number;
  readonly gain: number;
  /** Variance. */
  readonly error: number;
}

/** A normal distribution over strength. */
export interface Guess {
  readonly mean: number;
  readonly variance: number;
}

/** One model's score on one benchmark, or its ability in one set. */
export interface Point {
  /** Index of the model among the guesses. */
  readonly row: number;
  readonly value: number;
  /** Sampling variance of `value`, in addition to the line's error. */
  readonly variance: number;
}

/** Weights of the priors, in models. */
const GAIN_MODELS = 3;
const ERROR_MODELS = 3;
const USUAL_ERROR = 0.5;
const LEAST_GAIN = 0.2;
const LEAST_ERROR = 0.02;

export const UNKNOWN: Guess = { mean: 0, variance: 1 };

/** The current guesses at strength, and the prior mean of a gain. */
interface Known {
  readonly guesses: readonly Guess[];
  readonly usualGain: number;
}

/** The maximisation step: refits every line to the current guesses. */
export function fitLines(
  points: ReadonlyMap<string, readonly Point[]>,
  known: Known,
  former: ReadonlyMap<string, Line>,
): Map<string, Line> {
  return new Map(
    [...points].map(([name, own]) => [
      name,
      fitLine(own, known, former.get(name)?.error ?? USUAL_ERROR),
    ]),
  );
}

function fitLine(points: readonly Point[], { guesses, usualGain }: Known, former: number): Line {
  const known = points.map(({ row, value, variance }) => ({
    guess: guesses[row] ?? UNKNOWN,
    value,
    noise: variance,
    weight: former / (former + variance),
  }));
  const total = known.reduce((sum, { weight }) => sum + weight, 0);
  const over = (of: (point: (typeof known)[number]) => number): number =>
    known.reduce((sum, point) => sum + point.weight * of(point), 0);
  const middle = over(({ guess }) => guess.mean) / total;
  const height = over(({ value }) => value) / total;
  const square = GAIN_MODELS + over(({ guess }) => (guess.mean - middle) ** 2 + guess.variance);
  const cross =
    GAIN_MODELS * usualGain + over(({ guess, value }) => (guess.mean - middle) * (value - height));
  const gain = Math.max(LEAST_GAIN, cross / square);
  const level = height - gain * middle;
  const errors = known.reduce((sum, { guess, value, noise }) => {
    const missed = (value - level - gain * guess.mean) ** 2 + gain ** 2 * guess.variance;
    return sum + ownPart(former, noise, missed);
  }, ERROR_MODELS * USUAL_ERROR);
  return { level, gain, error: Math.max(LEAST_ERROR, errors / (points.length + ERROR_MODELS)) };
}

/** The expected square of the first of two independent errors, given the square of their sum. */
function ownPart(own: number, other: number, square: number): number {
  const share = own / (own + other);
  return share * share * square + share * other;
}
