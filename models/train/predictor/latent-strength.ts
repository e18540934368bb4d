import type { SizeRule } from '../../../src/route/model-strength.js';
import { fitLines, UNKNOWN, type Guess, type Line, type Point } from './strength-lines.js';

/** A model's ability in one set of graded answers. */
export interface SetGrade {
  readonly set: string;
  /** Log-odds of an adequate answer to the set's average prompt. */
  readonly value: number;
  /** Sampling variance of `value`. */
  readonly variance: number;
}

/** A linearised score on one benchmark. */
interface Figure {
  readonly benchmark: string;
  readonly value: number;
}

/** Everything known about one model; any of it may be missing. */
export interface Observed {
  readonly grades: readonly SetGrade[];
  readonly log10Price: number | null;
  readonly year: number | null;
  /** Natural logarithm of billions of parameters. */
  readonly logSize: number | null;
  readonly figures: readonly Figure[];
}

/**
 * A factor model of benchmark scores, prices, dates and graded answers.
 *
 * Facts measure one latent strength, graded answers another, which differs from it by what benchmarks do not capture. The scale is
 * such that, averaged over the sets, one unit of strength is one unit of log-odds.
 */
export interface LatentFit {
  readonly mean: number;
  readonly pricePower: number;
  readonly log10Price: number;
  readonly perYear: number;
  readonly year: number;
  /** Residual variance when price and year are known, and when neither is. */
  readonly variancePriced: number;
  readonly variance: number;
  /** Variance of the difference between the two strengths; no number of benchmark scores reduces it. */
  readonly common: number;
  readonly benchmarks: ReadonlyMap<string, Line>;
  readonly sets: ReadonlyMap<string, Line>;
  /** Strength of a model released in `year` by its `logSize`; `null` if too few models show it. */
  readonly size: SizeRule | null;
}

const ROUNDS = 100;
/** Prior means of gains. */
const USUAL_BENCHMARK_GAIN = 0.5;
const USUAL_SET_GAIN = 1;
const USUAL_ERROR = 0.5;
const LEAST_COMMON = 0.05;
/** A lower bound, so that price and date never outweigh the benchmark scores of a model that is unusual for its time. */
const LEAST_VARIANCE = 0.4;
/** With fewer models of which both are known, price and date are not used. */
const FEWEST_PRICED = 3;
/** With fewer models of which size and date are known, size is not used. */
const FEWEST_SIZED = 10;

/**
 * Fits a strength for every model and a line for every benchmark and every set of graded answers jointly. A benchmark without graded
 * models is therefore placed by models that have other scores too, and a model graded only in hard sets does not look weak.
 *
 * Expectation–maximisation for a fixed number of rounds; gains and slopes are never negative.
 *
 * @param benchmarks - names to fit; figures of others are ignored
 */
export function fitLatent(rows: readonly Observed[], benchmarks: readonly string[]): LatentFit {
  const figures = new Map<string, Point[]>(benchmarks.map((name) => [name, []]));
  const grades = new Map<string, Point[]>();
  rows.forEach((row, i) => {
    for (const { benchmark, value } of row.figures) {
      figures.get(benchmark)?.push({ row: i, value, variance: 0 });
    }
    for (const { set, value, variance } of row.grades) {
      const points = grades.get(set) ?? [];
      grades.set(set, points);
      points.push({ row: i, value, variance });
    }
  });
  let fit = start(rows, figures, grades);
  for (let round = 0; round < ROUNDS; round++) {
    const prior = rows.map((row) => priorStrength(row, fit));
    const graded = rows.map((row) => gradedStrength(row, fit));
    fit = {
      ...fit,
      ...fitPrior(rows, prior, fit),
      common: fitCommon(rows, fit),
      benchmarks: fitLines(
        figures,
        { guesses: prior, usualGain: USUAL_BENCHMARK_GAIN },
        fit.benchmarks,
      ),
      sets: fitLines(grades, { guesses: graded, usualGain: USUAL_SET_GAIN }, fit.sets),
    };
    fit = onScaleOfSets(fit);
  }
  return { ...fit, size: fitSize(rows, fit) };
}

