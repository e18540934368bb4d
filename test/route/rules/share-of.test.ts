import { shareOf } from '../../../src/route/rules/share-of.js';

describe('shareOf', () => {
  const names = Array.from({ length: 10_000 }, (_, i) => `user-${i}`);

  test('is stable across versions, so that an update reassigns nobody', () => {
    expect(['', 'ann', 'user-1'].map(shareOf)).toMatchInlineSnapshot(`
     [
       0.6689221884589642,
       0.6468078431207687,
       0.4670340372249484,
     ]
    `);
  });

  test('is uniform, also over names that differ in one digit', () => {
    const tenths = names.map((name) => Math.floor(shareOf(name) * 10));
    const counts = Array.from(
      { length: 10 },
      (_, tenth) => tenths.filter((one) => one === tenth).length,
    );

    // 1000 each, give or take four standard deviations.
    expect(Math.min(...counts)).toBeGreaterThan(880);
    expect(Math.max(...counts)).toBeLessThan(1120);
  });

  test('splits independently for different prefixes', () => {
    const both = names.filter((name) => shareOf(`a:${name}`) < 0.1 && shareOf(`b:${name}`) < 0.1);

    expect(both.length).toBeGreaterThan(60);
    expect(both.length).toBeLessThan(140);
  });
});
