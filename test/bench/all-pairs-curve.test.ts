import { PairCurve } from '../../src/bench/metrics/pair-curve.js';
import { separatedPairs, AllPairsCurve } from '../../src/bench/metrics/all-pairs-curve.js';
import { unitWeights, resample } from '../../src/bench/metrics/sample.js';
import { Random } from '../../src/core/random.js';
import { fc } from '../support/fast-check.js';

const GRADES = fc.constantFrom(0, 0.5, 1);
const ROWS = fc.array(
  fc.record({
    ranks: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }),
    scores: fc.tuple(GRADES, GRADES, GRADES),
  }),
  { minLength: 4, maxLength: 40 },
);
const PAIRS = [
  { weak: 0, strong: 1 },
  { weak: 0, strong: 2 },
  { weak: 1, strong: 2 },
] as const;

describe('AllPairsCurve', () => {
  test("weighs every pair's dense APGR by the gap between its models", () => {
    fc.assert(
      fc.property(ROWS, fc.integer(), (rows, seed) => {
        const random = new Random(seed);
        const [counts = unitWeights(rows.length)] = resample(rows.length, 1, () => random.next());
        const scores = [0, 1, 2].map((m) => rows.map((row) => row.scores[m] ?? 0));
        const ranks = PAIRS.map((_, p) => rows.map((row) => row.ranks[p] ?? 0));
        const gapOf = ({ weak, strong }: (typeof PAIRS)[number]) =>
          rows.reduce(
            (sum, row, i) => sum + (counts[i] ?? 0) * (row.scores[strong] - row.scores[weak]),
            0,
          );
        const gaps = PAIRS.map(gapOf);
        fc.pre(gaps.every((gap) => gap !== 0) && gaps.reduce((a, b) => a + b) !== 0);

        const all = new AllPairsCurve(
          scores,
          PAIRS,
          (pair) => ranks[PAIRS.indexOf(pair as (typeof PAIRS)[number])] ?? [],
        );

        const one = PAIRS.map(({ weak, strong }, p) =>
          new PairCurve(ranks[p] ?? [], scores[weak] ?? [], scores[strong] ?? []).figures(counts),
        );
        const sum = one.reduce((total, { denseApgr }, p) => total + denseApgr * (gaps[p] ?? 0), 0);
        expect(all.recoveredShare(counts)).toBeCloseTo(sum / gaps.reduce((a, b) => a + b), 8);
      }),
    );
  });

  test('recovers one half for a ranker that scores all prompts equally', () => {
    const scores = [
      [0, 0, 1, 0],
      [1, 0, 1, 1],
    ];

    const curve = new AllPairsCurve(scores, [{ weak: 0, strong: 1 }], () => [7, 7, 7, 7]);

    expect(curve.recoveredShare(unitWeights(4))).toBeCloseTo(0.5, 12);
  });
});

test('separatedPairs returns the pairs whose means differ enough, the weaker model first', () => {
  const scores = [
    [0, 1],
    [1, 1],
    [0.02, 1],
  ];

  expect(separatedPairs(scores, unitWeights(2), 0.05)).toEqual([
    { weak: 0, strong: 1 },
    { weak: 2, strong: 1 },
  ]);
});
