import { fc } from '../../support/fast-check.js';

import { Histogram } from '../../../bench/overhead/histogram.js';

function histogramOf(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

describe('Histogram', () => {
  test('summarises no values as zeros', () => {
    expect(new Histogram().summary()).toEqual({
      count: 0,
      p50Us: 0,
      p90Us: 0,
      p99Us: 0,
      maxUs: 0,
    });
  });

  test('finds every quantile within one per cent', () => {
    const durations = fc.array(fc.double({ min: 0.1, max: 4e8, noNaN: true }), { minLength: 1 });

    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const sorted = values.toSorted((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(q * sorted.length)) - 1] ?? 0;

        const found = histogramOf(values).quantile(q);

        // Recorded in tenths of a microsecond: half of one is lost below a hundredth of the value.
        expect(Math.abs(found - exact)).toBeLessThanOrEqual(exact / 100 + 0.051);
      }),
    );
  });

  test('keeps the exact maximum and the count', () => {
    const { count, maxUs } = histogramOf([3.25, 1e12, 7]).summary();

    expect({ count, maxUs }).toEqual({ count: 3, maxUs: 1e12 });
  });

  test('clamps values outside its range to the ends', () => {
    const histogram = histogramOf([-5, 1e12]);

    expect(histogram.quantile(0.5)).toBe(0);
    expect(histogram.quantile(1)).toBeGreaterThan(4.2e8);
  });
});
