import { linearFigure } from '../core/benchmark.js';
import type { Model } from '../core/model.js';

/** What facts about models say of their general strength, learned from models with graded answers. */
export interface StrengthRule {
  /** Strength of a model of which nothing is known, and its variance. */
  readonly mean: number;
  readonly variance: number;
  /** Per factor of ten in the price of output tokens, about `log10Price`. Not negative. */
  readonly pricePower: number;
  readonly log10Price: number;
  /** Per year of release, about `year`. Not negative. */
  readonly perYear: number;
  readonly year: number;
  /** Variance that is left when price and release day are known. */
  readonly variancePriced: number;
  /** Part of both variances that no number of figures removes: benchmarks are not the work itself. */
  readonly common: number;
  /** By benchmark name; slopes are positive, so a higher figure never means a weaker model. */
  readonly benchmarks: Readonly<Record<string, BenchmarkRule>>;
}

/** Strength as a line over the benchmark's figure, made linear by `linearFigure`; `variance` is its own error. */
export interface BenchmarkRule {
  readonly intercept: number;
  readonly slope: number;
  readonly variance: number;
}

/** A guess at a model's general strength: log-odds, 0 for the average model of the training data. */
export interface Strength {
  readonly mean: number;
  readonly variance: number;
  /** Facts that went into it. */
  readonly facts: number;
}

/** Facts that strength is read from; a subset of `Model`. */
export type ModelFacts = Pick<Model, 'released' | 'benchmarks' | 'hosts' | 'strength'>;

/**
 * How strong a model is by its price, its day of release and its benchmark figures.
 *
 * Rises with every benchmark figure and with the price; falls back to a wide guess without facts. Where
 * strength was measured, that is what it is.
 */
export function estimateStrength(model: ModelFacts, rule: StrengthRule): Strength {
  const { strength: own } = model;
  if (own !== undefined) return { mean: own.mean, variance: own.error ** 2, facts: 1 };
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
  const before = Math.max(LEAST_VARIANCE, variance - rule.common);
  let precision = 1 / before;
  let weighted = mean * precision;
  for (const { estimate, variance: error } of figures) {
    weighted += estimate / error;
    precision += 1 / error;
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
    const estimate = line.intercept + line.slope * linearFigure(name, figure);
    return [{ estimate, variance: line.variance }];
  });
}

/** Facts other than figures never tell more than this. */
const LEAST_VARIANCE = 0.05;

/** Dollars below this are taken as this: a free or nearly free host says little about the model. */
const LOWEST_PRICE_USD = 0.02;

/** Log10 of dollars per million output tokens at the first host with a price; `null` when none is known. */
export function log10OutputPrice({ hosts }: Pick<ModelFacts, 'hosts'>): number | null {
  for (const { price } of hosts) {
    if (price?.output != null) return Math.log10(Math.max(LOWEST_PRICE_USD, price.output));
  }
  return null;
}

/** A day or month as a decimal year; `null` for none. */
export function releaseYear(released: string | null): number | null {
  if (released === null) return null;
  const [year, month = '7', day = '15'] = released.split('-');
  const decimal = Number(year) + (Number(month) - 1) / 12 + (Number(day) - 1) / 365;
  return Number.isFinite(decimal) ? decimal : null;
}