/** The same fit, on the scale of `LatentFit`. */
function onScaleOfSets(fit: LatentFit): LatentFit {
  const sets = [...fit.sets.values()];
  if (sets.length === 0) return fit;
  const by = average(sets.map(({ gain }) => gain));
  const add = average(sets.map(({ level }) => level));
  const moved = (lines: ReadonlyMap<string, Line>): Map<string, Line> =>
    new Map(
      [...lines].map(([name, { level, gain, error }]) => [
        name,
        { level: level - (gain / by) * add, gain: gain / by, error },
      ]),
    );
  return {
    ...fit,
    mean: by * fit.mean + add,
    pricePower: by * fit.pricePower,
    perYear: by * fit.perYear,
    variancePriced: by * by * fit.variancePriced,
    variance: by * by * fit.variance,
    common: by * by * fit.common,
    benchmarks: moved(fit.benchmarks),
    sets: moved(fit.sets),
  };
}

function start(
  rows: readonly Observed[],
  figures: ReadonlyMap<string, readonly Point[]>,
  grades: ReadonlyMap<string, readonly Point[]>,
): LatentFit {
  const lines = (all: ReadonlyMap<string, readonly Point[]>, gain: number): Map<string, Line> =>
    new Map(
      [...all].map(([name, points]) => {
        const level = average(points.map(({ value }) => value));
        return [name, { level, gain, error: USUAL_ERROR }];
      }),
    );
  return {
    mean: 0,
    pricePower: 0.5,
    log10Price: average(rows.flatMap((row) => row.log10Price ?? [])),
    perYear: 0.4,
    year: average(rows.flatMap((row) => row.year ?? [])),
    variancePriced: 0.7,
    variance: 1.2,
    common: 0.3,
    benchmarks: lines(figures, USUAL_BENCHMARK_GAIN),
    sets: lines(grades, USUAL_SET_GAIN),
    size: null,
  };
}

/** Posterior of the strength that facts measure, given facts alone. */
function strengthByFacts(row: Observed, fit: LatentFit): Guess {
  const step = (fit.variance - fit.variancePriced) / 2;
  const unknown = (row.log10Price === null ? 1 : 0) + (row.year === null ? 1 : 0);
  const price = (row.log10Price ?? fit.log10Price) - fit.log10Price;
  const age = (row.year ?? fit.year) - fit.year;
  const prior = {
    mean: fit.mean + fit.pricePower * price + fit.perYear * age,
    variance: fit.variancePriced + step * unknown,
  };
  return row.figures.reduce((guess, { benchmark, value }) => {
    const line = fit.benchmarks.get(benchmark);
    return line === undefined ? guess : updated(guess, line, { value, variance: 0 });
  }, prior);
}

/** Likelihood of the strength that grades measure; `null` without grades. */
export function strengthByGrades(
  { grades }: Pick<Observed, 'grades'>,
  fit: Pick<LatentFit, 'sets'>,
): Guess | null {
  let precision = 0;
  let weighted = 0;
  for (const { set, value, variance } of grades) {
    const line = fit.sets.get(set);
    if (line === undefined) continue;
    const weight = line.gain / (line.error + variance);
    weighted += weight * (value - line.level);
    precision += weight * line.gain;
  }
  return precision === 0 ? null : { mean: weighted / precision, variance: 1 / precision };
}

/** Posterior of the strength that facts measure, given everything. */
function priorStrength(row: Observed, fit: LatentFit): Guess {
  const prior = strengthByFacts(row, fit);
  const graded = strengthByGrades(row, fit);
  if (graded === null) return prior;
  return joined(prior, { mean: graded.mean, variance: graded.variance + fit.common });
}

/** Posterior of the strength that grades measure, given everything. */
export function gradedStrength(row: Observed, fit: LatentFit): Guess {
  const prior = strengthByFacts(row, fit);
  const wide = { mean: prior.mean, variance: prior.variance + fit.common };
  const graded = strengthByGrades(row, fit);
  return graded === null ? wide : joined(wide, graded);
}

