import { estimateStrength } from '../../src/route/model-strength.js';
import type { ModelFacts } from '../../src/route/model-strength.js';
import { calibrate } from '../../models/train/predictor/calibrate.js';
import {
  forEachDemand,
  forEachPrediction,
  logOddsOf,
  memoryOf,
} from '../../models/train/predictor/ensemble.js';
import { findCentroids, nearestCentroid } from '../../models/train/predictor/familiarity.js';
import { fitStrength } from '../../models/train/predictor/strength.js';
import { Random } from '../../models/train/random.js';
import { INPUTS, plantedTable, ROWS, trained } from './planted-table.js';

const HELD_OUT = Array.from({ length: ROWS / 2 }, (_, i) => ROWS / 2 + i);

describe('predictor training', () => {
  const table = plantedTable();
  const ensemble = trained(table);

  test('learns which prompts are hard, which are long, and which model is better', () => {
    let concordant = 0;
    let longer = 0;
    let better = 0;
    let last: { hard: number; logOdds: number; long: number; logTokens: number } | null = null;
    forEachDemand(ensemble, table, HELD_OUT, (demand, row) => {
      const now = {
        hard: table.inputs[row * INPUTS] ?? 0,
        long: table.inputs[row * INPUTS + 1] ?? 0,
        logOdds: logOddsOf(ensemble, demand, 0),
        logTokens: demand.logTokens,
      };
      better += now.logOdds > logOddsOf(ensemble, demand, 1) ? 1 : 0;
      concordant += last === null || now.hard > last.hard === now.logOdds < last.logOdds ? 1 : 0;
      longer += last === null || now.long > last.long === now.logTokens > last.logTokens ? 1 : 0;
      last = now;
    });

    expect(better).toBe(HELD_OUT.length);
    expect(concordant / HELD_OUT.length).toBeGreaterThan(0.85);
    expect(longer / HELD_OUT.length).toBeGreaterThan(0.85);
  });

  test('is reproducible by its seed', () => {
    expect(trained(table).abilities).toEqual(ensemble.abilities);
  });

  test('stores a residual for every graded training answer, with a mean near 0', () => {
    const { shape, tables } = memoryOf(ensemble, table);

    const surprise = tables.surprises.reduce((sum, value) => sum + value, 0);

    expect(shape).toMatchObject({ rows: ROWS / 2, answers: ROWS });
    expect(tables.cellEnds.at(-1)).toBe(ROWS / 2);
    expect(tables.answerEnds.at(-1)).toBe(ROWS);
    expect(Math.abs(surprise / 127 / ROWS)).toBeLessThan(0.05);
    expect(tables.surprises.some((value) => Math.abs(value) > 60)).toBe(true);
  });

  test('lowers the estimate of a model on prompts similar to those where it did worse than expected', () => {
    const odd = (row: number): boolean => (table.inputs[row * INPUTS + 2] ?? 0) > 1;
    const leadOn = (score: Float32Array): number => {
      let lead = 0;
      forEachPrediction(ensemble, { ...table, score }, HELD_OUT.filter(odd), (_, logOdds) => {
        lead += logOdds(0) - logOdds(1);
      });
      return lead;
    };

    const turned = table.score.map((value, i) => (odd(Math.floor(i / 2)) ? 1 - value : value));

    expect(leadOn(turned)).toBeLessThan(0.8 * leadOn(table.score));
  });

  test('calibrates to held-out prompts', () => {
    calibrate(ensemble, table, HELD_OUT);

    let promised = 0;
    let kept = 0;
    forEachPrediction(ensemble, table, HELD_OUT, (row, logOdds) => {
      promised += 1 / (1 + Math.exp(-logOdds(0)));
      kept += table.score[2 * row] ?? 0;
    });

    expect(promised / HELD_OUT.length).toBeCloseTo(kept / HELD_OUT.length, 1);
  });
});

