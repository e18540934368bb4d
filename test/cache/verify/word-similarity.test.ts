import {
  wordSimilarity,
  NearestWordSearch,
  NO_NEAREST_WORD,
} from '../../../src/cache/verify/word-similarity.js';
import { WordTable, type KnownWord } from '../../../src/cache/verify/word-table.js';
import { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { Random } from '../../../src/core/random.js';
import { lexiconOf } from '../../support/lexicon.js';

const TABLE = new WordTable(
  StaticEmbedder.load('models/embedder.bin'),
  lexiconOf({
    tap: { senses: [1] },
    spigot: { senses: [1] },
    sink: { senses: [2] },
  }),
);
const known = (...words: readonly string[]): KnownWord[] => words.map((word) => TABLE.find(word));
const WORDS = known(
  ...'tap taps spigot sink faucet the a of mend repair bicycle bike enviroment environment methanol ethanol paris berlin 7 seven install installing'.split(
    ' ',
  ),
);

test('NearestWordSearch finds the same nearest word as pairwise comparison', () => {
  const random = new Random(3);
  const near = new NearestWordSearch();
  for (let round = 0; round < 200; round++) {
    const others = Array.from({ length: 1 + random.below(48) }, () => some(random));
    near.load(others);
    const word = some(random);
    const { nearest, similarity } = near.nearestTo(word);
    const each = others.map((other) => wordSimilarity(word, other));

    expect(similarity).toBeCloseTo(Math.max(...each), 5);
    expect(nearest === null ? 0 : wordSimilarity(word, nearest)).toBeCloseTo(similarity, 5);
  }
});

function some(random: Random): KnownWord {
  const word = WORDS[random.below(WORDS.length)];
  if (word === undefined) throw new Error('no words');
  return word;
}

test('NearestWordSearch returns the first of equally similar words', () => {
  const near = new NearestWordSearch();
  near.load(known('sink', 'tap', 'taps'));

  expect(near.nearestTo(TABLE.find('tapping')).nearest?.text).toBe('tap');
});

test('NearestWordSearch forgets the words of the previous load', () => {
  const near = new NearestWordSearch();
  near.load(known('tap', 'sink', 'mend'));
  near.load(known('the'));
  expect(near.nearestTo(TABLE.find('tap')).similarity).toBeLessThan(0.9);

  near.load([]);
  expect(near.nearestTo(TABLE.find('tap'))).toEqual(NO_NEAREST_WORD);
});
