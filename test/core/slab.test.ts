import { Slab } from '../../src/core/slab.js';

describe('Slab', () => {
  test('hands out zeroed stretches that do not overlap', () => {
    const slab = new Slab((length) => new Float64Array(length), 3, 2);
    const holders = Array.from({ length: 5 }, (_, i) => {
      const from = slab.take();
      const { numbers } = slab;
      expect([...numbers.subarray(from, from + 3)]).toEqual([0, 0, 0]);
      numbers.fill(i + 1, from, from + 3);
      return { from, numbers };
    });

    const read = holders.map(({ from, numbers }) => [...numbers.subarray(from, from + 3)]);

    expect(read).toEqual([1, 2, 3, 4, 5].map((own) => [own, own, own]));
    expect(new Set(holders.map(({ numbers }) => numbers)).size).toBe(3);
  });
});
