import { align } from '../../../src/cache/verify/alignment.js';
import { analyseQuestion } from '../../../src/cache/verify/analysed-question.js';
import { WordTable } from '../../../src/cache/verify/word-table.js';
import { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { lexiconOf } from '../../support/lexicon.js';

const EMBEDDER = StaticEmbedder.load('models/embedder.bin');
const TABLE = new WordTable(
  EMBEDDER,
  lexiconOf({
    tap: { senses: [1] },
    spigot: { senses: [1] },
    methanol: { senses: [2] },
    mathanol: { senses: [3] },
  }),
);
const aligned = (a: string, b: string) => {
  const [x, y] = [a, b].map((text) => analyseQuestion(text, TABLE, EMBEDDER.embed(text)));
  if (x === undefined || y === undefined) throw new Error('two texts were given');
  return align(x, y);
};
const textsOf = (side: readonly { readonly word: { readonly text: string } }[]): string[] =>
  side.map(({ word }) => word.text);

test('leaves over only words that the other side lacks', () => {
  const { left, right } = aligned('mend the tap today', 'mend the pipe');

  expect([textsOf(left), textsOf(right)]).toEqual([['tap', 'today'], ['pipe']]);
});

test('matches a misspelt word with the word that it resembles', () => {
  const { left, right } = aligned('protect our enviroment', 'protect our environment');

  expect([left, right]).toEqual([[], []]);
});

test('does not treat a word of the lexicon as a misspelling', () => {
  const { left } = aligned('what is methanol', 'what is mathanol');

  expect(textsOf(left)).toEqual(['methanol']);
});

test('relates synonyms, unlike words that are merely similar', () => {
  const [synonym] = aligned('mend a tap', 'mend a spigot').left;
  const [other] = aligned('mend a tap', 'mend a sink').left;

  expect(synonym?.relation.synonym).toBe(1);
  expect(synonym?.similarity).toBeGreaterThanOrEqual(0.9);
  expect(other?.relation.synonym).toBe(0);
});

test('matches an acronym with the words that it stands for', () => {
  const { left, right } = aligned('open a vpc', 'open a virtual private cloud');

  expect([...left, ...right].map(({ similarity }) => similarity)).toEqual([0.93, 0.93, 0.93, 0.93]);
});
