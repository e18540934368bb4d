/** How a figure, or the grades of a set, follow from strength: `level + gain × strength`, and an error of its own. */
export interface Line {
  readonly level: number;
  readonly gain: number;
  /** Variance. */
  readonly error: number;
}

/** How strong a model may be. */
export interface Guess {
  readonly mean: number;
  readonly variance: number;
}

/** What one benchmark, or one set, says of one model. */
export interface Point {
  /** The model's place among the guesses. */
  readonly row: number;
  readonly value: number;
  /** Of `value`, beside the error of the line. */
  readonly variance: number;
}

/** The models that a gain, and an error, are worth before any is seen. */
const GAIN_MODELS = 3;
const ERROR_MODELS = 3;
const USUAL_ERROR = 0.5;
const LEAST_GAIN = 0.2;
const LEAST_ERROR = 0.02;

export const UNKNOWN: Guess = { mean: 0, variance: 1 };

/** What strengths are guessed to be, and what gains are thought to be before any model is seen. */
interface Known {
  readonly guesses: readonly Guess[];
  readonly usualGain: number;
}

/** One step of expectation and maximisation: every line anew, by what strengths are guessed to be. */
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

/** Of a squared error that is the sum of two, the expected square of the first. */
function ownPart(own: number, other: number, square: number): number {
  const share = own / (own + other);
  return share * share * square + share * other;
}
