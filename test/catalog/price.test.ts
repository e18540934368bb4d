import { fc } from '../support/fast-check.js';

import { expectedCostUsd, usageCostUsd } from '../../src/catalog/price.js';
import type { Price } from '../../src/core/model.js';
import type { Usage } from '../../src/core/usage.js';

const PRICE: Price = {
  input: 2,
  output: 10,
  cacheRead: 0.2,
  cacheWrite: 2.5,
  asOf: '2026-11-20',
  source: 'https://acme.example/prices',
  tiers: [
    { aboveInputTokens: 200_000, input: 4, output: 15, cacheRead: 0.4, cacheWrite: null },
    { aboveInputTokens: 500_000, input: 8, output: 20, cacheRead: null, cacheWrite: null },
  ],
};

const usage = (of: Partial<Usage>): Usage => ({
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
  estimated: false,
  ...of,
});

const rate = fc.double({ min: 0, max: 500, noNaN: true });
const count = fc.integer({ min: 0, max: 2_000_000 });
const flatPrice = fc.record({
  input: rate,
  output: rate,
  cacheRead: fc.option(rate),
  cacheWrite: fc.option(rate),
  asOf: fc.constant('2026-11-20'),
  source: fc.constant('https://acme.example/prices'),
  tiers: fc.constant([]),
});

describe('expectedCostUsd', () => {
  test.each([
    { tokens: 'input alone', input: 100_000, output: 0, usd: 0.2 },
    { tokens: 'input and output', input: 1000, output: 500, usd: 0.007 },
    { tokens: 'a request exactly at the edge of a tier', input: 200_000, output: 1000, usd: 0.41 },
    {
      tokens: 'a request one token above the edge of a tier',
      input: 200_001,
      output: 1000,
      usd: 0.815004,
    },
    { tokens: 'the highest of several tiers', input: 600_000, output: 1000, usd: 4.82 },
    { tokens: 'no tokens', input: 0, output: 0, usd: 0 },
  ])('computes the cost of $tokens', ({ input, output, usd }) => {
    const cost = expectedCostUsd(PRICE, input, output);

    expect(cost).toBeCloseTo(usd, 9);
  });

  test.each([
    { unknown: 'the price', price: null },
    { unknown: 'the input rate', price: { ...PRICE, input: null } },
    { unknown: 'the output rate', price: { ...PRICE, output: null } },
  ])('is null, not 0, when $unknown is unknown', ({ price }) => {
    const cost = expectedCostUsd(price, 1000, 1000);

    expect(cost).toBeNull();
  });

  test('ignores the rate of a kind of tokens that does not occur', () => {
    const cost = expectedCostUsd({ ...PRICE, output: null }, 1000, 0);

    expect(cost).toBeCloseTo(0.002, 9);
  });

  test('equals the actual cost of a request without caching', () => {
    fc.assert(
      fc.property(flatPrice, count, count, (price, inputTokens, outputTokens) => {
        const expected = expectedCostUsd(price, inputTokens, outputTokens);
        const actual = usageCostUsd(price, usage({ inputTokens, outputTokens }));

        expect(actual).toBeCloseTo(expected ?? NaN, 9);
      }),
    );
  });

  test('never falls with more tokens', () => {
    fc.assert(
      fc.property(flatPrice, count, count, count, (price, input, output, more) => {
        const cost = expectedCostUsd(price, input, output) ?? NaN;

        expect(expectedCostUsd(price, input + more, output)).toBeGreaterThanOrEqual(cost);
        expect(expectedCostUsd(price, input, output + more)).toBeGreaterThanOrEqual(cost);
      }),
    );
  });
});

