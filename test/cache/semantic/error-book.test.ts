import { shareInterval } from '../../../src/cache/semantic/beta.js';
import { ErrorBook, type Claim } from '../../../src/cache/semantic/error-book.js';
import { Random } from '../../../src/core/random.js';

/** What is true of a made-up world: how often predictions are wrong, and how they are distributed. */
interface World {
  /** The judge flatters itself by so much: 1 is honest, 5 claims 1 % where 5 % are wrong. */
  readonly flattery: number;
  /** Wrong at the least, however sure the judge is: what it cannot see. */
  readonly blind: number;
  /** Larger: more of the claims are sure ones. */
  readonly sureness: number;
  readonly partitions: number;
  readonly maxError: number;
  readonly seed: number;
}

/** Worlds of all kinds, the same every time: every other judge is blind to what it should see. */
function worlds(count: number): World[] {
  const random = new Random(1);
  const between = (low: number, high: number) => low + (high - low) * random.next();
  return Array.from({ length: count }, (_, at) => ({
    flattery: between(0.5, 12),
    blind: between(0, at % 2 === 0 ? 0.05 : 0.002),
    sureness: between(0.5, 5),
    partitions: 1 + random.below(8),
    maxError: [0.005, 0.01, 0.03][random.below(3)] ?? 0.01,
    seed: random.below(2 ** 31),
  }));
}

/** Lives through so many claims, and tells what was given after the first `warmUp` of them. */
function lived(
  { flattery, blind, sureness, partitions, maxError, seed }: World,
  claims: number,
  warmUp: number,
): { served: number; wrong: number; looked: number } {
  const random = new Random(seed);
  const book = new ErrorBook();
  const told = { served: 0, wrong: 0, looked: 0 };
  for (let i = 0; i < claims; i++) {
    const wrong = 0.4 * random.next() ** sureness;
    const key = `answer ${random.below(5_000)}`;
    const prediction: Claim = { partition: `p${random.below(partitions)}`, key, wrong };
    const isRight = random.next() >= Math.min(1, blind + flattery * wrong);
    const outlook = book.outlook(prediction, maxError);
    book.came(prediction);
    const serves = outlook?.serves === true;
    if (serves && i >= warmUp) {
      told.served += 1;
      if (!isRight) told.wrong += 1;
    }
    // What is not given is asked anyway, so that it costs nothing to compare.
    const looks = !serves || random.next() < book.curiosity(prediction, 0.05);
    if (serves && looks) told.looked += 1;
    if (looks) book.saw(prediction, isRight);
  }
  return told;
}

describe('after a warm-up, whatever the judge is like', () => {
  const lives = worlds(100).map((given) => ({ ...given, ...lived(given, 12_000, 4_000) }));

  test('the budget is kept in 95 of 100 worlds, and kept well by all together', () => {
    const over = lives.filter(
      ({ served, wrong, maxError }) =>
        // The truth may be just at the budget, and chance then counts some more.
        shareInterval(wrong, Math.max(1, served), 0.99).low > maxError,
    );
    const wrong = lives.reduce((sum, life) => sum + life.wrong, 0);
    const allowed = lives.reduce((sum, { served, maxError }) => sum + served * maxError, 0);

    expect(over.length).toBeLessThanOrEqual(0.05 * lives.length);
    expect(wrong).toBeLessThan(0.75 * allowed);
  });

  test('a judge that never is as good as the budget soon gives next to nothing', () => {
    const blind = lives.filter((life) => life.blind > 1.2 * life.maxError);

    const served = blind.reduce((sum, life) => sum + life.served, 0);

    expect(blind.length).toBeGreaterThan(10);
    expect(served).toBeLessThan(0.02 * 8_000 * blind.length);
  });
});

test('gives nothing where the judge is no better than chance', () => {
  const honestly = { sureness: 3, partitions: 2, maxError: 0.01, seed: 3 };

  const { served } = lived({ ...honestly, flattery: 1, blind: 0.3 }, 8_000, 1_000);

  expect(served).toBeLessThan(10);
});

