import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { NeutralRequest } from './request.js';

/**
 * The members of `provider_options` for a provider: those for its dialect, its kind and its name. The more specific
 * entry takes precedence.
 */
export function providerOptionsFor(
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
