import { codePoint, fc } from '../../support/fast-check.js';
import { decodeFacts, encodeFacts } from '../../../src/cache/verify/facts-codec.js';
import { extractFacts } from '../../../src/cache/verify/veto.js';
import { readWords } from '../../../src/cache/verify/words.js';

const PARTS = [
  'not',
  '"red"',
  '3.50 km',
  'Ann',
  '`i++`',
  '≥',
  '12 / 4',
  '猫',
  'today',
  'what',
  '\n',
];

test('decodeFacts restores the encoded facts of any question', () => {
  const text = fc.array(fc.oneof(fc.constantFrom(...PARTS), fc.string({ unit: codePoint })));
  fc.assert(
    fc.property(text, (parts) => {
      const question = parts.join(' ');
      const facts = extractFacts(question, readWords(question));

      expect(decodeFacts(encodeFacts(facts))).toEqual(facts);
    }),
    { numRuns: 2_000 },
  );
});
