import { fc } from '../support/fast-check.js';
import { FrequencySketch } from '../../src/cache/frequency-sketch.js';
import { ByteBoundedMap } from '../../src/cache/byte-bounded-map.js';
import { Random } from '../../src/core/random.js';

test('never exceeds its capacity in bytes, and reports its contents correctly', () => {
  const step = fc.record({
    act: fc.constantFrom('set', 'get', 'delete'),
    key: fc.integer({ min: 0, max: 30 }).map(String),
    bytes: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const held = new Map<string, { key: string; bytes: number }>();
      const map = new ByteBoundedMap<{ key: string; bytes: number }>(1_000, ({ key }) => {
        held.delete(key);
      });
      for (const { act, key, bytes } of steps) {
        if (act === 'get') map.get(key);
        if (act === 'delete') {
          map.delete(key);
          held.delete(key);
        }
        if (act === 'set') {
          held.delete(key);
          const value = { key, bytes };
          held.set(key, value);
          if (!map.set(key, value, bytes)) held.delete(key);
        }
        const values = [...held.values()];
        expect(map.peek(key)).toBe(held.get(key));
        expect(map.bytes).toBe(values.reduce((sum, value) => sum + value.bytes, 0));
        expect(map.bytes).toBeLessThanOrEqual(1_000);
        expect(new Set(map.values())).toEqual(new Set(values));
      }
    }),
    { numRuns: 200 },
  );
});

test('keeps popular entries through a flood of entries that are requested once', () => {
  const map = new ByteBoundedMap<string>(100_000, () => undefined);
  const ask = (key: string): boolean => {
    const isThere = map.get(key) !== undefined;
    if (!isThere) map.set(key, key, 1_000);
    return isThere;
  };
  for (let round = 0; round < 5; round++) for (let i = 0; i < 50; i++) ask(`popular ${i}`);
  for (let i = 0; i < 5_000; i++) {
    ask(`once ${i}`);
    if (i % 4 === 0) ask(`popular ${(i / 4) % 50}`);
  }

  const kept = Array.from({ length: 50 }, (_, i) => map.peek(`popular ${i}`));

  expect(kept.filter((value) => value !== undefined).length).toBeGreaterThan(40);
});

test('adapts when popularity changes', () => {
  const map = new ByteBoundedMap<string>(100_000, () => undefined);
  const random = new Random(1);
  const hits = (name: string): number => {
    let count = 0;
    for (let i = 0; i < 3_000; i++) {
      const key = `${name} ${random.below(60)}`;
      if (map.get(key) === undefined) map.set(key, key, 1_000);
      else count += 1;
    }
    return count / 3_000;
  };
  hits('yesterday');

  const today = [hits('today'), hits('today')];

  expect(today[1]).toBeGreaterThan(0.9);
});

test('rejects a value larger than its capacity', () => {
  const evicted: string[] = [];
  const map = new ByteBoundedMap<string>(1_000, (value) => evicted.push(value));
  map.set('small', 'small', 10);

  expect(map.set('huge', 'huge', 5_000)).toBe(false);
  expect([...map.values()]).toEqual(['small']);
});

test('FrequencySketch keeps its counts when it grows', () => {
  const sketch = new FrequencySketch();
  for (let i = 0; i < 5; i++) sketch.add('popular');

  sketch.ensure(5_000);

  expect(sketch.estimate('popular')).toBe(5);
  expect(sketch.estimate('never asked for')).toBe(0);
});
