import { fc } from '../support/fast-check.js';
import { readQuantities } from '../../src/route/quantities.js';

describe('readQuantities', () => {
  test('counts sentences, numbers, operators and punctuation', () => {
    const text =
      'Ann has 3 apples, 2 pears (ripe), and 3 plums. How many is 3 + 2.5? See \\frac{1}{2}.';

    expect(readQuantities(text)).toMatchObject({
      sentences: 3,
      longestLine: text.length,
      commas: 2,
      parentheses: 1,
      operators: 1,
      commands: 1,
      decimals: 1,
      distinctNumbers: 4,
    });
  });

  test('treats separators between digits as part of a number', () => {
    expect(readQuantities('1,250,000.75 and 17')).toMatchObject({
      largestNumber: 1_250_000.75,
      commas: 0,
      decimals: 1,
      distinctNumbers: 2,
    });
  });

  test.each([
    ['(A) 12 cm\n(B) 144 cm', { itemChars: 5.5, numericItems: 1 }],
    ['1. first\n2. second one', { itemChars: 7.5, numericItems: 0 }],
    ['  a: red\n  b: 7', { itemChars: 2, numericItems: 0.5 }],
    ['A. \nB.', { itemChars: 0, numericItems: 0 }],
    ['I. Newton said\nK. Gödel too', { itemChars: 11, numericItems: 0 }],
    ['no items here', { itemChars: 0, numericItems: 0 }],
  ])('reads the items of %j', (text, expected) => {
    expect(readQuantities(text)).toMatchObject(expected);
  });

  test('is finite and not negative for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.,\n() A-J:\\]*$/)), (text) => {
        for (const value of Object.values(readQuantities(text))) {
          expect(Number.isFinite(value)).toBe(true);
          expect(value).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });

  test('stays finite for a number of four thousand digits', () => {
    expect(readQuantities('9'.repeat(4000)).largestNumber).toBe(Number.MAX_SAFE_INTEGER);
  });
});
