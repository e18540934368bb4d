import type { Estimate } from '../metrics/estimate.js';

const PERCENT = 100;
/** Shown in place of an undefined figure. */
export const NOT_AVAILABLE = 'n/a';

/** A figure with its interval: `0.612 [0.580, 0.640]`. */
export function formatWithInterval({ value, low, high }: Estimate, digits = 3): string {
  if (value === null) return NOT_AVAILABLE;
  if (low === null || high === null) return value.toFixed(digits);
  return `${value.toFixed(digits)} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
}

/** A share with its interval, as a percentage: `35.4 % [33.0, 38.1]`. */
export function formatPercentWithInterval({ value, low, high }: Estimate, digits = 1): string {
  if (value === null) return NOT_AVAILABLE;
  const percent = (share: number): string => (PERCENT * share).toFixed(digits);
  if (low === null || high === null) return `${percent(value)} %`;
  return `${percent(value)} % [${percent(low)}, ${percent(high)}]`;
}

/** A figure without its interval. */
export function formatValue({ value }: Estimate, digits = 3): string {
  return value === null ? NOT_AVAILABLE : value.toFixed(digits);
}

/** A difference with sign and interval: `+0.012 [-0.004, +0.030]`. */
export function formatSigned({ value, low, high }: Estimate, digits = 3): string {
  const sign = (number: number): string => `${number < 0 ? '' : '+'}${number.toFixed(digits)}`;
  if (value === null) return NOT_AVAILABLE;
  if (low === null || high === null) return sign(value);
  return `${sign(value)} [${sign(low)}, ${sign(high)}]`;
}

/** A share without its interval, as a percentage. */
export function formatPercent({ value }: Estimate): string {
  return value === null ? NOT_AVAILABLE : (PERCENT * value).toFixed(1);
}
