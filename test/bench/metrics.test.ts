import { bootstrapInterval } from '../../src/bench/metrics/bootstrap.js';
import {
  calibrationFigures,
  pooledDiagram,
  Reliability,
} from '../../src/bench/metrics/calibration.js';
import { rankCorrelation } from '../../src/bench/metrics/rank-correlation.js';
import { unitWeights } from '../../src/bench/metrics/sample.js';
import { quantileOf } from '../../src/bench/metrics/quantile.js';
import { routingCurve } from '../../src/bench/metrics/routing-curve.js';
import { Random } from '../../src/core/random.js';

const WEAK = Array.from({ length: 100 }, (_, i) => (i < 60 ? 1 : 0));
const STRONG = Array.from({ length: 100 }, (_, i) => (i < 90 ? 1 : 0));

describe('routingCurve', () => {
  test('gives a ranker with perfect knowledge of the gains the expected APGR and CPT', () => {
    const scores = WEAK.map((weak, i) => (STRONG[i] ?? 0) - weak + i / 1000);

    const { apgr, cpt50, cpt80 } = routingCurve(scores, WEAK, STRONG);

    // 30 of 100 prompts gain, so the area misses a triangle of that width.
    expect(apgr).toBeCloseTo(0.85, 2);
    expect(cpt50).toBeCloseTo(0.15, 2);
    expect(cpt80).toBeCloseTo(0.24, 2);
  });

  test('gives the reversed ranking the complementary APGR', () => {
    const scores = WEAK.map((weak, i) => weak - (STRONG[i] ?? 0) - i / 1000);

    expect(routingCurve(scores, WEAK, STRONG).apgr).toBeCloseTo(0.15, 2);
  });

  test('gives random scores an APGR of one half on average', () => {
    const random = new Random(4);
    const runs = Array.from({ length: 200 }, () =>
      routingCurve(
        WEAK.map(() => random.next()),
        WEAK,
        STRONG,
      ),
    );

    const mean = runs.reduce((sum, { apgr }) => sum + apgr, 0) / runs.length;

    expect(mean).toBeCloseTo(0.5, 1);
  });

  test('returns NaN when both models have the same mean score', () => {
    expect(routingCurve([1, 2, 3], [1, 0, 1], [0, 1, 1]).apgr).toBeNaN();
  });
});

describe('calibration figures', () => {
  const calibrationOfAll = (probabilities: readonly number[], grades: readonly number[]) => {
    const reliability = new Reliability();
    probabilities.forEach((probability, i) => {
      reliability.add(i, probability, grades[i] ?? 0);
    });
    const figures = calibrationFigures([reliability.sums(unitWeights(probabilities.length))]);
    return { figures, diagram: reliability.diagram() };
  };

  test('compute the Brier score as the mean squared error', () => {
    const { figures } = calibrationOfAll([0.5, 1, 0.2], [0, 1, 0.7]);

    expect(figures.brier).toBeCloseTo(0.5 / 3, 10);
  });

  test('measure overconfidence as ECE and excess, and fill the reliability diagram', () => {
    const { figures, diagram } = calibrationOfAll(
      new Array<number>(10).fill(0.75),
      [1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    );

    expect(figures.ece).toBeCloseTo(0.25, 10);
    expect(figures.excess).toBeCloseTo(0.25, 10);
    expect(diagram.filter(({ outcomes }) => outcomes > 0)).toEqual([
      { from: 11 / 15, to: 12 / 15, outcomes: 10, promised: 0.75, kept: 0.5 },
    ]);
  });

  test('do not cancel opposite errors of two bins in the ECE', () => {
    const { figures } = calibrationOfAll([0.05, 0.95], [1, 0]);

    expect(figures.ece).toBeCloseTo(0.95, 10);
    expect(figures.excess).toBeCloseTo(0, 10);
  });

  test('pool several sets as if their outcomes were one set', () => {
    const [first, second] = [new Reliability(), new Reliability()];
    first.add(0, 0.5, 1);
    second.add(0, 0.5, 0);

    const apart = [first, second].map((one) => one.sums(unitWeights(1)));

    expect(calibrationFigures(apart)).toEqual({ ece: 0, brier: 0.25, excess: 0 });
    expect(pooledDiagram([first.diagram(), second.diagram()])[7]).toMatchObject({
      outcomes: 2,
      kept: 0.5,
    });
  });
});

describe('statistics', () => {
  test('rankCorrelation handles ties', () => {
    expect(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 400])).toBeCloseTo(1, 10);
    expect(rankCorrelation([1, 2, 3], [3, 2, 1])).toBeCloseTo(-1, 10);
    expect(rankCorrelation([1, 1, 2], [1, 2, 3])).toBeCloseTo(0.866, 3);
  });

  test('quantileOf interpolates between values', () => {
    expect(quantileOf([1, 2, 4], 0.75)).toBe(3);
  });
});

test('bootstrapInterval contains the true mean and shrinks with more rows', () => {
  const random = new Random(2);
  const widthOf = (rows: number): number => {
    const mean = (indices: readonly number[]): number =>
      indices.reduce((sum, index) => sum + (index % 2), 0) / indices.length;
    const { low, high } = bootstrapInterval(rows, mean, () => random.next());
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    return high - low;
  };

  expect(widthOf(400)).toBeLessThan(widthOf(40));
});
