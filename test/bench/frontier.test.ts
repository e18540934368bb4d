import { fc } from '../support/fast-check.js';
import {
  arenaScore,
  averageQuality,
  costOfQuality,
  frontierOf,
  qualityAtCost,
} from '../../src/bench/metrics/frontier.js';

const point = (costUsd: number, quality: number) => ({ costUsd, quality });
const POINTS = fc.array(
  fc.record({ costUsd: fc.integer({ min: 1, max: 50 }), quality: fc.integer({ min: 0, max: 20 }) }),
  { minLength: 1, maxLength: 30 },
);

describe('cost-quality frontier', () => {
  test('is the convex hull from the cheapest point to the best', () => {
    const points = [point(4, 0.5), point(1, 0.2), point(2, 0.6), point(3, 0.61), point(5, 0.8)];

    expect(frontierOf(points)).toEqual([point(1, 0.2), point(2, 0.6), point(5, 0.8)]);
  });

  test('lies on or above every point and is concave', () => {
    fc.assert(
      fc.property(POINTS, (points) => {
        const hull = frontierOf(points);

        for (const { costUsd, quality } of points) {
          expect(qualityAtCost(hull, costUsd)).toBeGreaterThanOrEqual(quality - 1e-9);
        }
        const slopes = hull.slice(1).map((to, i) => {
          const from = hull[i] ?? to;
          return (to.quality - from.quality) / (to.costUsd - from.costUsd);
        });
        expect(slopes).toEqual([...slopes].sort((a, b) => b - a));
      }),
    );
  });

  test('averages quality up to the largest cost, extended flat beyond its last point', () => {
    const hull = [point(1, 0.2), point(3, 0.6)];

    // (0.2 + 0.6) / 2 * 2 + 0.6 * 1, over 4.
    expect(averageQuality(hull, 4)).toBeCloseTo(0.35, 10);
  });

  test('interpolates the cost of a quality, and returns NaN outside its range', () => {
    const hull = [point(1, 0.2), point(3, 0.6)];

    expect(costOfQuality(hull, 0.5)).toBeCloseTo(2.5, 10);
    expect(costOfQuality(hull, 0.1)).toBe(1);
    expect(costOfQuality(hull, 0.7)).toBeNaN();
    expect(qualityAtCost(hull, 0.5)).toBeNaN();
    expect(qualityAtCost(hull, 2)).toBeCloseTo(0.4, 10);
    expect(qualityAtCost(hull, 9)).toBe(0.6);
  });
});

// A leaderboard row of RouterArena: GPT-5 with 73.96 % at $10.02 per thousand queries scores 64.32.
test('arenaScore reproduces a published score of the RouterArena leaderboard', () => {
  expect(100 * arenaScore(point(10.02 / 1000, 0.7396))).toBeCloseTo(64.32, 1);
  expect(arenaScore(point(0, 1))).toBeNaN();
});
