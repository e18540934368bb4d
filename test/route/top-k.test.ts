import { fc } from '../support/fast-check.js';
import { TopK } from '../../src/route/top-k.js';

test('TopK selects the largest of all offered values, largest first', () => {
  const offers = fc.array(
    fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { maxLength: 200 }),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), offers, (most, all) => {
      const few = new TopK(most);
      let start = 0;
      for (const values of all) {
        few.offer(Float32Array.from(values), start);
        start += values.length;
      }
      few.select();

      const held = Array.from({ length: few.size }, (_, k) => few.value(k));
      const flat = all.flat();

      expect(held).toEqual(flat.toSorted((a, b) => b - a).slice(0, most));
      expect(held).toEqual(Array.from({ length: few.size }, (_, k) => flat[few.index(k)]));
    }),
  );
});

test('TopK keeps the first of equal values, and is empty after clear', () => {
  const few = new TopK(2);
  few.offer(Float32Array.of(0.1, 0.3, 0.3, 0.3), 10);
  few.select();

  expect([few.index(0), few.index(1)]).toEqual([11, 12]);

  few.clear();

  expect(few.size).toBe(0);
});
