import { fc } from '../support/fast-check.js';
import { LruMemo } from '../../src/core/lru-memo.js';

const MOST = 8;

/** A memo that records each key for which it makes a value. */
function recordingMemo(): {
  readonly map: LruMemo<number, { readonly of: number }>;
  made: number[];
} {
  const made: number[] = [];
  const map = new LruMemo(MOST, (key: number) => {
    made.push(key);
    return { of: key };
  });
  return { map, made };
}

describe('LruMemo', () => {
  test('returns the value for each key and keeps those of recently used keys', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(MOST + 4), { maxLength: 80 }), (keys) => {
        const { map, made } = recordingMemo();
        const madeTwice = keys.filter((key, i) => {
          const before = made.length;

          expect(map.get(key).of).toBe(key);

          const last = keys.slice(0, i).lastIndexOf(key);
          const isRecent = last !== -1 && new Set(keys.slice(last, i)).size <= MOST / 2;
          return isRecent && made.length > before;
        });
        expect(madeTwice).toEqual([]);
      }),
    );
  });

  test('evicts a key that was not used for long', () => {
    const { map, made } = recordingMemo();

    for (let key = 0; key <= MOST; key++) map.get(key);
    map.get(0);

    expect(made.filter((key) => key === 0)).toHaveLength(2);
  });

  test('keeps a key that is used repeatedly', () => {
    const { map, made } = recordingMemo();

    for (let key = 1; key < 10 * MOST; key++) {
      map.get(0);
      map.get(key);
    }

    expect(made.filter((key) => key === 0)).toHaveLength(1);
  });
});
