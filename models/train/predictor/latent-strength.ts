/** A linearised figure of one benchmark. */
interface Figure {
  readonly benchmark: string;
  readonly value: number;
}

/** Strength fitted to graded answers, and the share of each set in it. */
export interface Graded {
  readonly value: number;
  readonly variance: number;
  /** Positive; sum to 1. */
  readonly shares: Readonly<Record<string, number>>;
}

/** What is known of a model; any of it may be missing. */
export interface Observed {
  readonly graded: Graded | null;
  readonly log10Price: number | null;
  readonly year: number | null;
  readonly figures: readonly Figure[];
}

/** A benchmark's figure as a function of strength: `level + gain × strength`, with error variance `error`. */
interface Line {
  readonly level: number;
  readonly gain: number;
  readonly error: number;
}

/** The fitted relation of facts and graded answers to strength. */
export interface LatentFit {
  readonly mean: number;
  readonly pricePower: number;
  readonly log10Price: number;
  readonly perYear: number;
  readonly year: number;
  /** Residual variance if price and year are known (`variancePriced`), and if neither is (`variance`). */
  readonly variancePriced: number;
  readonly variance: number;
  /** Variance of graded strength around what all facts predict, which no number of figures removes. */
  readonly common: number;
  /** Factor for the stated variances of graded strengths. */
  readonly doubt: number;
  /** What each set adds to the graded strength of every model in it. */
  readonly shifts: ReadonlyMap<string, number>;
  readonly lines: ReadonlyMap<string, Line>;
}

const ROUNDS = 100;
/** Prior of a gain, and its weight in models. */
const USUAL_GAIN = 1.2;
const GAIN_MODELS = 3;
const LEAST_GAIN = 0.2;
/** Prior of a benchmark's error variance, and its weight in models. */
const USUAL_ERROR = 0.5;
const ERROR_MODELS = 3;
const LEAST_ERROR = 0.02;
/** Prior variance of the shifts of sets. */
const SHIFT_VARIANCE = 0.8;
const LEAST_COMMON = 0.05;
const LEAST_VARIANCE = 0.1;

interface Guess {
  readonly mean: number;
  readonly variance: number;
}

interface Point extends Figure {
  readonly row: number;
}

/**
 * Fits one strength for every model, one line for every benchmark and one shift for every set of graded
 * answers jointly, so that a benchmark that no graded model has is linked through other benchmarks of the models
 * that have it, and a model graded in hard sets only does not count as weak.
 *
 * Expectation–maximisation, for a fixed number of rounds; gains and slopes are never negative.
 *
 * @param benchmarks - names to fit; figures of others are ignored
 */
export function fitLatent(rows: readonly Observed[], benchmarks: readonly string[]): LatentFit {
  const figures = new Map<string, Point[]>(benchmarks.map((name) => [name, []]));
  rows.forEach((row, i) => {
    for (const figure of row.figures) figures.get(figure.benchmark)?.push({ ...figure, row: i });
  });
  let fit = start(rows, figures);
  for (let round = 0; round < ROUNDS; round++) {
    const guesses = rows.map((row) => guess(row, fit));
    fit = { ...fit, ...fitPrior(rows, guesses, fit) };
    fit = { ...fit, ...fitGrades(rows, guesses, fit) };
    const lines = [...figures].map(([name, points]) => [name, fitLine(points, guesses)] as const);
    fit = { ...fit, lines: new Map(lines) };
  }
  return centred(fit);
}

/** The same fit with the mean shift of the sets moved to the models, so that strengths keep the level of graded answers. */
function centred(fit: LatentFit): LatentFit {
  const usual = average([...fit.shifts.values()]);
  const lines = [...fit.lines].map(
    ([name, line]) => [name, { ...line, level: line.level - line.gain * usual }] as const,
  );
  return {
    ...fit,
    mean: fit.mean + usual,
    shifts: new Map([...fit.shifts].map(([set, shift]) => [set, shift - usual])),
    lines: new Map(lines),
  };
}

/** What a model's sets add to its graded strength. */
export function shiftOf(
  { shares }: Pick<Graded, 'shares'>,
  fit: Pick<LatentFit, 'shifts'>,
): number {
  return Object.entries(shares).reduce(
    (sum, [set, share]) => sum + share * (fit.shifts.get(set) ?? 0),
    0,
  );
}

function start(
  rows: readonly Observed[],
  figures: ReadonlyMap<string, readonly Point[]>,
): LatentFit {
  const graded = rows.flatMap((row) => row.graded ?? []);
  const lines = [...figures].map(([name, points]) => {
    const level = average(points.map(({ value }) => value));
    return [name, { level, gain: USUAL_GAIN, error: USUAL_ERROR }] as const;
  });
  return {
    mean: average(graded.map(({ value }) => value)),
    pricePower: 0.5,
    log10Price: average(rows.flatMap((row) => row.log10Price ?? [])),
    perYear: 0.4,
    year: average(rows.flatMap((row) => row.year ?? [])),
    variancePriced: 0.7,
    variance: 1.2,
    common: 0.3,
    doubt: 1,
    shifts: new Map(graded.flatMap(({ shares }) => Object.keys(shares).map((set) => [set, 0]))),
    lines: new Map(lines),
  };
}

