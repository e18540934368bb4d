import type { Price, Rates } from '../core/model.js';
import type { Usage } from '../core/usage.js';

const TOKENS_PER_RATE = 1_000_000;

/**
 * The expected cost of a request in US dollars.
 *
 * @param inputTokens - at least 0; also determines the tier of a long-context price
 * @param cachedTokens - of these, how many the provider is expected to read from its prompt cache
 * @returns `null` if a rate that is needed is unknown: an unknown price is never 0
 */
export function expectedCostUsd(
  price: Price | null,
  inputTokens: number,
  outputTokens: number,
  cachedTokens = 0,
): number | null {
  if (price === null) return null;
  const rates = ratesFor(price, inputTokens);
  // Called for every candidate of every request, so no list is allocated.
  let input = cost(inputTokens, rates.input);
  if (cachedTokens > 0 && rates.cacheRead !== null && rates.input !== null && input !== null) {
    input -=
      (Math.min(cachedTokens, inputTokens) * (rates.input - rates.cacheRead)) / TOKENS_PER_RATE;
  }
  const output = cost(outputTokens, rates.output);
  return input === null || output === null ? null : input + output;
}

/**
 * The actual cost of a request in US dollars.
 *
 * Tokens read from or written to the provider's prompt cache have their own rates. If the price
 * has none, they cost as much as other input: for reads that is the maximum, for writes it is the
 * rate of providers without a surcharge.
 *
 * @returns `null` if a rate that is needed is unknown: an unknown price is never 0
 */
export function usageCostUsd(price: Price | null, usage: Usage): number | null {
  if (price === null) return null;
  const rates = ratesFor(price, usage.inputTokens);
  // Some servers report cached tokens in addition to the input tokens instead of as a part of them.
  const plain = Math.max(0, usage.inputTokens - usage.cacheReadTokens - usage.cacheWriteTokens);
  const write = rates.cacheWrite ?? rates.input;
  const forAnHour = Math.min(usage.cacheWriteHourTokens ?? 0, usage.cacheWriteTokens);
  return sum(
    cost(plain, rates.input),
    cost(usage.cacheReadTokens, rates.cacheRead ?? rates.input),
    cost(usage.cacheWriteTokens - forAnHour, write),
    cost(forAnHour, rates.cacheWriteHour ?? write),
    cost(usage.outputTokens, rates.output),
  );
}

/** Providers bill the whole request at the rates of its tier, not only the tokens above the threshold. */
function ratesFor(price: Price, inputTokens: number): Rates {
  let rates: Rates = price;
  for (const tier of price.tiers) {
    if (inputTokens > tier.aboveInputTokens) rates = tier;
  }
  return rates;
}

function cost(tokens: number, rate: number | null): number | null {
  // No tokens cost 0 even at an unknown rate: a request without output needs no output rate.
  if (tokens === 0) return 0;
  return rate === null ? null : (tokens * rate) / TOKENS_PER_RATE;
}

function sum(...costs: readonly (number | null)[]): number | null {
  let total = 0;
  for (const part of costs) {
    if (part === null) return null;
    total += part;
  }
  return total;
}
