import { fc } from '../support/fast-check.js';
import { BENCHMARKS, linearScore } from '../../src/core/benchmark.js';

const RANGES = [...Object.entries(BENCHMARKS), ['unlisted', { least: 0, most: 100 }] as const];

describe('linearScore', () => {
  test('increases with the figure of any benchmark over its whole range', () => {
    const range = fc.constantFrom(...RANGES);
    const share = fc.double({ min: 0, max: 1, noNaN: true });

    fc.assert(
      fc.property(range, share, share, ([benchmark, { least, most }], one, other) => {
        fc.pre(Math.abs(one - other) > 1e-3);
        const [low, high] = [one, other]
          .sort((a, b) => a - b)
          .map((part) => linearScore(benchmark, least + part * (most - least)));

        expect(high).toBeGreaterThan(low ?? NaN);
        expect(Number.isFinite(low)).toBe(true);
      }),
    );
  });

  test('hardly separates scores at chance level, and clearly separates scores well above it', () => {
    const near = linearScore('gpqa_diamond', 27) - linearScore('gpqa_diamond', 23);
    const above = linearScore('gpqa_diamond', 54) - linearScore('gpqa_diamond', 35);

    expect(near).toBeLessThan(0.6);
    expect(above).toBeGreaterThan(0.8);
  });

  test('measures ratings in steps, Elo in log-odds', () => {
    const odds = linearScore('arena_elo', 1400) - linearScore('arena_elo', 1000);

    expect(odds).toBeCloseTo(Math.log(10), 10);
    expect(linearScore('epoch_eci', 150) - linearScore('epoch_eci', 130)).toBeCloseTo(2, 10);
  });

  test('treats ten MT-Bench points as 100 %', () => {
    expect(linearScore('mt_bench', 9)).toBeCloseTo(linearScore('mmmu', 90), 10);
  });
});
