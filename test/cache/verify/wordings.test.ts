import { align } from '../../../src/cache/verify/alignment.js';
import { analyseQuestion } from '../../../src/cache/verify/analysed-question.js';
import {
  WORDING_BUCKETS,
  WordingWeights,
  wordingBuckets,
} from '../../../src/cache/verify/wordings.js';
import { WordTable } from '../../../src/cache/verify/word-table.js';
import { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { lexiconOf } from '../../support/lexicon.js';

let embedder: StaticEmbedder;
let table: WordTable;
beforeAll(() => {
  embedder = StaticEmbedder.load('models/embedder.bin');
  table = new WordTable(embedder, lexiconOf());
});

const wordings = (one: string, other: string): ReadonlySet<number> => {
  const [a, b] = [one, other].map((text) => analyseQuestion(text, table, embedder.embed(text)));
  if (a === undefined || b === undefined) throw new Error('two texts were given');
  return wordingBuckets(a.known, b.known, align(a, b));
};

test('wordingBuckets does not depend on the order of the texts', () => {
  const first = wordings('Should I cook the lentils?', 'Do you cook lentils');

  expect([...wordings('Do you cook lentils', 'Should I cook the lentils?')].sort()).toEqual(
    [...first].sort(),
  );
});

test('wordingBuckets assigns one exchange of words to common buckets in different sentences', () => {
  const common = wordings('why is gold soft', 'why is lead soft');
  const elsewhere = wordings('does gold melt quickly', 'does lead melt quickly');

  expect([...common].filter((place) => elsewhere.has(place)).length).toBeGreaterThanOrEqual(3);
});

test('wordingBuckets returns a bounded number of valid indices', () => {
  const [a, b] = ['x', 'y'].map((letter) =>
    Array.from({ length: 300 }, (_, i) => `${letter}${letter}${i}`).join(' '),
  );
  const places = [...wordings(a ?? '', b ?? '')];

  expect(places.length).toBeLessThanOrEqual(4 * 24 + 2);
  expect(places.every((place) => place >= 0 && place < WORDING_BUCKETS)).toBe(true);
});

test('WordingWeights sums the weights of the given buckets', () => {
  const weights = new Float32Array(WORDING_BUCKETS);
  weights[3] = 0.5;
  weights[7] = -2;

  expect(new WordingWeights(weights).logOdds(new Set([3, 7, 9]))).toBe(-1.5);
});
