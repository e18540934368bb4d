import { quantileOf } from './quantile.js';
import { unitWeights } from './sample.js';
import type { Counts } from './sample.js';

/** A figure with the middle 95 % of its values over resampled rows. */
export interface Estimate {
  /** `null` if the figure is undefined for these rows. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** Figures of one sample, by name; NaN if undefined. */
export type Figures<Name extends string> = Readonly<Record<Name, number>>;

const LOWEST = 0.025;
const HIGHEST = 0.975;
/** With a smaller share of finite values than this, there is no interval: it would only cover the lucky resamples. */
const LEAST_FINITE = 0.5;

/** A value computed on the whole sample, and on each resample. */
export interface Bootstrapped<T> {
  readonly value: T;
  readonly resampled: readonly T[];
}

/** Computes a value on all rows, and on each resample. */
export function bootstrap<T>(
  rows: number,
  of: (counts: Counts) => T,
  resamples: readonly Counts[],
): Bootstrapped<T> {
  return { value: of(unitWeights(rows)), resampled: resamples.map(of) };
}

/** Applies a function to the value of each resample, so that differences stay paired. */
export function mapBootstrapped<T, U>(
  { value, resampled }: Bootstrapped<T>,
  of: (one: T) => U,
): Bootstrapped<U> {
  return { value: of(value), resampled: resampled.map(of) };
}

/** Combines several sets resample by resample: all first resamples, all second ones, and so on. */
export function zipBootstrapped<T>(parts: readonly Bootstrapped<T>[]): Bootstrapped<readonly T[]> {
  const rounds = Math.min(...parts.map(({ resampled }) => resampled.length));
  return {
    value: parts.map(({ value }) => value),
    resampled: Array.from({ length: rounds }, (_, round) =>
      parts.flatMap(({ resampled }) => resampled.slice(round, round + 1)),
    ),
  };
}

/** Adds its interval to every figure. */
export function estimatesOf<Name extends string>({
  value,
  resampled,
}: Bootstrapped<Figures<Name>>): Record<Name, Estimate> {
  const names = Object.keys(value) as Name[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      estimateFrom(
        value[name],
        resampled.map((one) => one[name]),
      ),
    ]),
  ) as Record<Name, Estimate>;
}

/**
 * The estimate from a value and its resampled values.
 *
 * @param resampled - values that are not finite are ignored
 */
export function estimateFrom(value: number, resampled: readonly number[]): Estimate {
  if (!Number.isFinite(value)) return { value: null, low: null, high: null };
  const sorted = resampled.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0 || sorted.length < LEAST_FINITE * resampled.length) {
    return { value, low: null, high: null };
  }
  return { value, low: quantileOf(sorted, LOWEST), high: quantileOf(sorted, HIGHEST) };
}
