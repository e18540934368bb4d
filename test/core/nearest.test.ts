import { nearest } from '../../src/core/nearest.js';

describe('nearest', () => {
  test.each([
    { word: 'sreve', meant: 'serve' },
    { word: 'Severe', meant: null },
    { word: 'kep', meant: 'keep' },
    { word: 'openai/gpt-4o-mni', meant: 'openai/gpt-4o-mini' },
    { word: 'zzzzzz', meant: null },
    { word: '', meant: null },
  ])('returns $meant for "$word"', ({ word, meant }) => {
    expect(nearest(word, ['serve', 'keep', 'openai/gpt-4o-mini'])).toBe(meant);
  });
});
