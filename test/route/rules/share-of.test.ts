import { shareOf } from '../../../src/route/rules/share-of.js';

describe('the share that a text stands for', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `user-${i}`);

  test('is the same in every version, so that nobody changes sides with an update', () => {
    expect(['', 'ann', 'user-1'].map(shareOf)).toMatchInlineSnapshot(`
     [
       0.6689221884589642,
       0.6468078431207687,
       0.4670340372249484,
     ]
    `);
  });

  test('is spread evenly, also over names that differ in a digit', () => {
    const tenths = names.map((name) => Math.floor(shareOf(name) * 10));
    const counts = Array.from(
      { length: 10 },
      (_, tenth) => tenths.filter((one) => one === tenth).length,
    );

    // 1000 each, give or take four standard deviations.
    expect(Math.min(...counts)).toBeGreaterThan(880);
    expect(Math.max(...counts)).toBeLessThan(1120);
  });

  test('splits anew with other words before the names', () => {
    const both = names.filter((name) => shareOf(`a:${name}`) < 0.1 && shareOf(`b:${name}`) < 0.1);

    expect(both.length).toBeGreaterThan(60);
    expect(both.length).toBeLessThan(140);
  });
});
