import { fc } from '../../support/fast-check.js';
import { loadHnswlib } from '../../../src/cache/semantic/graph-vectors.js';
import {
  INDEX_SIZES,
  type IndexSizes,
  type CreateGraph,
} from '../../../src/cache/semantic/index-parts.js';
import { dot } from '../../../src/cache/semantic/unit-vector.js';
import { VectorIndex } from '../../../src/cache/semantic/vector-index.js';
import { Random } from '../../../src/core/random.js';

const DIMS = 32;
/** Small, so that graphs are created and dissolved. */
const SMALL: IndexSizes = { flat: 100, flatTail: 20, graph: 64, furtherGraph: 96, sparseMin: 64 };
let openGraph: CreateGraph;

beforeAll(async () => {
  openGraph = await loadHnswlib();
});

/** Collects deferred work, which the test runs. */
function deferred() {
  const waiting: (() => void)[] = [];
  return {
    runOne: () => waiting.shift()?.(),
    defer: (work: () => void) => waiting.push(work),
    runAll: () => {
      let slices = 0;
      for (let work = waiting.shift(); work !== undefined; work = waiting.shift()) {
        work();
        slices += 1;
      }
      return slices;
    },
  };
}

function unit(numbers: readonly number[]): Float32Array {
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (number) => number / length);
}

/** Clustered around the centres, as questions are around topics. */
function around(random: Random, centres: readonly Float32Array[]): Float32Array {
  const centre = centres[random.below(centres.length)] ?? new Float32Array(DIMS);
  return unit(Array.from(centre, (number) => number + 0.12 * random.normal()));
}

const anywhere = (random: Random) => unit(Array.from({ length: DIMS }, () => random.normal()));

function bruteForce(all: ReadonlyMap<number, Float32Array>, vector: Float32Array, most: number) {
  return [...all]
    .map(([id, other]) => ({ id, similarity: dot(vector, other) }))
    .sort((a, b) => b.similarity - a.similarity)
    .slice(0, most);
}

test('finds exactly the nearest after any additions and removals', () => {
  const change = fc.record({ id: fc.integer({ min: 0, max: 120 }), adds: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), fc.integer(), (changes, seed) => {
      const random = new Random(seed);
      const index = new VectorIndex({
        dims: DIMS,
        openGraph,
        defer: () => undefined,
        sizes: INDEX_SIZES,
      });
      const all = new Map<number, Float32Array>();
      const removed: [boolean, boolean][] = [];
      for (const { id, adds } of changes) {
        const vector = anywhere(random);
        if (adds) {
          all.set(id, vector);
          index.add(id, vector);
        } else {
          removed.push([index.remove(id), all.delete(id)]);
        }
      }
      const asked = anywhere(random);

      const found = index.nearest(asked, 4);

      expect(removed.filter(([told, was]) => told !== was)).toEqual([]);
      expect(index.size).toBe(all.size);
      expect(found.map(({ id }) => id)).toEqual(bruteForce(all, asked, 4).map(({ id }) => id));
    }),
    { numRuns: 60 },
  );
});

test.each([
  ['not a number', (v: Float32Array) => v.fill(NaN, 3, 4)],
  ['infinite', (v: Float32Array) => v.fill(Infinity, 3, 4)],
  ['all zeros', (v: Float32Array) => v.fill(0)],
  ['not of length 1', (v: Float32Array) => v.map((x) => x * 2)],
  ['of another dimension', (v: Float32Array) => v.subarray(1)],
  ['twice as long', (v: Float32Array) => Float32Array.from([...v, ...v])],
])('rejects a vector that is %s, for adding and for searching', (_what, spoil) => {
  const index = new VectorIndex({
    dims: DIMS,
    openGraph,
    defer: () => undefined,
    sizes: INDEX_SIZES,
  });
  const good = anywhere(new Random(1));
  index.add(1, good);

  const spoilt = spoil(good.slice());

  expect(() => {
    index.add(2, spoilt);
  }).toThrow(RangeError);
  expect(() => index.nearest(spoilt, 1)).toThrow(RangeError);
  expect(index.nearest(good, 2)).toHaveLength(1);
});