function guess(row: Observed, fit: LatentFit): Guess {
  const step = (fit.variance - fit.variancePriced) / 2;
  const unknown = (row.log10Price === null ? 1 : 0) + (row.year === null ? 1 : 0);
  const price = (row.log10Price ?? fit.log10Price) - fit.log10Price;
  const age = (row.year ?? fit.year) - fit.year;
  let precision = 1 / (fit.variancePriced + step * unknown);
  let weighted = precision * (fit.mean + fit.pricePower * price + fit.perYear * age);
  for (const { benchmark, value } of row.figures) {
    const line = fit.lines.get(benchmark);
    if (line === undefined) continue;
    const weight = line.gain / line.error;
    weighted += weight * (value - line.level);
    precision += weight * line.gain;
  }
  if (row.graded !== null) {
    const weight = 1 / (fit.common + fit.doubt * row.graded.variance);
    weighted += weight * (row.graded.value - shiftOf(row.graded, fit));
    precision += weight;
  }
  return { mean: weighted / precision, variance: 1 / precision };
}

const UNKNOWN: Guess = { mean: 0, variance: 1 };

function fitLine(points: readonly Point[], guesses: readonly Guess[]): Line {
  const known = points.map(({ row, value }) => ({ ...(guesses[row] ?? UNKNOWN), value }));
  const middle = average(known.map(({ mean }) => mean));
  const height = average(known.map(({ value }) => value));
  let square = GAIN_MODELS;
  let cross = GAIN_MODELS * USUAL_GAIN;
  for (const { mean, variance, value } of known) {
    square += (mean - middle) ** 2 + variance;
    cross += (mean - middle) * (value - height);
  }
  const gain = Math.max(LEAST_GAIN, cross / square);
  const level = height - gain * middle;
  let error = ERROR_MODELS * USUAL_ERROR;
  for (const { mean, variance, value } of known) {
    error += (value - level - gain * mean) ** 2 + gain ** 2 * variance;
  }
  return { level, gain, error: Math.max(LEAST_ERROR, error / (points.length + ERROR_MODELS)) };
}

/** Expected square of the first of two independent errors with variances `own` and `other`, given the square of their sum. */
function ownPart(own: number, other: number, square: number): number {
  const share = own / (own + other);
  return share * share * square + share * other;
}

type Grades = Pick<LatentFit, 'common' | 'doubt' | 'shifts'>;

function fitGrades(rows: readonly Observed[], guesses: readonly Guess[], fit: LatentFit): Grades {
  const graded = rows.flatMap(({ graded: found }, i) => {
    if (found === null) return [];
    return [{ ...found, known: guesses[i] ?? UNKNOWN }];
  });
  const shifts = new Map(fit.shifts);
  for (const set of shifts.keys()) {
    let square = 1 / SHIFT_VARIANCE;
    let cross = 0;
    for (const model of graded) {
      const share = model.shares[set];
      if (share === undefined) continue;
      const weight = 1 / (fit.common + fit.doubt * model.variance);
      const others = shiftOf(model, { shifts }) - share * (shifts.get(set) ?? 0);
      square += weight * share * share;
      cross += weight * share * (model.value - model.known.mean - others);
    }
    shifts.set(set, cross / square);
  }
  const errors = graded.map((model) => {
    const square =
      (model.value - shiftOf(model, { shifts }) - model.known.mean) ** 2 + model.known.variance;
    const stated = fit.doubt * model.variance;
    return {
      common: ownPart(fit.common, stated, square),
      doubt: ownPart(stated, fit.common, square) / model.variance,
    };
  });
  return {
    shifts,
    common: Math.max(LEAST_COMMON, average(errors.map(({ common }) => common))),
    doubt: average(errors.map(({ doubt }) => doubt)),
  };
}

type Prior = Pick<LatentFit, 'mean' | 'pricePower' | 'perYear' | 'variancePriced' | 'variance'>;

function fitPrior(rows: readonly Observed[], guesses: readonly Guess[], fit: LatentFit): Prior {
  const known = rows.flatMap((row, i) => {
    const found = guesses[i];
    if (found === undefined || row.log10Price === null || row.year === null) return [];
    return [{ ...found, price: row.log10Price - fit.log10Price, age: row.year - fit.year }];
  });
  const strength = average(known.map(({ mean }) => mean));
  // Two slopes, each explaining what the other leaves; the rounds of the fit make them agree.
  const pricePower = slope(
    known.map((row) => ({ x: row.price, y: row.mean - strength - fit.perYear * row.age })),
  );
  const perYear = slope(
    known.map((row) => ({ x: row.age, y: row.mean - strength - pricePower * row.price })),
  );
  const told = known.map(({ price, age }) => pricePower * price + perYear * age);
  const mean = average(known.map((row, i) => row.mean - (told[i] ?? 0)));
  const left = known.map((row, i) => (row.mean - mean - (told[i] ?? 0)) ** 2 + row.variance);
  const variancePriced = Math.max(LEAST_VARIANCE, average(left));
  const variance = variancePriced + average(told.map((part) => part * part));
  return { mean, pricePower, perYear, variancePriced, variance };
}

/** Least squares through the origin, shrunk a little towards 0 and never below it. */
function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const square = points.reduce((sum, { x }) => sum + x * x, 1);
  const cross = points.reduce((sum, { x, y }) => sum + x * y, 0);
  return Math.max(0, cross / square);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