test('gives more than the judge dares to claim where that is shown to be right', () => {
  const timid = { blind: 0, sureness: 1, partitions: 1, maxError: 0.01, seed: 4 };

  const honest = lived({ ...timid, flattery: 1 }, 12_000, 4_000);
  const modest = lived({ ...timid, flattery: 0.02 }, 12_000, 4_000);

  expect(modest.served).toBeGreaterThan(5 * honest.served);
  expect(modest.wrong / modest.served).toBeLessThan(0.01);
});

test('asks less and less of what it gives', () => {
  const { served, looked } = lived(
    { flattery: 1, blind: 0, sureness: 6, partitions: 1, maxError: 0.03, seed: 5 },
    12_000,
    0,
  );

  expect(served).toBeGreaterThan(4_000);
  expect(looked / served).toBeLessThan(0.2);
});

describe('a single answer', () => {
  const prediction: Claim = { partition: 'p', key: 'k', wrong: 0.0005 };

  test('is given no more once it was found wrong, while others are', () => {
    const book = new ErrorBook();
    for (let i = 0; i < 500; i++) book.saw({ ...prediction, key: `k${i}` }, true);
    const before = book.outlook(prediction, 0.01)?.serves;

    book.saw(prediction, false);

    expect(before).toBe(true);
    expect(book.outlook(prediction, 0.01)?.serves).toBe(false);
    expect(book.outlook({ ...prediction, key: 'other' }, 0.01)?.serves).toBe(true);
  });

  test('is given where the judge is sure, though it was wrong where it was not', () => {
    const book = new ErrorBook();

    book.saw({ ...prediction, wrong: 0.2 }, false);

    expect(book.outlook(prediction, 0.01)?.serves).toBe(true);
  });

  test('is new again once it is forgotten', () => {
    const book = new ErrorBook();
    for (let i = 0; i < 500; i++) book.saw({ ...prediction, key: `k${i}` }, true);
    book.saw(prediction, false);

    book.forget(prediction.key);

    expect(book.outlook(prediction, 0.01)?.serves).toBe(true);
  });
});

test('learns for a partition of its own, and a little for all', () => {
  const book = new ErrorBook();
  const prediction = (partition: string): Claim => ({ partition, key: 'k', wrong: 0.004 });
  const before = book.outlook(prediction('b'), 0.01)?.expectedError ?? 0;

  for (let i = 0; i < 40; i++) book.saw({ ...prediction('a'), key: `k${i}` }, i % 2 === 0);

  const [a, b] = ['a', 'b'].map((name) => book.outlook(prediction(name), 0.01)?.expectedError ?? 0);
  expect(a).toBeGreaterThan(b ?? 0);
  expect(b).toBeGreaterThan(before);
});

test('believes nobody who claims that an answer is rather wrong than right', () => {
  const book = new ErrorBook();
  const prediction: Claim = { partition: 'p', key: 'k', wrong: 0.6 };

  book.came(prediction);
  book.saw(prediction, true);

  expect(book.outlook(prediction, 1)).toBeNull();
  expect(book.counts.every(({ asked, seen }) => asked === 0 && seen === 0)).toBe(true);
});

test.each([
  // R: binom.test(0, 299)$conf.int and so on.
  { hits: 0, tries: 299, low: 0, high: 0.012262 },
  { hits: 3, tries: 100, low: 0.006229, high: 0.085176 },
  { hits: 10, tries: 10, low: 0.691503, high: 1 },
])('knows where a share lies: $hits of $tries', ({ hits, tries, low, high }) => {
  const interval = shareInterval(hits, tries, 0.95);

  expect(interval.low).toBeCloseTo(low, 5);
  expect(interval.high).toBeCloseTo(high, 5);
});

describe('what nobody asks to have kept', () => {
  test('is not remembered of partitions that have been forgotten', () => {
    const book = new ErrorBook();
    const names = Array.from({ length: 10_000 }, (_, i) => `p${i}`);
    for (const partition of names) book.came({ partition, key: 'k', wrong: 0.001 });

    const known = [...book.counted()].flatMap(([name]) => name ?? []);

    expect(book.takeChanged().partitions).toEqual(known);
    expect(known.at(-1)).toBe('p9999');
  });
});
