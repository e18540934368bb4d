import { post, startApp } from '../support/app.js';
import { readMaterial } from '../../src/route/material.js';

const ARTICLE = [
  'The old harbour of the town was closed in 1964, when the last of the herring boats was sold to a yard in the south.',
  'For thirty years nothing was built there. Children swam between the rotting piles, and gulls nested in the crane.',
  'Then a woman who had grown up in the street behind it bought the ice house, and turned it into a school for boat builders.',
  'She had no money and few pupils. What she had was a list of every man and woman in the county who had ever planked a hull.',
]
  .join(' ')
  .repeat(3);
const TYPESCRIPT = `export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
`.repeat(12);
const NUMBERS = Array.from({ length: 80 }, (_, i) => `${i * 37},${i * 11},${i * i}`).join('\n');

test.each([
  ['Summarise this in one sentence:\n\n', ''],
  ['Translate into German.\n\n', ''],
  ['', '\n\nTL;DR'],
  ['', '\n\nWhich section of a newspaper would this article appear in?'],
  ['Use the context below to answer.\n\nContext:\n', '\n\nQuestion: Who bought the ice house?'],
  ['<document>\n', '\n</document>\n\nBased on the document, who bought the ice house?'],
  ['Rewrite the text so that a child can read it. Text: ', ''],
  ['Write a cheerful newsletter from this:\n\n', ''],
  ['Fasse den folgenden Text zusammen:\n\n', ''],
  ['Corrige les fautes de ce texte : ', ''],
  ['Переведи на английский: ', ''],
  ['总结一下：', ''],
  ['Sammanfatta det här:\n\n', ''],
  ['Şunu özetle:\n\n', ''],
  ['لخص ما يلي:\n\n', ''],
  ['इसका सारांश दें:\n\n', ''],
  ['Tóm tắt:\n\n', ''],
  ['Ringkas ini:\n\n', ''],
])('readMaterial separates the material between %j and %j', (before, after) => {
  const material = readMaterial(before + ARTICLE + after);
  const task = material?.task.replaceAll(/\s+/g, ' ');

  expect(task).toContain(/^[^\n.]*/.exec(before)?.[0].trim());
  expect(task).toContain(after.split(/[\n:]/).at(-1)?.trim());
  expect(task?.length).toBeLessThan(500);
  expect(material?.chars).toBeGreaterThan(0.9 * ARTICLE.length);
});

test.each([
  ['Answer from the context.\n\nContext:\n', '\n\nQuestion: list the years\nHelpful Answer:'],
  [
    'Respond to the user query using the provided context.\n<context>\n',
    '\n</context>\n\nlist the years',
  ],
  [
    'Use the provided context.\n<context>',
    '</context>\n\n<user_query>\nlist the years\n</user_query>',
  ],
  ['<documents>\n', '\n</document_content>\n</document>\n</documents>\n\nlist the years'],
  ['Based on this text:\n\n\"\"\"\n', '\n\"\"\"\n\nlist the years'],
  ['Based on this text:\n\n```\n', '\n```\nlist the years'],
  ['Kontext:\n', '\n\nFrage: list the years'],
  ['Contexte :\n', '\n\nQuestion : list the years'],
  ['Usa el contexto proporcionado.\n\n', '\n\nPregunta: list the years'],
  ['使用以下上下文回答问题。\n\n', '\n\n问题：list the years'],
  ['以下のコンテキストを使って答えてください。\n\n', '\n\n質問：list the years'],
  ['Используй следующий контекст.\n\n', '\n\nВопрос: list the years'],
])(
  'readMaterial keeps an instruction after the material that is not a question: %j … %j',
  (before, after) => {
    const material = readMaterial(before + ARTICLE + after);

    expect(material?.task).toContain('list the years');
    expect(material?.task.length).toBeLessThan(500);
    expect(material?.chars).toBeGreaterThan(0.9 * ARTICLE.length);
  },
);

test.each([
  ['a long problem statement', `${ARTICLE} How many pupils did she have after three years?`],
  ['a text alone', ARTICLE],
  ['a short text', 'Summarise this: the harbour was closed in 1964.'],
  ['code to fix', `Fix the bug in this function.\n\n${TYPESCRIPT}`],
  ['code to rewrite', `Rewrite this function in Rust:\n\n${TYPESCRIPT}`],
  ['code to translate', `Translate this code to Python.\n\n${TYPESCRIPT}`],
  [
    'the specification of a program',
    `The grammar is LL(1). ${ARTICLE}\n\nImplement the parser, with tests.`,
  ],
  ['numbers to analyse', `Based on the following report, which row is the largest?\n${NUMBERS}`],
  ['an empty turn', ''],
])('readMaterial finds no material in %s', (_, turn) => {
  expect(readMaterial(turn)).toBeNull();
});

test('readMaterial treats code to explain as material, and the whole turn when the system prompt has the instruction', () => {
  expect(readMaterial(`Explain what this code does.\n\n${TYPESCRIPT}`)).not.toBeNull();
  expect(readMaterial(ARTICLE, 'You summarise what users send you.')?.chars).toBe(ARTICLE.length);
});

test.each([
  ['Translate into German:\n\n', true],
  ['Fix the spelling and grammar: ', true],
  ['Översätt till engelska:\n\n', true],
  ['ترجم إلى الإنجليزية:\n\n', true],
  ['Summarise in one sentence:\n\n', false],
  ['Who bought the ice house, according to this article?\n\n', false],
])('readMaterial marks %j as rewriting the whole material: %p', (before, isGivenBack) => {
  expect(readMaterial(before + ARTICLE)).toMatchObject({ isRewritten: isGivenBack });
});

test('a text that mentions translations at its end is not an instruction to translate it', () => {
  const turn = `Summarise this in one sentence:\n\n${ARTICLE} The book about her was translated into four languages. The translation is by her son.`;

  expect(readMaterial(turn)).toMatchObject({ isRewritten: false });
});

test('the sentences after the first one of an instruction are kept', () => {
  const task = readMaterial(
    `Summarise this. Use bullets, and mention every year.\n\n${ARTICLE}`,
  )?.task;

  expect(task).toContain('Use bullets, and mention every year.');
});

test('a question keeps the choices after it', () => {
  const choices = 'Who bought it?\nA. A woman\nB. A man\nAnswer:';
  const turn = `This question refers to the following passage.\n${ARTICLE}\n${choices}`;

  expect(readMaterial(turn)?.task).toContain(choices);
});

test('a preview reports the material length, and expects a translation of similar length', async () => {
  const gateway = await startApp(
    '{ providers: { simulation: {} }, router: { predictor: heuristic } }',
  );
  const preview = async (content: string) => {
    const messages = [{ role: 'user', content }];
    return (await post(`${gateway.url}/v1/route`, { model: 'auto', messages })).json as {
      features: { material_length: number };
      candidates: { output_tokens: number }[];
    };
  };

  const translated = await preview(`Translate into French:\n\n${ARTICLE}`);
  const asked = await preview(`Why? ${ARTICLE}`);

  expect(translated.features.material_length).toBe(ARTICLE.length);
  expect(translated.candidates[0]?.output_tokens).toBeGreaterThan(ARTICLE.length / 10);
  expect(asked.features.material_length).toBe(0);
});
