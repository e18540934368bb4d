import { haveSameWording, analyseQuestion } from '../../../src/cache/verify/analysed-question.js';
import { WordTable } from '../../../src/cache/verify/word-table.js';
import { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { lexiconOf } from '../../support/lexicon.js';

let embedder: StaticEmbedder;
let table: WordTable;
beforeAll(() => {
  embedder = StaticEmbedder.load('models/embedder.bin');
  table = new WordTable(embedder, lexiconOf());
});

const sameWording = (one: string, other: string): boolean => {
  const [a, b] = [one, other].map((text) => analyseQuestion(text, table, embedder.embed(text)));
  if (a === undefined || b === undefined) throw new Error('two texts were given');
  const result = haveSameWording(a, b);
  if (result !== haveSameWording(b, a)) throw new Error('the result depends on the order');
  return result;
};

test.each([
  ['What is `x + y`?', 'what is x + y'],
  ['Compare tea and milk for breakfast', 'Compare milk and tea for breakfast'],
  ['What is the difference between tea & milk?', 'What is the difference between milk and tea?'],
  ['Would you mind sorting these words?', 'Sort these words'],
  ['Tabs or spaces?', 'Spaces or tabs?'],
  ['How would one go about learning chess?', 'How do I learn chess?'],
  ['By whom was the flag painted?', 'Who painted the flag?'],
  ['Why do banks charge fees?', 'Why are fees charged by banks?'],
  ['How does a compiler in C optimize loops?', 'How are loops optimized by a compiler in C?'],
  ['When did Apple release the iPod in Japan?', 'When was the iPod released by Apple in Japan?'],
  ['How do you plan a party?', 'How is a party planned?'],
  ['How do bees make honey?', 'How is honey made by bees?'],
  ['What causes tides?', 'What are tides caused by?'],
  ['Which team carried the flag?', 'Which team was the flag carried by?'],
])('haveSameWording is true for %j and %j', (one, other) => {
  expect(sameWording(one, other)).toBe(true);
});

test.each([
  ['What is x + y?', 'What is x - y?'],
  ['What is left of i in i++?', 'What is left of i in ++i?'],
  ['Flights between Rome and Oslo', 'Flights between Oslo and Rome'],
  ['Is it working?', 'Is it work?'],
  ['What is the quotient of x and y?', 'What is the quotient of y and x?'],
  ['Compose f and g', 'Compose g and f'],
  ['Is it tea and then milk?', 'Is it milk and then tea?'],
  ['Ann likes Bob and Cid likes Dan', 'Ann likes Cid and Bob likes Dan'],
  ['Why do banks charge fees?', 'Why do fees charge banks?'],
  ['Why do fees charge banks?', 'Why are fees charged by banks?'],
  ['When did Apple buy Beats?', 'When was Apple bought by Beats?'],
  ['How did bees make honey?', 'How is honey made by bees?'],
  ['How do bees make honey?', 'How is honey made?'],
  ['What causes tides?', 'What were tides caused by?'],
  ['Who kills Juliet?', 'Who is killed by Juliet?'],
  ['Why do cats hunt mice?', 'Why are mice painted by cats?'],
])('haveSameWording is false for %j and %j', (one, other) => {
  expect(sameWording(one, other)).toBe(false);
});
