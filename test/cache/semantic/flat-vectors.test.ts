import { fc } from '../../support/fast-check.js';
import { FlatVectors } from '../../../src/cache/semantic/flat-vectors.js';
import type { Neighbour } from '../../../src/cache/semantic/unit-vector.js';
import { Random } from '../../../src/core/random.js';

const DIMS = 8;
/** Capacity grows by at most this much at once; at most one and a half times as much stays unused. */
const MAX_UNUSED = 4_096;

/** A distinct vector of length 1 for each number. */
function at(id: number): Float32Array {
  const random = new Random(id);
  const numbers = Array.from({ length: DIMS }, () => random.normal());
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, (number) => number / length);
}

function nearestTo(id: number, vectors: FlatVectors): number | undefined {
  const nearest: Neighbour[] = [];
  vectors.search(at(id), 2, nearest);
  return nearest[0]?.id;
}

test('finds the nearest among many blocks, with little unused capacity', () => {
  const vectors = new FlatVectors(DIMS);
  const unused: number[] = [];

  for (let id = 0; id < 20_000; id++) {
    vectors.add(id, at(id));
    unused.push(vectors.capacity - vectors.size);
  }

  expect(Math.max(...unused)).toBeLessThan(MAX_UNUSED);
  for (const id of [0, 4_095, 4_096, 8_192, 12_345, 19_999]) {
    expect(nearestTo(id, vectors)).toBe(id);
    expect(vectors.get(id)).toEqual(at(id));
  }
});

test('shrinks when vectors are removed', () => {
  const vectors = new FlatVectors(DIMS);
  for (let id = 0; id < 20_000; id++) vectors.add(id, at(id));

  const unused: number[] = [];
  for (let id = 0; id < 19_990; id++) {
    vectors.remove(id);
    unused.push(vectors.capacity - vectors.size);
  }

  expect(Math.max(...unused)).toBeLessThanOrEqual(1.5 * MAX_UNUSED);
  expect(vectors.capacity).toBeLessThanOrEqual(64);
  expect(nearestTo(19_995, vectors)).toBe(19_995);
});

test('contains what was added and not removed, across block boundaries', () => {
  const step = fc.record({ adds: fc.boolean(), count: fc.integer({ min: 1, max: 3_000 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const vectors = new FlatVectors(DIMS);
      const held: number[] = [];
      const removed: [boolean, boolean][] = [];
      let next = 0;
      for (const { adds, count } of steps) {
        for (let i = 0; i < count; i++) {
          if (adds) {
            vectors.add(next, at(next));
            held.push(next++);
          } else {
            const gone = held.splice(Math.floor(held.length / 2), 1)[0];
            removed.push([vectors.remove(gone ?? -1), gone !== undefined]);
          }
        }
      }

      expect(removed.filter(([told, was]) => told !== was)).toEqual([]);
      expect(vectors.size).toBe(held.length);
      const looked = held.filter((_, i) => i % 997 === 0 || i === held.length - 1);
      expect(looked.filter((id) => nearestTo(id, vectors) !== id)).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
