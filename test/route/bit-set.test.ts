import { fc } from '../support/fast-check.js';
import { BitSet } from '../../src/route/bit-set.js';

test('BitSet.add reports the first addition of each slot, as a Set would', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 511 })), (slots) => {
      const taken = new BitSet(512);
      const plain = new Set<number>();

      const told = slots.map((slot) => taken.add(slot));

      const expected = slots.map((slot) => plain.size < plain.add(slot).size);
      expect(told).toEqual(expected);
    }),
  );
});
