import { shareInterval } from '../../../src/cache/semantic/beta.js';
import { ErrorRates, type MatchPrediction } from '../../../src/cache/semantic/error-rates.js';
import { Random } from '../../../src/core/random.js';

/** A simulated world: how often predictions are wrong, and how they are distributed. */
interface World {
  /** Overconfidence of the verifier: 1 is calibrated, with 5 it predicts 1 % where 5 % are wrong. */
  readonly overconfidence: number;
  /** Minimum error rate, however confident the verifier is. */
  readonly blindSpot: number;
  /** The larger, the more predictions are confident. */
  readonly confidence: number;
  readonly partitions: number;
  readonly maxError: number;
  readonly seed: number;
}

/** A fixed set of worlds; every other one has a large blind spot. */
function worlds(count: number): World[] {
  const random = new Random(1);
  const between = (low: number, high: number) => low + (high - low) * random.next();
  return Array.from({ length: count }, (_, at) => ({
    overconfidence: between(0.5, 12),
    blindSpot: between(0, at % 2 === 0 ? 0.05 : 0.002),
    confidence: between(0.5, 5),
    partitions: 1 + random.below(8),
    maxError: [0.005, 0.01, 0.03][random.below(3)] ?? 0.01,
    seed: random.below(2 ** 31),
  }));
}

/** Simulates predictions, and counts what was served after the first `warmUp` of them. */
function simulate(
  { overconfidence, blindSpot, confidence, partitions, maxError, seed }: World,
  predictions: number,
  warmUp: number,
): { served: number; wrong: number; rechecked: number } {
  const random = new Random(seed);
  const rates = new ErrorRates();
  const result = { served: 0, wrong: 0, rechecked: 0 };
  for (let i = 0; i < predictions; i++) {
    const wrong = 0.4 * random.next() ** confidence;
    const key = `answer ${random.below(5_000)}`;
    const prediction: MatchPrediction = {
      partition: `p${random.below(partitions)}`,
      key,
      errorProbability: wrong,
    };
    const isRight = random.next() >= Math.min(1, blindSpot + overconfidence * wrong);
    const outlook = rates.estimate(prediction, maxError);
    rates.countPrediction(prediction);
    const serves = outlook?.isServable === true;
    if (serves && i >= warmUp) {
      result.served += 1;
      if (!isRight) result.wrong += 1;
    }
    // What is not served goes to a model anyway, so comparing it costs nothing.
    const isChecked = !serves || random.next() < rates.recheckProbability(prediction, 0.05);
    if (serves && isChecked) result.rechecked += 1;
    if (isChecked) rates.recordResult(prediction, isRight);
  }
  return result;
}

describe('after a warm-up, whatever the quality of the verifier', () => {
  const results = worlds(100).map((given) => ({ ...given, ...simulate(given, 12_000, 4_000) }));

  test('the error budget is kept in at least 95 of 100 simulated worlds, and with a wide margin overall', () => {
    const over = results.filter(
      ({ served, wrong, maxError }) =>
        // The true rate may be at the budget, and chance may exceed it slightly.
        shareInterval(wrong, Math.max(1, served), 0.99).low > maxError,
    );
    const wrong = results.reduce((sum, result) => sum + result.wrong, 0);
    const allowed = results.reduce((sum, { served, maxError }) => sum + served * maxError, 0);

    expect(over.length).toBeLessThanOrEqual(0.05 * results.length);
    expect(wrong).toBeLessThan(0.75 * allowed);
  });

  test('a verifier whose error rate always exceeds the budget serves at most 2 % of its predictions', () => {
    const blind = results.filter((result) => result.blindSpot > 1.2 * result.maxError);

    const served = blind.reduce((sum, result) => sum + result.served, 0);

    expect(blind.length).toBeGreaterThan(10);
    expect(served).toBeLessThan(0.02 * 8_000 * blind.length);
  });
});

test('serves almost nothing if the verifier is no better than chance', () => {
  const common = { confidence: 3, partitions: 2, maxError: 0.01, seed: 3 };

  const { served } = simulate({ ...common, overconfidence: 1, blindSpot: 0.3 }, 8_000, 1_000);

  expect(served).toBeLessThan(10);
});

