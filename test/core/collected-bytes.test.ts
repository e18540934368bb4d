import fc from 'fast-check';
import { CollectedBytes } from '../../src/core/collected-bytes.js';

/** Bytes that encode their position. */
function counting(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, i) => i % 251));
}

function inPieces(bytes: Buffer, lengths: readonly number[]): CollectedBytes {
  const collected = new CollectedBytes();
  let at = 0;
  for (const length of lengths) {
    collected.push(bytes.subarray(at, at + length));
    at += length;
  }
  return collected;
}

describe('CollectedBytes', () => {
  test('returns all bytes in order for any piece lengths', () => {
    const lengths = fc.array(fc.oneof(fc.nat(3), fc.integer({ min: 2000, max: 2100 })));
    fc.assert(
      fc.property(lengths, (each) => {
        const bytes = counting(each.reduce((sum, length) => sum + length, 0));
        const collected = inPieces(bytes, each);

        expect(collected.length).toBe(bytes.length);
        expect(collected.joined().equals(bytes)).toBe(true);
        expect(Buffer.concat(collected.take()).equals(bytes)).toBe(true);
        expect(collected.length).toBe(0);
      }),
    );
  });

  test('returns a single piece without a copy', () => {
    const only = counting(100);

    expect(inPieces(only, [100]).joined().buffer).toBe(only.buffer);
  });

  test('starts empty after its bytes are taken', () => {
    const collected = inPieces(counting(10), [4, 6]);
    const first = collected.takeJoined();
    collected.push(Buffer.from('x'));
    collected.push(Buffer.from('yz'));

    expect(first.equals(counting(10))).toBe(true);
    expect(collected.takeJoined().toString()).toBe('xyz');
  });

  test('merges many short pieces into few', () => {
    const bytes = counting(1_000_000);
    const collected = new CollectedBytes();
    for (let i = 0; i < bytes.length; i++) collected.push(bytes.subarray(i, i + 1));

    expect(collected.take().length).toBeLessThan(50);
  });
});
