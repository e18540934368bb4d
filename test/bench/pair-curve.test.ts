import { fc } from '../support/fast-check.js';
import { numpyInterp } from '../../src/bench/metrics/numpy-interp.js';
import { PairCurve } from '../../src/bench/metrics/pair-curve.js';
import { unitWeights, resample } from '../../src/bench/metrics/sample.js';
import { Random } from '../../src/core/random.js';

describe('numpyInterp', () => {
  // What numpy 2.4.6 gave for these.
  test.each([
    { x: 6.5, xp: [1, 4, 9], fp: [0, 30, 80], expected: 55 },
    { x: 0, xp: [1, 4], fp: [5, 6], expected: 5 },
    { x: 10, xp: [1, 4], fp: [5, 6], expected: 6 },
    { x: 4, xp: [1, 4, 9], fp: [0, 30, 80], expected: 30 },
    {
      x: 6.36,
      xp: [5.75, 0.22, 5.49, 2.47, 6.72, 9.68, 5.57, 9.54, 0.83, 7.78, 8.57],
      fp: [8.4, 16.1, 16.4, 20.1, 25.1, 30, 34.8, 37.2, 68.3, 86.7, 88.7],
      expected: 82.94057553956834,
    },
  ])('at $x returns the value that numpy returns', ({ x, xp, fp, expected }) => {
    expect(numpyInterp(x, xp, fp)).toBeCloseTo(expected, 10);
  });
});

// A direct implementation of RouteLLM's steps, to check the faster one by counts.
function routellm(scores: readonly number[], weak: readonly number[], strong: readonly number[]) {
  const mean = (values: readonly number[]) => values.reduce((s, v) => s + v, 0) / values.length;
  const sorted = [...scores].sort((a, b) => a - b);
  const points = Array.from({ length: 11 }, (_, k) => {
    const at = k * 0.1 * (sorted.length - 1);
    const low = sorted[Math.floor(at)] ?? 0;
    const high = sorted[Math.floor(at) + 1] ?? low;
    const t = at - Math.floor(at);
    const threshold = t < 0.5 ? low + (high - low) * t : high - (high - low) * (1 - t);
    const toStrong = scores.map((s) => (k < 10 ? s >= threshold : s > threshold));
    return {
      share: mean(toStrong.map(Number)),
      quality: mean(toStrong.map((up, i) => (up ? strong[i] : weak[i]) ?? 0)),
    };
  }).reverse();
  const area = (y: (i: number) => number) =>
    points.slice(1).reduce((sum, point, i) => {
      const width = point.share - (points[i]?.share ?? 0);
      return sum + (width * (y(i) + y(i + 1))) / 2;
    }, 0);
  const whole = area((i) => points[i]?.quality ?? 0);
  const low = area(() => mean(weak));
  return { apgr: (whole - low) / (area(() => mean(strong)) - low) };
}

const GRADED = fc
  .array(
    fc.record({
      score: fc.integer({ min: 0, max: 30 }),
      weak: fc.constantFrom(0, 0.5, 1),
      strong: fc.constantFrom(0, 0.5, 1),
    }),
    { minLength: 12, maxLength: 60 },
  )
  .filter((rows) => rows.reduce((sum, row) => sum + row.strong - row.weak, 0) !== 0);

describe('PairCurve', () => {
  test("has RouteLLM's APGR for any scores", () => {
    fc.assert(
      fc.property(GRADED, (rows) => {
        const column = (name: 'score' | 'weak' | 'strong') => rows.map((row) => row[name]);
        const columns = [column('score'), column('weak'), column('strong')] as const;

        const { apgr } = new PairCurve(...columns).figures(unitWeights(rows.length));

        expect(apgr).toBeCloseTo(routellm(...columns).apgr, 8);
      }),
    );
  });

  test('gives a resample by counts the figures of the same rows written out', () => {
    fc.assert(
      fc.property(GRADED, fc.integer({ min: 1, max: 1000 }), (rows, seed) => {
        const random = new Random(seed);
        const [counts = unitWeights(rows.length)] = resample(rows.length, 1, () => random.next());
        const drawn = rows.flatMap((row, i) => new Array<typeof row>(counts[i] ?? 0).fill(row));
        const curve = (from: typeof rows) =>
          new PairCurve(
            from.map(({ score }) => score),
            from.map(({ weak }) => weak),
            from.map(({ strong }) => strong),
          );

        const byCounts = curve(rows).figures(counts);
        const byRows = curve(drawn).figures(unitWeights(drawn.length));

        // As rounded text, NaN equals itself.
        const rounded = (figures: typeof byRows) =>
          Object.values(figures).map((figure: number) => figure.toFixed(8).replace('-0.0', '0.0'));
        expect(rounded(byCounts)).toEqual(rounded(byRows));
      }),
    );
  });

  test('gives tied scores the expected figures of a random order', () => {
    const weak = [0, 0, 0, 0];
    const strong = [1, 0, 1, 0];

    const { denseApgr, denseCpt50 } = new PairCurve([1, 1, 1, 1], weak, strong).figures(
      unitWeights(4),
    );

    expect(denseApgr).toBeCloseTo(0.5, 10);
    expect(denseCpt50).toBeCloseTo(0.5, 10);
  });
});
