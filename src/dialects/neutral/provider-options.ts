import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { NeutralRequest } from './request.js';

/**
 * The members that a client of another dialect wrote for a provider in its own words: for its dialect, its kind, and it
 * alone. What is said of fewer providers counts.
 */
export function optionsFor(
  { providerOptions }: NeutralRequest,
  dialect: string,
  { kind, provider }: Target,
): JsonObject {
  return Object.assign(
    {},
    providerOptions[dialect],
    providerOptions[kind],
    providerOptions[provider],
  );
}
