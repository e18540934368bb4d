import { fc } from '../support/fast-check.js';
import { normalisedPrompt, partOf } from '../../models/train/split.js';

test('partOf assigns all spellings of a question to one part', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(partOf(`  ${text.toUpperCase()}?!\n`)).toBe(partOf(text.toUpperCase()));
    }),
  );
  expect(normalisedPrompt('What is  2+2?')).toBe(normalisedPrompt('what is 2 + 2'));
  expect(normalisedPrompt('Ｗｈａｔ ② ﬁles')).toBe(normalisedPrompt('what 2 files'));
});

test('partOf assigns about 70 % to train, 15 % to validation and 15 % to test', () => {
  const counts = { train: 0, validation: 0, test: 0 };
  for (let i = 0; i < 4000; i++) counts[partOf(`prompt number ${i}`)] += 1;

  expect(counts.train / 4000).toBeCloseTo(0.7, 1);
  expect(counts.validation / 4000).toBeCloseTo(0.15, 1);
  expect(counts.test / 4000).toBeCloseTo(0.15, 1);
});