describe('beyond the size of the flat list', () => {
  const random = new Random(5);
  const centres = Array.from({ length: 100 }, () => anywhere(random));
  const sizes = { ...INDEX_SIZES, flat: 3_000, flatTail: 500 };
  const all = new Map<number, Float32Array>();
  const work = deferred();
  let index: VectorIndex;
  let slices = 0;

  beforeAll(() => {
    index = new VectorIndex({ dims: DIMS, openGraph, defer: work.defer, sizes });
    for (let id = 0; id < 4_000; id++) {
      const vector = around(random, centres);
      all.set(id, vector);
      index.add(id, vector);
    }
    slices = work.runAll();
  });

  test('moves the excess to a graph, a few vectors at a time', () => {
    expect(index.size).toBe(4_000);
    expect(index.inGraphs).toBe(3_500);
    expect(slices).toBeGreaterThanOrEqual(3_500 / 2);
  });

  test('finds 97 of 100 nearest vectors', () => {
    let found = 0;
    for (let i = 0; i < 100; i++) {
      const asked = around(random, centres);
      const right = new Set(bruteForce(all, asked, 4).map(({ id }) => id));
      found += index.nearest(asked, 4).filter(({ id }) => right.has(id)).length;
    }

    expect(found / 400).toBeGreaterThan(0.97);
  });

  test('stops moving when it is closed', () => {
    const closing = new VectorIndex({ dims: DIMS, openGraph, defer: work.defer, sizes });
    for (const [id, vector] of all) closing.add(id, vector);

    closing.close();
    work.runAll();

    expect(closing.inGraphs).toBe(0);
    expect(closing.size).toBe(all.size);
  });
});

test('finds what it contains while graphs fill up, become sparse and are dissolved', () => {
  const change = fc.record({ adds: fc.integer({ max: 3, min: 0 }), at: fc.nat() });
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 300, maxLength: 600 }),
      fc.integer(),
      (changes, seed) => {
        const random = new Random(seed);
        const work = deferred();
        const index = new VectorIndex({ dims: DIMS, openGraph, defer: work.defer, sizes: SMALL });
        const all = new Map<number, Float32Array>();
        changes.forEach(({ adds, at }, id) => {
          const vector = anywhere(random);
          // Two thirds are additions, then most of them are removed again.
          if (id < changes.length * 0.6 || adds === 0) {
            all.set(id, vector);
            index.add(id, vector);
          } else {
            const gone = [...all.keys()][at % all.size] ?? -1;
            index.remove(gone);
            all.delete(gone);
          }
          if (at % 5 === 0) work.runOne();
        });
        work.runAll();

        const lost = [...all].filter(([id, vector]) => index.nearest(vector, 1)[0]?.id !== id);

        expect(index.size).toBe(all.size);
        expect(lost.length).toBeLessThanOrEqual(0.03 * all.size);
      },
    ),
    { numRuns: 15 },
  );
});

test('moves more per turn while its list is long, so that two additions per turn do not make it grow', () => {
  const random = new Random(11);
  const work = deferred();
  const sizes = { ...INDEX_SIZES, flat: 100, flatTail: 20 };
  const index = new VectorIndex({ dims: DIMS, openGraph, defer: work.defer, sizes });
  let longest = 0;

  for (let id = 0; id < 2_000; id += 2) {
    index.add(id, anywhere(random));
    index.add(id + 1, anywhere(random));
    work.runOne();
    longest = Math.max(longest, index.size - index.inGraphs);
  }

  expect(longest).toBeLessThan(110);
});

test('searches exhaustively without graphs', () => {
  const random = new Random(9);
  const work = deferred();
  const index = new VectorIndex({ dims: DIMS, openGraph: null, defer: work.defer, sizes: SMALL });
  const all = new Map<number, Float32Array>();
  for (let id = 0; id < 3_000; id++) {
    const vector = anywhere(random);
    all.set(id, vector);
    index.add(id, vector);
  }

  const asked = anywhere(random);

  expect(work.runAll()).toBe(0);
  expect(index.nearest(asked, 3).map(({ id }) => id)).toEqual(
    bruteForce(all, asked, 3).map(({ id }) => id),
  );
});
