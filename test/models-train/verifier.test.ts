import path from 'node:path';
import { fc } from '../support/fast-check.js';
import { boost } from '../../models/train/verifier/boost.js';
import { fitCalibration } from '../../models/train/verifier/calibration.js';
import { PairGenerator } from '../../models/train/verifier/pair-generator.js';
import { startProgress } from '../../models/train/progress.js';
import { Random } from '../../models/train/random.js';
import { sliceTrees, TreeEnsemble } from '../../src/cache/verify/boosted-trees.js';
import { calibrate } from '../../src/cache/verify/calibration.js';
import { WordTable } from '../../src/cache/verify/word-table.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import { lexiconOf } from '../support/lexicon.js';

const progress = startProgress(() => undefined);
const RECIPE = {
  trees: 60,
  depth: 3,
  rate: 0.2,
  rowShare: 0.8,
  featureShare: 1,
  leafWeight: 1,
  shrinkage: 1,
  directions: new Map<number, -1 | 1>(),
};

describe('boost', () => {
  const ROWS = 2000;

  /** Two numbers between 0 and 1 a row, and a label for each. */
  const rowsOf = (labelOf: (x: number, y: number) => number) => {
    const random = new Random(5);
    const inputs = Float32Array.from({ length: 2 * ROWS }, () => random.next());
    const labels = Float32Array.from({ length: ROWS }, (_, i) =>
      labelOf(inputs[2 * i] ?? 0, inputs[2 * i + 1] ?? 0),
    );
    return { inputs, labels, weights: new Float32Array(ROWS).fill(1) };
  };
  const grow = (rows: ReturnType<typeof rowsOf>, directions = RECIPE.directions) => {
    const { trees, start } = boost(
      rows,
      2,
      { ...RECIPE, directions },
      { random: new Random(1), progress },
    );
    const sum = new TreeEnsemble(trees);
    return (x: number, y: number): number => start + sum.score(Float32Array.of(x, y));
  };

  test('learns an interaction of two features', () => {
    const score = grow(rowsOf((x, y) => Number(x > 0.5 !== y > 0.5)));

    expect(score(0.2, 0.8)).toBeGreaterThan(2);
    expect(score(0.8, 0.2)).toBeGreaterThan(2);
    expect(score(0.2, 0.2)).toBeLessThan(-2);
    expect(score(0.8, 0.8)).toBeLessThan(-2);
  });

  test('respects a monotonic constraint, whatever the labels', () => {
    const score = grow(
      rowsOf((x, y) => Number(Math.sin(9 * x) + y > 0.6)),
      new Map([[0, 1]]),
    );

    fc.assert(
      fc.property(
        fc.float({ min: 0, max: 1, noNaN: true }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (low, high, y) => {
          const [x1, x2] = [Math.min(low, high), Math.max(low, high)];
          expect(score(x1, y)).toBeLessThanOrEqual(score(x2, y) + 1e-5);
        },
      ),
    );
  });

  test('uses a late feature only after the first trees', () => {
    const rows = rowsOf((x, y) => Number(x > 0.5) * Number(y > 0.3));
    const late = new Map([[0, 20]]);

    const { trees } = boost(rows, 2, { ...RECIPE, late }, { random: new Random(1), progress });

    const looksAt = (from: number, to: number): ReadonlySet<number> => {
      const { features, thresholds } = sliceTrees(trees, from, to);
      // A node without a split sends everything to the left.
      return new Set(features.filter((_, i) => (thresholds[i] ?? Infinity) < 1e30));
    };
    expect(looksAt(0, 20)).toEqual(new Set([1]));
    expect(looksAt(20, 60)).toEqual(new Set([0, 1]));
  });

  test('gives the same sum when the trees are split in two parts', () => {
    const { trees } = boost(
      rowsOf((x, y) => Number(x > y)),
      2,
      RECIPE,
      { random: new Random(1), progress },
    );
    const [front, back] = [[0, 25] as const, [25, 60] as const].map(
      ([from, to]) => new TreeEnsemble(sliceTrees(trees, from, to)),
    );
    const input = Float32Array.of(0.7, 0.2);

    expect((front?.score(input) ?? 0) + (back?.score(input) ?? 0)).toBeCloseTo(
      new TreeEnsemble(trees).score(input),
      5,
    );
  });

  test('is reproducible', () => {
    const rows = rowsOf((x) => Number(x > 0.3));

    expect(grow(rows)(0.4, 0.1)).toBe(grow(rows)(0.4, 0.1));
  });
});

describe('fitCalibration', () => {
  test('estimates the probability that a score is right', () => {
    const random = new Random(2);
    const scored = Array.from({ length: 20_000 }, () => {
      const score = 6 * random.next() - 3;
      const right = random.next() < 1 / (1 + Math.exp(-score / 2));
      return { score, label: Number(right), weight: 1 };
    });

    const calibration = fitCalibration(scored);

    for (const score of [-2, -1, 0, 1, 2]) {
      const share = 1 / (1 + Math.exp(-score / 2));
      expect(Math.abs(calibrate(calibration, score) - share)).toBeLessThan(0.02);
    }
  });

  test('is constant beyond the ends of the data', () => {
    const scored = Array.from({ length: 600 }, (_, i) => {
      return { score: (i - 300) / 50, label: Number(i % 7 === 0 ? i < 300 : i >= 300), weight: 1 };
    });

    const calibration = fitCalibration(scored);
    const { least, most } = calibration;

    expect([least, most]).toEqual([-5.82, 5.8]);
    expect(calibrate(calibration, 50)).toBe(calibrate(calibration, most));
    expect(calibrate(calibration, -50)).toBe(calibrate(calibration, least));
    expect(calibrate(calibration, most)).toBeGreaterThan(calibrate(calibration, most - 0.1));
  });

  test('is constant when higher scores are right less often', () => {
    const scored = [-2, -1, 0, 1, 2].map((score) => {
      return { score, label: Number(score < 0), weight: 1 };
    });

    const calibration = fitCalibration(scored);

    for (const score of [-2, 0, 2]) {
      expect(calibrate(calibration, score)).toBeCloseTo(3 / 7, 10);
    }
  });

  test('is monotonic, and stays strictly between 0 and 1', () => {
    const pairs = fc.array(
      fc.record({
        score: fc.double({ min: -5, max: 5, noNaN: true }),
        label: fc.constantFrom(0, 1),
        weight: fc.constantFrom(0.5, 1),
      }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(pairs, (scored) => {
        const calibration = fitCalibration(scored);
        const values = [-9, -3, -1, 0, 1, 3, 9].map((score) => calibrate(calibration, score));

        expect(values).toEqual(values.toSorted((x, y) => x - y));
        expect(values.every((value) => value > 0 && value < 1)).toBe(true);
      }),
    );
  });
});

describe('PairGenerator', () => {
  const QUESTIONS = [
    'How do I sort a list of 10 words in Python without a library?',
    'Write a short story about a dragon and a knight who become friends.',
    'What is the difference between mitosis and meiosis?',
    'Convert kilometers to miles in a spreadsheet formula for my students',
  ];
  const makerOf = (seed: number): PairGenerator =>
    new PairGenerator(
      'python javascript dragon castle knight spreadsheet formula mitosis library students'.split(
        ' ',
      ),
      new WordTable(StaticEmbedder.load(path.resolve('models', 'embedder.bin')), lexiconOf()),
      new Random(seed),
    );

  test('creates paraphrases with label 1 and changed questions with label 0', () => {
    const maker = makerOf(1);
    for (const question of QUESTIONS) {
      for (let i = 0; i < 6; i++) {
        const [same, different] = [maker.same(question), maker.different(question)];
        expect(same === null || (same.label === 1 && same.b !== question)).toBe(true);
        expect(different === null || (different.label === 0 && different.a !== different.b)).toBe(
          true,
        );
      }
    }
  });

  test('is reproducible by its seed', () => {
    const make = (seed: number): unknown => {
      const maker = makerOf(seed);
      return QUESTIONS.flatMap((question) => [maker.same(question), maker.different(question)]);
    };

    expect(make(3)).toEqual(make(3));
    expect(make(3)).not.toEqual(make(4));
  });
});
