import { idMaker } from '../../src/core/ids.js';

describe('idMaker', () => {
  test('makes unique ids of one length that sort by time', () => {
    const newId = idMaker('dec_');

    const ids = Array.from({ length: 1000 }, (_, i) => newId(1_700_000_000_000 + i));

    expect(new Set(ids).size).toBe(1000);
    expect(new Set(ids.map((id) => id.length))).toEqual(new Set([28]));
    expect(ids.toSorted()).toEqual(ids);
  });

  test('makes different ids within one millisecond', () => {
    const newId = idMaker('dec_');

    expect(newId(1)).not.toBe(newId(1));
  });
});