describe('strength from facts', () => {
  const NAMELESS = { id: 'acme/one', released: null, benchmarks: {}, hosts: [] };
  const facts = (figure: number, released: string | null = null): ModelFacts => ({
    ...NAMELESS,
    released,
    benchmarks: { exam: figure },
  });
  const graded = [30, 40, 50, 60, 70, 80].map((figure, i) => ({
    name: `model-${i}`,
    facts: facts(figure),
    grades: [{ set: 'quiz', value: (figure - 55) / 20, variance: 0.05 }],
  }));

  test('places an ungraded model between those with lower and higher scores', () => {
    const { rule } = fitStrength(graded, []);

    const { mean, variance } = estimateStrength(facts(65), rule);

    expect(mean).toBeGreaterThan(estimateStrength(facts(55), rule).mean);
    expect(mean).toBeLessThan(estimateStrength(facts(75), rule).mean);
    expect(variance).toBeLessThan(rule.variance);
  });

  describe('by the size in a name', () => {
    const SIZES = [1, 2, 3, 4, 7, 8, 13, 14, 32, 34, 70, 72];
    const sized = SIZES.map((size, i) => ({
      name: `acme/open-${size}b`,
      facts: {
        ...NAMELESS,
        id: `acme/open-${size}b`,
        released: i % 2 === 0 ? '2024-01' : '2025-01',
      },
      grades: [{ set: 'quiz', value: Math.log(size) - 2 + (i % 2), variance: 0.05 }],
    }));
    const { rule } = fitStrength(sized, []);
    const priceOf = (output: number) => ({
      ...{ input: output, output, cacheRead: null, cacheWrite: null },
      ...{ asOf: '2026-01-01', source: 'test', tiers: [] },
    });
    const priced = (id: string, output: number): ModelFacts => ({
      ...NAMELESS,
      id,
      hosts: [{ provider: 'host', model: id, price: priceOf(output) }],
    });

    test('expects more of a larger model, and is more certain than about a nameless one', () => {
      const [small, large] = ['own/tune-1.5b', 'own/tune:70b-q4'].map((id) =>
        estimateStrength({ ...NAMELESS, id }, rule),
      );

      expect((large?.mean ?? 0) - (small?.mean ?? 0)).toBeGreaterThan(1);
      expect(large?.variance).toBeLessThan(estimateStrength(NAMELESS, rule).variance);
      expect([large?.facts, estimateStrength(NAMELESS, rule).facts]).toEqual([1, 0]);
    });

    test('uses size instead of a nominal price, and the price otherwise', () => {
      const free = estimateStrength(priced('own/tune-7b', 0), rule);
      const paid = estimateStrength(priced('own/tune-7b', 2), rule);

      expect(free).toEqual(estimateStrength({ ...NAMELESS, id: 'own/tune-7b' }, rule));
      expect(paid).toEqual(estimateStrength(priced('own/tune', 2), rule));
    });

    test('is not learned from few models', () => {
      expect(fitStrength(sized.slice(0, 9), []).rule.size).toBeUndefined();
    });
  });

  test('does not give a benchmark a negative slope', () => {
    const inverted = graded.map((model) => ({
      ...model,
      grades: model.grades.map((grade) => ({ ...grade, value: -grade.value })),
    }));

    expect(fitStrength(inverted, []).rule.benchmarks['exam']?.slope).toBeGreaterThan(0);
  });

  test('omits a benchmark that too few models have', () => {
    expect(fitStrength(graded.slice(0, 3), []).rule.benchmarks).toEqual({});
  });

  test('reduces the variance with each known benchmark, but never below the common variance', () => {
    const both = (figure: number): ModelFacts => ({
      ...NAMELESS,
      benchmarks: { exam: figure, orals: figure },
    });
    const { rule } = fitStrength(
      graded.map((model, i) => ({ ...model, facts: both(30 + 10 * i) })),
      [],
    );

    const widths = [{}, { exam: 60 }, { exam: 60, orals: 60 }].map(
      (benchmarks) => estimateStrength({ ...NAMELESS, benchmarks }, rule).variance,
    );

    expect(widths).toEqual([...widths].sort((a, b) => b - a));
    expect(new Set(widths).size).toBe(3);
    expect(widths[2]).toBeGreaterThan(rule.common);
  });

  test('places a benchmark without graded models through models that have another benchmark too', () => {
    const others = [35, 45, 55, 65, 75].map((figure) => ({
      ...facts(figure),
      benchmarks: { exam: figure, viva: figure - 20 },
    }));

    const { rule } = fitStrength(graded, others);

    const told = [20, 40, 60].map(
      (viva) => estimateStrength({ ...NAMELESS, benchmarks: { viva } }, rule).mean,
    );
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect((told[2] ?? 0) - (told[0] ?? 0)).toBeGreaterThan(0.3);
  });

  test('does not underestimate a model that was graded on a hard set', () => {
    const hard = graded.map((model, i) => ({
      ...model,
      grades: model.grades.map(({ value, variance }) =>
        i % 2 === 0
          ? { set: 'ordeal', value: value - 1.5, variance }
          : { set: 'quiz', value, variance },
      ),
    }));

    const { rule, levelOf } = fitStrength(hard, []);

    const [weakest, ...others] = hard.map((model) => levelOf(model).mean);
    expect([weakest, ...others]).toEqual([weakest, ...others].sort((a = 0, b = 0) => a - b));
    expect(estimateStrength(facts(50), rule).mean).toBeGreaterThan(
      estimateStrength(facts(40), rule).mean,
    );
  });

  test('keeps the spread of the grades, however many benchmarks agree', () => {
    const figures = (figure: number): ModelFacts => ({
      ...NAMELESS,
      benchmarks: Object.fromEntries(
        ['exam', 'orals', 'viva', 'essay', 'test'].map((name) => [name, figure]),
      ),
    });
    const sets = ['quiz', 'ordeal', 'drill'];
    const spread = [30, 40, 50, 60, 70, 80].map((figure, i) => ({
      name: `model-${i}`,
      facts: figures(figure),
      // Figures from 30 to 80 are 2.2 apart in log-odds, grades 5.
      grades: sets.map((set, s) => ({ set, value: (figure - 55) / 10 - s, variance: 0.05 })),
    }));

    const { rule } = fitStrength(spread, []);

    const apart = [70, 40].map((figure) => estimateStrength(figures(figure), rule).mean);
    expect((apart[0] ?? 0) - (apart[1] ?? 0)).toBeGreaterThan(2.4);
    expect((apart[0] ?? 0) - (apart[1] ?? 0)).toBeLessThan(3.6);
  });

  test('does not learn a benchmark from grades on its own questions', () => {
    const leaked = graded.map((model, i) => ({
      ...model,
      facts: { ...model.facts, benchmarks: { mmlu_pro: 30 + 10 * i } },
      grades: model.grades.map((grade) => ({ ...grade, set: 'mmlu_pro' })),
    }));

    expect(fitStrength(leaked, []).rule.benchmarks).toEqual({});
  });
});

test('findCentroids places centroids near the vectors', () => {
  const random = new Random(5);
  const around = (axis: number): Float32Array => {
    const vector = Float32Array.from({ length: 8 }, (_, i) =>
      i === axis ? 1 : 0.05 * random.normal(),
    );
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  };
  const vectors = Array.from({ length: 60 }, (_, i) => around(i % 2));

  const centroids = findCentroids(vectors, 8, random);

  expect(nearestCentroid(centroids, around(0)).cosine).toBeGreaterThan(0.95);
  expect(nearestCentroid(centroids, around(5)).cosine).toBeLessThan(0.5);
});
