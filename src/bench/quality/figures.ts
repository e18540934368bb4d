import type { Estimate } from '../metrics/estimate.js';

const PERCENT = 100;
/** What stands where there is no figure. */
export const NONE = 'n/a';

/** A figure with its interval: `0.612 [0.580, 0.640]`. */
export function withInterval({ value, low, high }: Estimate, digits = 3): string {
  if (value === null) return NONE;
  if (low === null || high === null) return value.toFixed(digits);
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** The same as percent: `35.4 % [33.0, 38.1]`. */
export function percentWithInterval({ value, low, high }: Estimate, digits = 1): string {
  if (value === null) return NONE;
  const percent = (share: number): string => (PERCENT * share).toFixed(digits);
  if (low === null || high === null) return `${percent(value)} %`;
  return `${percent(value)} % [${percent(low)}, ${percent(high)}]`;
}

/** The figure alone. */
export function plain({ value }: Estimate, digits = 3): string {
  return value === null ? NONE : value.toFixed(digits);
}

/** A difference, with its sign and interval. */
export function signed({ value, low, high }: Estimate, digits = 3): string {
  const sign = (number: number): string => `${number < 0 ? '' : '+'}${number.toFixed(digits)}`;
  if (value === null) return NONE;
  if (low === null || high === null) return sign(value);
  return `${sign(value)} [${sign(low)}, ${sign(high)}]`;
}

/** A share alone, as percent. */
export function plainPercent({ value }: Estimate): string {
  return value === null ? NONE : (PERCENT * value).toFixed(1);
}
