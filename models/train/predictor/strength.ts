import {
  estimateStrength,
  linearFigure,
  log10OutputPrice,
  releaseYear,
} from '../../../src/route/model-strength.js';
import type { BenchmarkRule, ModelFacts, StrengthRule } from '../../../src/route/model-strength.js';

/** A model with graded answers: its fitted strength and what is publicly known of it. */
export interface GradedModel {
  readonly name: string;
  readonly strength: number;
  readonly variance: number;
  readonly facts: ModelFacts;
}

/** Slope and error of a benchmark that says as much of strength as it does of itself. */
const PRIOR_SLOPE = 0.6;
/** Anchors that the prior slope is worth. */
const PRIOR_ANCHORS = 3;
const PRIOR_VARIANCE = 0.6;
const SMALLEST_SLOPE = 0.05;
const FEWEST_ANCHORS = 4;
const SMALLEST_VARIANCE = 0.15;

/**
 * Learns how facts tell strength.
 *
 * Benchmarks that too few graded models have are placed by the other models of the catalog, whose
 * strength the first round has told.
 */
export function fitStrength(
  graded: readonly GradedModel[],
  catalog: readonly ModelFacts[],
): StrengthRule {
  const prior = fitPrior(graded);
  const anchors = graded.map(({ strength, variance, facts }) => ({ strength, variance, facts }));
  const first = { ...prior, benchmarks: fitBenchmarks(anchors) };
  const placed = catalog.map((facts) => {
    const { mean, variance } = estimateStrength(facts, first);
    return { strength: mean, variance, facts };
  });
  const second = fitBenchmarks([...anchors, ...placed]);
  return { ...prior, benchmarks: { ...second, ...first.benchmarks } };
}

type Prior = Omit<StrengthRule, 'benchmarks'>;

function fitPrior(graded: readonly GradedModel[]): Prior {
  const rows = graded.flatMap(({ strength, variance, facts }) => {
    const price = log10OutputPrice(facts);
    return price === null
      ? []
      : [{ strength, weight: 1 / (variance + 0.5), price, year: releaseYear(facts.released) }];
  });
  const dated = rows.filter(({ year }) => year !== null);
  const mean = weightedMean(rows, ({ strength }) => strength);
  const log10Price = weightedMean(rows, ({ price }) => price);
  const year = weightedMean(dated, (row) => row.year ?? 0);
  // Two lines, one after the other and then once more, so that each explains what the other leaves.
  let pricePower = 0;
  let perYear = 0;
  for (let round = 0; round < 20; round++) {
    pricePower = slopeOf(
      rows,
      ({ price }) => price - log10Price,
      (row) => row.strength - mean - perYear * ((row.year ?? year) - year),
    );
    perYear = slopeOf(
      dated,
      (row) => (row.year ?? year) - year,
      (row) => row.strength - mean - pricePower * (row.price - log10Price),
    );
  }
  const left = (row: (typeof rows)[number]): number =>
    (row.strength -
      mean -
      pricePower * (row.price - log10Price) -
      perYear * ((row.year ?? year) - year)) **
    2;
  const variance = Math.max(1, 1.5 * weightedMean(rows, ({ strength }) => (strength - mean) ** 2));
  const variancePriced = Math.max(0.3, Math.min(0.9 * variance, weightedMean(rows, left)));
  return { mean, variance, pricePower, log10Price, perYear, year, variancePriced };
}

interface Weighted {
  readonly weight: number;
}

function weightedMean<T extends Weighted>(rows: readonly T[], of: (row: T) => number): number {
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  return rows.reduce((sum, row) => sum + row.weight * of(row), 0) / Math.max(1e-9, total);
}

/** Least squares through the origin, shrunk a little towards 0 and never below it. */
function slopeOf<T extends Weighted>(
  rows: readonly T[],
  x: (row: T) => number,
  y: (row: T) => number,
): number {
  const square = rows.reduce((sum, row) => sum + row.weight * x(row) ** 2, 1);
  const cross = rows.reduce((sum, row) => sum + row.weight * x(row) * y(row), 0);
  return Math.max(0, cross / square);
}

interface Anchor {
  readonly strength: number;
  readonly variance: number;
  readonly facts: ModelFacts;
}

function fitBenchmarks(anchors: readonly Anchor[]): Record<string, BenchmarkRule> {
  const names = [...new Set(anchors.flatMap(({ facts }) => Object.keys(facts.benchmarks)))].sort();
  const rules: Record<string, BenchmarkRule> = {};
  for (const name of names) {
    const points = anchors.flatMap(({ strength, variance, facts }) => {
      const figure = facts.benchmarks[name];
      if (figure === undefined) return [];
      return [{ x: linearFigure(figure), y: strength, weight: 1 / (variance + 0.3) }];
    });
    if (points.length >= FEWEST_ANCHORS) rules[name] = fitLine(points);
  }
  return rules;
}

function fitLine(
  points: readonly { readonly x: number; readonly y: number; readonly weight: number }[],
): BenchmarkRule {
  const x = weightedMean(points, (point) => point.x);
  const y = weightedMean(points, (point) => point.y);
  const average = weightedMean(points, ({ weight }) => weight) || 1;
  const square = points.reduce(
    (sum, p) => sum + p.weight * (p.x - x) ** 2,
    PRIOR_ANCHORS * average,
  );
  const cross = points.reduce(
    (sum, p) => sum + p.weight * (p.x - x) * (p.y - y),
    PRIOR_ANCHORS * average * PRIOR_SLOPE,
  );
  const slope = Math.max(SMALLEST_SLOPE, cross / square);
  const errors = points.reduce(
    (sum, p) => sum + (p.y - y - slope * (p.x - x)) ** 2,
    PRIOR_ANCHORS * PRIOR_VARIANCE,
  );
  const variance = Math.max(SMALLEST_VARIANCE, errors / (points.length + PRIOR_ANCHORS - 2));
  return { intercept: y - slope * x, slope, variance };
}
