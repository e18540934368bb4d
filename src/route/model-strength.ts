import { linearScore } from '../core/benchmark.js';
import type { Model } from '../core/model.js';

/** Regression of general strength on published facts, fitted to models with graded answers. */
export interface StrengthRule {
  /** Strength of a model without any known fact, and its variance. */
  readonly mean: number;
  readonly variance: number;
  /** Strength per factor of ten in the price of output tokens, relative to `log10Price`. Not negative. */
  readonly pricePower: number;
  readonly log10Price: number;
  /** Strength per year of release, relative to `year`. Not negative. */
  readonly perYear: number;
  readonly year: number;
  /** Remaining variance if price and release date are known. */
  readonly variancePriced: number;
  /** Part of both variances that no number of benchmarks removes. */
  readonly common: number;
  /** By benchmark name; slopes are positive, so a higher score never means a weaker model. */
  readonly benchmarks: Readonly<Record<string, BenchmarkRule>>;
}

/** Strength as a linear function of the benchmark's score, transformed by `linearScore`; `variance` is the residual variance. */
export interface BenchmarkRule {
  readonly intercept: number;
  readonly slope: number;
  readonly variance: number;
}

/** An estimate of a model's general strength: log-odds, 0 for the average model of the training data. */
export interface Strength {
  readonly mean: number;
  readonly variance: number;
  /** Number of facts used. */
  readonly facts: number;
}

/** Facts that strength is estimated from; a subset of `Model`. */
export type ModelFacts = Pick<Model, 'released' | 'benchmarks' | 'hosts' | 'strength'>;

/**
 * Estimates a model's strength from its price, its release date and its benchmark scores.
 *
 * Rises with every score and with the price; a wide prior without facts. A measured
 * strength is returned as it is.
 */
export function estimateStrength(model: ModelFacts, rule: StrengthRule): Strength {
  const { strength } = model;
  if (strength !== undefined)
    return { mean: strength.mean, variance: strength.error ** 2, facts: 1 };
  const log10Price = log10OutputPrice(model);
  const year = releaseYear(model.released);
  let mean = rule.mean;
  let variance = rule.variance;
  const step = (rule.variance - rule.variancePriced) / 2;
  if (log10Price !== null) {
    mean += rule.pricePower * (log10Price - rule.log10Price);
    variance -= step;
  }
  if (year !== null) {
    mean += rule.perYear * (year - rule.year);
    variance -= step;
  }
  const figures = readFigures(model, rule);
  const before = Math.max(MIN_VARIANCE, variance - rule.common);
  let precision = 1 / before;
  let weighted = mean * precision;
  for (const { estimate, variance: errorVariance } of figures) {
    weighted += estimate / errorVariance;
    precision += 1 / errorVariance;
  }
  const facts = figures.length + (log10Price === null ? 0 : 1) + (year === null ? 0 : 1);
  return { mean: weighted / precision, variance: 1 / precision + rule.common, facts };
}

function readFigures(
  model: ModelFacts,
  rule: StrengthRule,
): { readonly estimate: number; readonly variance: number }[] {
  return Object.entries(model.benchmarks).flatMap(([name, figure]) => {
    const line = Object.hasOwn(rule.benchmarks, name) ? rule.benchmarks[name] : undefined;
    if (line === undefined) return [];
    const estimate = line.intercept + line.slope * linearScore(name, figure);
    return [{ estimate, variance: line.variance }];
  });
}

/** Lower bound of the variance by price and release date alone. */
const MIN_VARIANCE = 0.05;

/** Lower bound of prices: a free or nearly free host says little about the model. */
const MIN_PRICE_USD = 0.02;

/** Log10 of dollars per million output tokens at the first host with a price; `null` when none is known. */
export function log10OutputPrice({ hosts }: Pick<ModelFacts, 'hosts'>): number | null {
  for (const { price } of hosts) {
    if (price?.output != null) return Math.log10(Math.max(MIN_PRICE_USD, price.output));
  }
  return null;
}

/** A date, month or year as a decimal year; `null` for none. */
export function releaseYear(released: string | null): number | null {
  if (released === null) return null;
  const [year, month = '7', day = '15'] = released.split('-');
  const decimal = Number(year) + (Number(month) - 1) / 12 + (Number(day) - 1) / 365;
  return Number.isFinite(decimal) ? decimal : null;
}