function updated(
  guess: Guess,
  { level, gain, error }: Line,
  { value, variance }: Pick<Point, 'value' | 'variance'>,
): Guess {
  return joined(guess, { mean: (value - level) / gain, variance: (error + variance) / gain ** 2 });
}

/** Combines two guesses with independent errors. */
function joined(a: Guess, b: Guess): Guess {
  const precision = 1 / a.variance + 1 / b.variance;
  return { mean: (a.mean / a.variance + b.mean / b.variance) / precision, variance: 1 / precision };
}

/** A regression of graded models' strength at the date `fit.year` on their size. */
function fitSize(rows: readonly Observed[], fit: LatentFit): SizeRule | null {
  const points = rows.flatMap((row) => {
    const graded = strengthByGrades(row, fit);
    if (graded === null || row.logSize === null || row.year === null) return [];
    const y = graded.mean - fit.perYear * (row.year - fit.year);
    return [{ x: row.logSize, y, weight: 1 / (graded.variance + fit.variancePriced) }];
  });
  if (points.length < FEWEST_SIZED) return null;
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const over = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + point.weight * of(point), 0) / total;
  const [middle, height] = [over(({ x }) => x), over(({ y }) => y)];
  const square = over(({ x }) => (x - middle) ** 2);
  const gain = Math.max(0, over(({ x, y }) => (x - middle) * (y - height)) / square);
  const intercept = height - gain * middle;
  const left = over(({ x, y }) => (y - intercept - gain * x) ** 2);
  return { intercept, slope: gain, variance: Math.max(fit.variancePriced, left) };
}

/** The expected squared difference between the two strengths. */
function fitCommon(rows: readonly Observed[], fit: LatentFit): number {
  const squares = rows.flatMap((row) => {
    const graded = strengthByGrades(row, fit);
    if (graded === null) return [];
    const prior = strengthByFacts(row, fit);
    const share = fit.common / (fit.common + prior.variance + graded.variance);
    return [(share * (graded.mean - prior.mean)) ** 2 + fit.common * (1 - share)];
  });
  return Math.max(LEAST_COMMON, average(squares));
}

type Prior = Pick<LatentFit, 'mean' | 'pricePower' | 'perYear' | 'variancePriced' | 'variance'>;

function fitPrior(rows: readonly Observed[], guesses: readonly Guess[], fit: LatentFit): Prior {
  const all = rows.map((row, i) => ({
    ...(guesses[i] ?? UNKNOWN),
    isPriced: row.log10Price !== null && row.year !== null,
    price: (row.log10Price ?? fit.log10Price) - fit.log10Price,
    age: (row.year ?? fit.year) - fit.year,
  }));
  const priced = all.filter(({ isPriced }) => isPriced);
  const known = priced.length < FEWEST_PRICED ? all : priced;
  const strength = average(known.map(({ mean }) => mean));
  // Each slope is fitted to the residuals of the other; the rounds of the fit make them agree.
  const pricePower = slope(
    known.map((row) => ({ x: row.price, y: row.mean - strength - fit.perYear * row.age })),
  );
  const perYear = slope(
    known.map((row) => ({ x: row.age, y: row.mean - strength - pricePower * row.price })),
  );
  const explained = known.map(({ price, age }) => pricePower * price + perYear * age);
  const mean = average(known.map((row, i) => row.mean - (explained[i] ?? 0)));
  const left = known.map((row, i) => (row.mean - mean - (explained[i] ?? 0)) ** 2 + row.variance);
  const variancePriced = Math.max(LEAST_VARIANCE, average(left));
  const variance = variancePriced + average(explained.map((part) => part * part));
  return { mean, pricePower, perYear, variancePriced, variance };
}

/** Least squares through the origin, slightly shrunk, never negative. */
function slope(points: readonly { readonly x: number; readonly y: number }[]): number {
  const square = points.reduce((sum, { x }) => sum + x * x, 1);
  const cross = points.reduce((sum, { x, y }) => sum + x * y, 0);
  return Math.max(0, cross / square);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
