import { linearScore } from '../core/benchmark.js';
import type { Model } from '../core/model.js';
import { sizeInName } from '../core/model-size.js';

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
  /** Strength of a model released in `year`, by the natural logarithm of its billions of parameters. Absent in older artefacts. */
  readonly size?: SizeRule | undefined;
}

/** Strength as a linear function of size; `variance` is the remaining variance if the release date is known as well. */
export interface SizeRule {
  readonly intercept: number;
  /** Not negative. */
  readonly slope: number;
  readonly variance: number;
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
export type ModelFacts = Pick<
  Model,
  'id' | 'parameters' | 'released' | 'benchmarks' | 'hosts' | 'strength'
>;

/**
 * Estimates a model's strength from its price, or the size that its name states if it has none, its release date and its
 * benchmark scores.
 *
 * Rises with every score, with the price and with the size; a wide prior without facts. A measured
 * strength is returned as it is.
 */
export function estimateStrength(model: ModelFacts, rule: StrengthRule): Strength {
  const { strength } = model;
  if (strength !== undefined)
    return { mean: strength.mean, variance: strength.error ** 2, facts: 1 };
  const prior = priorStrength(model, rule);
  const figures = readFigures(model, rule);
  const before = Math.max(MIN_VARIANCE, prior.variance - rule.common);
  let precision = 1 / before;
  let weighted = prior.mean * precision;
  for (const { estimate, variance: errorVariance } of figures) {
    weighted += estimate / errorVariance;
    precision += 1 / errorVariance;
  }
  const facts = figures.length + prior.facts;
  return { mean: weighted / precision, variance: 1 / precision + rule.common, facts };
}

/** Strength by all facts but benchmark scores. */
function priorStrength(model: ModelFacts, rule: StrengthRule): Strength {
  const log10Price = log10OutputPrice(model);
  const size = logSize(model);
  const year = releaseYear(model.released);
  // What is unknown of price and date; they are taken to say equally much.
  const step = (rule.variance - rule.variancePriced) / 2;
  let { mean, variance } = rule;
  let facts = 0;
  // Size and price are correlated, so they do not add up. A nominal price says nothing.
  if (rule.size !== undefined && size !== null && (log10Price ?? NOMINAL) <= NOMINAL) {
    mean = rule.size.intercept + rule.size.slope * size;
    variance = rule.size.variance + step;
    facts += 1;
  } else if (log10Price !== null) {
    mean += rule.pricePower * (log10Price - rule.log10Price);
    variance -= step;
    facts += 1;
  }
  if (year !== null) {
    mean += rule.perYear * (year - rule.year);
    variance -= step;
    facts += 1;
  }
  return { mean, variance, facts };
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

/** Natural logarithm of a model's billions of parameters, as stated or in its name; `null` if unknown. */
export function logSize({ id, parameters }: Pick<ModelFacts, 'id' | 'parameters'>): number | null {
  const size = parameters ?? sizeInName(id);
  return size === null ? null : Math.log(size);
}

/** Lower bound of the variance by price and release date alone. */
const MIN_VARIANCE = 0.05;

/** Lower bound of prices: a free or nearly free host says little about the model. */
const MIN_PRICE_USD = 0.02;
const NOMINAL = Math.log10(MIN_PRICE_USD);

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
