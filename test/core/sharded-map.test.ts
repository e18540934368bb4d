import { fc } from '../support/fast-check.js';
import { ShardedMap } from '../../src/core/sharded-map.js';

describe('ShardedMap', () => {
  test('behaves like a Map for any sequence of operations', () => {
    const key = fc.oneof(fc.integer({ min: 0, max: 600 }), fc.string({ maxLength: 3 }));
    const step = fc.record({ key, value: fc.integer(), deletes: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const ours = new ShardedMap<number | string, number>();
        const map = new Map<number | string, number>();
        for (const { key, value, deletes } of steps) {
          const found = deletes ? ours.delete(key) : (ours.set(key, value), true);
          const expected = deletes ? map.delete(key) : (map.set(key, value), true);
          expect(found).toBe(expected);
          expect(ours.get(key)).toBe(map.get(key));
          expect(ours.has(key)).toBe(map.has(key));
          expect(ours.size).toBe(map.size);
        }
        expect(new Set(ours.keys())).toEqual(new Set(map.keys()));
        const sorted = (values: Iterable<number>) => [...values].toSorted((a, b) => a - b);
        expect(sorted(ours.values())).toEqual(sorted(map.values()));
      }),
    );
  });

  test('lists every key that stays while others are added and deleted', () => {
    const map = new ShardedMap<number, string>();
    for (let i = 0; i < 2_000; i++) map.set(i, String(i));
    const seen: number[] = [];

    for (const key of map.keys()) {
      seen.push(key);
      if (key < 2_000 && key % 2 === 1) map.delete(key);
      map.set(key < 2_000 ? key + 10_000 : 20_000, 'new');
    }

    const listed = new Set(seen);
    const missed = Array.from({ length: 1_000 }, (_, i) => 2 * i).filter((key) => !listed.has(key));
    expect(missed).toEqual([]);
  });
});