describe('expectedCostUsd with a prompt cache', () => {
  test.each([
    { cached: 'a part of the input', cachedTokens: 40_000, usd: (60 * 2 + 40 * 0.2) / 1e3 },
    { cached: 'all of it', cachedTokens: 100_000, usd: (100 * 0.2) / 1e3 },
    { cached: 'more than all of it', cachedTokens: 300_000, usd: (100 * 0.2) / 1e3 },
  ])('charges $cached at the rate of reads', ({ cachedTokens, usd }) => {
    expect(expectedCostUsd(PRICE, 100_000, 0, cachedTokens)).toBeCloseTo(usd, 12);
  });

  test('charges all input alike when the rate of reads is unknown', () => {
    expect(expectedCostUsd({ ...PRICE, cacheRead: null }, 100_000, 0, 40_000)).toBe(0.2);
  });
});

describe('usageCostUsd', () => {
  test('charges cache reads and cache writes at their own rates', () => {
    const used = usage({
      inputTokens: 10_000,
      cacheReadTokens: 6000,
      cacheWriteTokens: 1000,
      outputTokens: 100,
      reasoningTokens: 50,
    });

    const cost = usageCostUsd(PRICE, used);

    expect(cost).toBeCloseTo((3000 * 2 + 6000 * 0.2 + 1000 * 2.5 + 100 * 10) / 1e6, 12);
  });

  test.each([
    {
      rate: 'at its own rate',
      price: { ...PRICE, cacheWriteHour: 4 },
      usd: 5 * 2 + 4 * 2.5 + 6 * 4,
    },
    {
      rate: 'at the ordinary write rate when theirs is unknown',
      price: PRICE,
      usd: 5 * 2 + 10 * 2.5,
    },
  ])('charges one-hour cache writes $rate', ({ price, usd }) => {
    const used = { inputTokens: 15e6, cacheWriteTokens: 10e6, cacheWriteHourTokens: 6e6 };

    const cost = usageCostUsd({ ...price, tiers: [] }, usage(used));

    expect(cost).toBeCloseTo(usd, 9);
  });

  test('charges no more one-hour writes than there were writes', () => {
    const used = { inputTokens: 15e6, cacheWriteTokens: 10e6, cacheWriteHourTokens: 99e6 };

    const cost = usageCostUsd({ ...PRICE, cacheWriteHour: 4, tiers: [] }, usage(used));

    expect(cost).toBeCloseTo(5 * 2 + 10 * 4, 9);
  });

  test('charges cached tokens as input when their rate is unknown', () => {
    const used = usage({ inputTokens: 600_000, cacheReadTokens: 500_000, cacheWriteTokens: 9 });

    const cost = usageCostUsd(PRICE, used);

    expect(cost).toBeCloseTo((600_000 * 8) / 1e6, 12);
  });

  test('chooses the tier by all input tokens, including cached ones', () => {
    const cost = usageCostUsd(PRICE, usage({ inputTokens: 250_000, cacheReadTokens: 240_000 }));

    expect(cost).toBeCloseTo((10_000 * 4 + 240_000 * 0.4) / 1e6, 12);
  });

  test('is null when a required rate is unknown', () => {
    const price = { ...PRICE, input: null, tiers: [] };

    expect(usageCostUsd(null, usage({ inputTokens: 1 }))).toBeNull();
    expect(usageCostUsd(price, usage({ inputTokens: 5, cacheReadTokens: 1 }))).toBeNull();
    expect(usageCostUsd(price, usage({ inputTokens: 5, cacheReadTokens: 5 }))).toBeCloseTo(
      1e-6,
      12,
    );
  });

  test('is never negative, even if the provider does not include cached tokens in the input', () => {
    fc.assert(
      fc.property(flatPrice, count, count, count, (price, inputTokens, cacheReadTokens, out) => {
        const used = usage({ inputTokens, cacheReadTokens, outputTokens: out });

        expect(usageCostUsd(price, used)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  test('doubles when the input and output rates double', () => {
    fc.assert(
      fc.property(flatPrice, count, count, (price, inputTokens, outputTokens) => {
        const used = usage({ inputTokens, outputTokens });
        const twice = { ...price, input: price.input * 2, output: price.output * 2 };

        const single = usageCostUsd(price, used) ?? NaN;

        expect(usageCostUsd(twice, used)).toBeCloseTo(single * 2, 6);
      }),
    );
  });
});
