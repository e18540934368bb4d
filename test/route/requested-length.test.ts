import { post, startApp } from '../support/app.js';
import { readRequestedLength } from '../../src/route/requested-length.js';

test.each([
  ['Write a 500-word blog post about remote work.', 540, 878],
  ['Write a comprehensive 3,000-word essay on the First World War.', 3240, 5265],
  ['Write about 1.500 Wörter über den Ersten Weltkrieg.', 1620, 2633],
  ['Explain the plot of Hamlet in three sentences.', 65, 105],
  ['Summarise this in 2 paragraphs, please.', 176, 286],
  ['A two-page report on bees', 1040, 1690],
  ['Write 300 to 400 words on bees', 324, 702],
  ['Describe it in at least 800 words', 1080, Infinity],
  ['Answer in 50 words or less.', 0, 68],
  ['Fasse den Text in höchstens 80 Wörtern zusammen.', 0, 108],
  ['Give me no more than 5 bullet points.', 0, 135],
  ['请写一篇300字以内的短文', 0, 300],
  ['写一篇800字的作文', 640, 1040],
  ['Summarise in 3 paragraphs, at most 200 words.', 264, 270],
])('readRequestedLength bounds the answer to: %s', (turn, least, most) => {
  const asked = readRequestedLength(turn);

  expect(asked?.minTokens).toBeCloseTo(least, -0.5);
  expect(asked?.maxTokens === Infinity ? Infinity : Math.round(asked?.maxTokens ?? 0)).toBe(most);
});

test.each([
  'Why is the sky blue?',
  'What do these two words mean?',
  'Five ideas for a party, with one sentence each.',
  'The first two paragraphs contradict each other. Why?',
  'Write a function that counts words.',
  'Compare the meaning of both sentences.',
  'Summarise this 500-word article.',
  'I read a 300-page book. What is it about?',
  'The article has 900 words. Is that too long?',
  '',
])('readRequestedLength returns null for: %s', (turn) => {
  expect(readRequestedLength(turn)).toBeNull();
});

test('only the beginning and the end of a long turn are read, and the lower bound has a maximum', () => {
  const material = 'The report has to have at least 900 words. '
    .padStart(3000, 'x ')
    .padEnd(6000, ' x');

  expect(readRequestedLength(material)).toBeNull();
  expect(readRequestedLength(`${material} Summarise in 100 words.`)).not.toBeNull();
  expect(readRequestedLength('Write a 99,000-word novel.')?.minTokens).toBe(32_000);
});

test('a requested length determines the expected answer of a candidate, but does not limit its reasoning', async () => {
  const gateway = await startApp(`
providers: { simulation: {} }
models:
  simulation/thinker: { capabilities: [reasoning], hosts: [{ provider: simulation, model: nano }] }
router: { predictor: heuristic }`);
  const tokensFor = async (content: string) => {
    const { json } = await post(`${gateway.url}/v1/route`, {
      model: 'auto',
      messages: [{ role: 'user', content }],
    });
    const { candidates } = json as {
      candidates: { model: string; output_tokens: number }[];
    };
    return Object.fromEntries(
      candidates.map(({ model, output_tokens: tokens }) => [model, tokens]),
    );
  };

  const essay = await tokensFor('Write a 3,000-word essay on bees.');
  const short = await tokensFor('Write on bees in 50 words or less.');
  const usual = await tokensFor('Write on bees in as many words as it takes.');
  await gateway.close();

  expect(essay).toMatchObject({ 'simulation/nano': 3240, 'simulation/thinker': 3240 });
  expect(short['simulation/nano']).toBe(68);
  expect(short['simulation/thinker']).toBeGreaterThan(100);
  expect(usual['simulation/nano']).toBeGreaterThan(100);
});