test('serves more than the verifier predicts if results show that its predictions are right', () => {
  const common = { blindSpot: 0, confidence: 1, partitions: 1, maxError: 0.01, seed: 4 };

  const honest = simulate({ ...common, overconfidence: 1 }, 12_000, 4_000);
  const modest = simulate({ ...common, overconfidence: 0.02 }, 12_000, 4_000);

  expect(modest.served).toBeGreaterThan(5 * honest.served);
  expect(modest.wrong / modest.served).toBeLessThan(0.01);
});

test('rechecks fewer than a fifth of all hits', () => {
  const { served, rechecked } = simulate(
    { overconfidence: 1, blindSpot: 0, confidence: 6, partitions: 1, maxError: 0.03, seed: 5 },
    12_000,
    0,
  );

  expect(served).toBeGreaterThan(4_000);
  expect(rechecked / served).toBeLessThan(0.2);
});

describe('results of a single answer', () => {
  const prediction: MatchPrediction = { partition: 'p', key: 'k', errorProbability: 0.0005 };

  test('stop it, but no other answer, from being served after it was found wrong', () => {
    const rates = new ErrorRates();
    for (let i = 0; i < 500; i++) rates.recordResult({ ...prediction, key: `k${i}` }, true);
    const before = rates.estimate(prediction, 0.01)?.isServable;

    rates.recordResult(prediction, false);

    expect(before).toBe(true);
    expect(rates.estimate(prediction, 0.01)?.isServable).toBe(false);
    expect(rates.estimate({ ...prediction, key: 'other' }, 0.01)?.isServable).toBe(true);
  });

  test('do not stop it where the verifier is confident, if it was wrong where the verifier was not', () => {
    const rates = new ErrorRates();

    rates.recordResult({ ...prediction, errorProbability: 0.2 }, false);

    expect(rates.estimate(prediction, 0.01)?.isServable).toBe(true);
  });

  test('no longer count after they are forgotten', () => {
    const rates = new ErrorRates();
    for (let i = 0; i < 500; i++) rates.recordResult({ ...prediction, key: `k${i}` }, true);
    rates.recordResult(prediction, false);

    rates.forget(prediction.key);

    expect(rates.estimate(prediction, 0.01)?.isServable).toBe(true);
  });
});

test('learns for the partition of a result, and a little for all others', () => {
  const rates = new ErrorRates();
  const prediction = (partition: string): MatchPrediction => ({
    partition,
    key: 'k',
    errorProbability: 0.004,
  });
  const before = rates.estimate(prediction('b'), 0.01)?.expectedError ?? 0;

  for (let i = 0; i < 40; i++)
    rates.recordResult({ ...prediction('a'), key: `k${i}` }, i % 2 === 0);

  const [a, b] = ['a', 'b'].map(
    (name) => rates.estimate(prediction(name), 0.01)?.expectedError ?? 0,
  );
  expect(a).toBeGreaterThan(b ?? 0);
  expect(b).toBeGreaterThan(before);
});

test('ignores predictions with an error probability above one half', () => {
  const rates = new ErrorRates();
  const prediction: MatchPrediction = { partition: 'p', key: 'k', errorProbability: 0.6 };

  rates.countPrediction(prediction);
  rates.recordResult(prediction, true);

  expect(rates.estimate(prediction, 1)).toBeNull();
  expect(rates.counts.every(({ predictions, checked }) => predictions === 0 && checked === 0)).toBe(
    true,
  );
});

test.each([
  // R: binom.test(0, 299)$conf.int and so on.
  { hits: 0, tries: 299, low: 0, high: 0.012262 },
  { hits: 3, tries: 100, low: 0.006229, high: 0.085176 },
  { hits: 10, tries: 10, low: 0.691503, high: 1 },
])('computes the confidence interval of $hits of $tries', ({ hits, tries, low, high }) => {
  const interval = shareInterval(hits, tries, 0.95);

  expect(interval.low).toBeCloseTo(low, 5);
  expect(interval.high).toBeCloseTo(high, 5);
});

describe('without persistence', () => {
  test('the changes of evicted partitions do not accumulate', () => {
    const rates = new ErrorRates();
    const names = Array.from({ length: 10_000 }, (_, i) => `p${i}`);
    for (const partition of names)
      rates.countPrediction({ partition, key: 'k', errorProbability: 0.001 });

    const known = [...rates.classCounts()].flatMap(([name]) => name ?? []);

    expect(rates.takeChanged().partitions).toEqual(known);
    expect(known.at(-1)).toBe('p9999');
  });
});
