import type { Model } from '../../src/core/model.js';
import { featuresOf, LOADING_LIMIT_MS, loadShipped } from './shipped.js';
import type { Shipped } from './shipped.js';

let predictor: Shipped['predictor'];
let known: Shipped['known'];
let catalog: Shipped['models'];

beforeAll(async () => {
  ({ predictor, known, models: catalog } = await loadShipped());
}, LOADING_LIMIT_MS);

const PROMPTS = [
  'What is the capital of France?',
  'Write a short poem about the sea in autumn.',
  'Prove that there are infinitely many primes congruent to 3 modulo 4.',
  'Write a Python function that merges overlapping intervals, with tests.',
  'A train leaves at 9:40 and arrives at 13:05. How long is the journey?',
  'My friend is angry with me because I forgot her birthday. What should I say?',
].map((text) => featuresOf(text));

function averageSuccess(model: Model): number {
  const ability = predictor.ability(model);
  const total = PROMPTS.reduce(
    (sum, features) => sum + (predictor.predict(features, [ability]).models[0]?.success ?? 0),
    0,
  );
  return total / PROMPTS.length;
}

test.each([
  ['meta/llama-3.1-405b-instruct', 'meta/llama-3.1-8b-instruct'],
  ['openai/gpt-4o', 'openai/gpt-3.5-turbo'],
  ['openai/gpt-5', 'openai/gpt-4.1-nano'],
  ['anthropic/claude-opus-4.5', 'anthropic/claude-3-haiku'],
  ['google/gemini-3.1-pro-preview', 'google/gemini-2.5-flash-lite'],
  ['google/gemma-3-12b', 'google/gemma-3-4b'],
  ['qwen/qwen3-32b', 'qwen/qwen3-4b'],
  ['simulation/frontier', 'simulation/nano'],
  // Graded on little, or on programming alone.
  ['openai/gpt-5', 'openai/gpt-5-nano'],
  ['openai/gpt-6.2-astra', 'openai/gpt-5-nano'],
  ['anthropic/claude-opus-5', 'anthropic/claude-haiku-4.5'],
])('predicts more success for %s than for %s', (strong, weak) => {
  expect(averageSuccess(known(strong))).toBeGreaterThan(averageSuccess(known(weak)));
});

/** The standard deviation of a prediction in log-odds. */
const openIn = ({ success, uncertainty } = { success: 0.5, uncertainty: 0 }): number =>
  uncertainty / (success * (1 - success));

test.each(['Why is the sky blue?', 'What does "saudade" mean?', 'Translate to French: a coffee'])(
  'is uncertain about a model graded on few kinds of prompts, asked: %s',
  (text) => {
    const ids = ['openai/gpt-5-nano', 'openai/gpt-5', 'anthropic/claude-opus-5', 'openai/gpt-4.1'];
    const abilities = ids.map((id) => predictor.ability(known(id)));
    const [nano, , strongest, trickGraded] = predictor.predict(featuresOf(text), abilities).models;

    expect(nano?.success).toBeLessThan(strongest?.success ?? 0);
    expect(openIn(nano)).toBeGreaterThan(0.7);
    // Graded on trick questions only: it is known to fail these, and little else.
    expect(trickGraded?.success).toBeGreaterThan(0.5);
    expect(openIn(trickGraded)).toBeGreaterThan(0.7);
  },
);

test.each([
  ['Chinese', '请解释天空为什么是蓝色的。'],
  ['Japanese', '日本の経済政策について、アベノミクスの成果と課題を論じてください。'],
  ['Korean', '일상생활의 예를 들어 양자 얽힘을 설명해 주세요.'],
  ['Russian', 'Докажи, что корень из двух иррационален.'],
  ['Arabic', 'اشرح لماذا السماء زرقاء.'],
  ['Hindi', 'दैनिक जीवन के एक उदाहरण के साथ क्वांटम उलझाव समझाइए।'],
  ['Thai', 'ช่วยแปลประโยคนี้เป็นภาษาอังกฤษ: วันนี้อากาศดีมาก'],
])('does not let a few graded riddles decide for a question in %s', (_, text) => {
  const abilities = [...catalog.values()].map((model) => predictor.ability(model));
  const { models } = predictor.predict(featuresOf(text), abilities);

  const successOf = (id: string) =>
    models[abilities.findIndex(({ model }) => model === id)]?.success ?? 0;
  const best = Math.max(...models.map(({ success }) => success));
  expect(successOf('anthropic/claude-opus-5')).toBeGreaterThan(best - 0.01);
  expect(best).toBeGreaterThan(0.9);
  expect(successOf('mistral/mistral-7b-instruct')).toBeLessThan(0.8);
});

test.each([
  [
    'a simple question',
    [
      'Was ist die Hauptstadt von Australien?',
      'Quelle est la capitale de l’Australie ?',
      '¿Cuál es la capital de Australia?',
      "Qual è la capitale dell'Australia?",
      'Vad är Australiens huvudstad?',
      'Jaka jest stolica Australii?',
      'Какая столица Австралии?',
      '澳大利亚的首都是哪里？',
    ],
  ],
  [
    'an explanation',
    [
      'Erkläre einem zehnjährigen Kind, wie Impfungen funktionieren.',
      'Explique à un enfant de dix ans comment fonctionnent les vaccins.',
      'Explica a un niño de diez años cómo funcionan las vacunas.',
      'Spiega a un bambino di dieci anni come funzionano i vaccini.',
      'Förklara för ett tioårigt barn hur vacciner fungerar.',
      'Wyjaśnij dziesięcioletniemu dziecku, jak działają szczepionki.',
      'Объясни десятилетнему ребёнку, как работают прививки.',
      '向一个十岁的孩子解释疫苗是如何起作用的。',
    ],
  ],
])('predicts similar success in all other languages for %s', (_, texts) => {
  const ability = predictor.ability(known('openai/gpt-4o-mini'));

  const predictions = texts.map((text) => predictor.predict(featuresOf(text), [ability]));

  const successes = predictions.map(({ models }) => models[0]?.success ?? 0);
  expect(Math.min(...successes)).toBeGreaterThan(0.75);
  expect(Math.max(...successes) - Math.min(...successes)).toBeLessThan(0.15);
  expect(predictions.filter(({ ood }) => ood > 0.5)).toEqual([]);
});

test.each([
  [
    'Spanish',
    'Traduce al inglés: «Me gustaría reservar una mesa».',
    'Escribe un soneto sin la letra e.',
  ],
  [
    'French',
    'Résume ce texte : le gouvernement annonce une réforme.',
    'Écris exactement 17 mots rimés.',
  ],
  [
    'Chinese',
    '把这句话翻译成英文：我明天要去北京出差。',
    '已知函数f(x)=x^3-3x+1，求f(x)在[-2,2]上的最大值。',
  ],
  [
    'Japanese',
    'この文章を丁寧に直してください：明日行けません。',
    '次の漢字の画数をすべて足すといくつですか：憂鬱薔薇',
  ],
])(
  'expects everyday requests in %s to be easier than exact constraints and mathematics',
  (_, easy, hard) => {
    const ability = predictor.ability(known('openai/gpt-4o-mini'));
    const successOf = (text: string): number =>
      predictor.predict(featuresOf(text), [ability]).models[0]?.success ?? 0;

    expect(successOf(easy)).toBeGreaterThan(successOf(hard) + 0.1);
  },
);

test('keeps a strong model’s success at 0.8 or more when an English question contains text in another script', () => {
  const asked = 'Summarise this message of our customer in Beijing in one English sentence: ';
  const message = '今天天气很好我们去公园散步吧然后一起吃晚饭';
  const ability = predictor.ability(known('anthropic/claude-opus-5'));
  const successAt = (chars: number) =>
    predictor.predict(featuresOf(asked + message.slice(0, chars)), [ability]).models[0]?.success;

  expect([4, 8, 12, 16, 20].map(successAt).filter((success) => (success ?? 0) < 0.8)).toEqual([]);
});

test('predicts values in range for every model of the catalog on every prompt', () => {
  const abilities = [...catalog.values()].map((model) => predictor.ability(model));

  for (const features of PROMPTS) {
    const { models } = predictor.predict(features, abilities);
    expect(models.every(({ success }) => success > 0 && success < 1)).toBe(true);
    expect(models.every(({ uncertainty }) => uncertainty > 0 && uncertainty <= 0.5)).toBe(true);
    expect(models.every(({ outputTokens }) => outputTokens >= 1)).toBe(true);
  }
});

test('is less certain about an unknown model than about a graded one', () => {
  const graded = known('openai/gpt-4-1106-preview');
  const unheard = { ...graded, id: 'who/knows-what', released: null, benchmarks: {}, hosts: [] };
  const abilities = [graded, unheard].map((model) => predictor.ability(model));

  const [sure, unsure] = predictor.predict(
    featuresOf('Name three rivers in Africa.'),
    abilities,
  ).models;

  expect(abilities.map(({ basis }) => basis)).toEqual(['fitted', 'unknown']);
  expect(unsure?.uncertainty).toBeGreaterThan(1.5 * (sure?.uncertainty ?? 1));
});

test('weighs benchmark figures less on prompts like those that the model was graded on', () => {
  const plain = { ...known('openai/gpt-4o'), id: 'google/codegemma-7b', released: null, hosts: [] };
  const praised = { ...plain, benchmarks: { mmlu_pro: 92, gpqa_diamond: 88 } };
  const abilities = [{ ...plain, benchmarks: {} }, praised].map((model) =>
    predictor.ability(model),
  );
  const logOddsAdded = (text: string): number => {
    const { models } = predictor.predict(featuresOf(text), abilities);
    const [without, withFigures] = models.map(({ success }) => Math.log(success / (1 - success)));
    return (withFigures ?? 0) - (without ?? 0);
  };

  const alike = logOddsAdded(
    'Natalia sold 48 clips in April and half as many in May. How many did she sell altogether?',
  );

  // In a script with hardly any graded prompts.
  const unlike = logOddsAdded('Наташа продала сорок восемь заколок. Сколько всего?');

  expect(alike).toBeGreaterThan(0);
  expect(unlike).toBeGreaterThan(1.5 * alike);
});

test.each([
  'What are the main differences between a virus and a bacterium?',
  'Write a haiku about an old pond and a frog.',
  'hello',
  'What is the capital of France?',
  'Natalia sold clips to 48 friends in April and half as many in May. How many in all?',
])('finds a typical prompt familiar: %s', (text) => {
  expect(predictor.predict(featuresOf(text), []).ood).toBeLessThanOrEqual(0.5);
});

test.each([
  {
    kind: 'an everyday question',
    text: 'What are the main differences between a virus and a bacterium?',
    least: 0,
    most: 0.25,
  },
  {
    kind: 'a word problem',
    text: 'Natalia sold clips to 48 friends in April and half as many in May. How many in all?',
    least: 0,
    most: 0.5,
  },
  {
    kind: 'a question in Chinese',
    text: '向一个十岁的孩子解释疫苗是如何起作用的。',
    least: 1,
    most: 1,
  },
])('finds $kind as novel as graded prompts make it', ({ text, least, most }) => {
  const { novelty } = predictor.predict(featuresOf(text), []);

  expect(novelty).toBeGreaterThanOrEqual(least);
  expect(novelty).toBeLessThanOrEqual(most);
});

test.each([
  'asdkjh qwoieu zxmcnb alskdj qpwoei rtyfgh vbnmzx',
  'გამარჯობა, როგორ ხარ დღეს და რას აკეთებ?',
  'რატომ არის ცა ლურჯი და რატომ არის მზის ჩასვლა წითელი?',
  'Hvordan koker jeg ris uten at den kleber seg sammen i gryten?',
])('finds an unusual prompt unfamiliar: %s', (text) => {
  expect(predictor.predict(featuresOf(text), []).ood).toBeGreaterThan(0.5);
});

test('predicts a longer answer to a request for an essay than to a yes-or-no question', () => {
  const ability = predictor.ability(known('openai/gpt-4o'));
  const tokens = (text: string): number =>
    predictor.predict(featuresOf(text), [ability]).models[0]?.outputTokens ?? 0;

  const essay = tokens(
    'Write a detailed travel blog post about a week in Hawaii, with highlights.',
  );

  expect(essay).toBeGreaterThan(tokens('Is 7 a prime number? Answer yes or no.'));
});

test('does not rate a summarisation as hard because of its long and complex material', () => {
  const sections = Array.from(
    { length: 30 },
    (_, i) => `## ${i}. Limits (v${i}.2)\n- up to ${i * 40} requests/s; \`x_${i} >= ${i * 7}\``,
  );
  const long = featuresOf(
    `Summarise the following document in a sentence.\n\n${sections.join('\n')}`,
  );
  const small = predictor.ability(known('openai/gpt-4o-mini'));
  const large = predictor.ability(known('anthropic/claude-opus-4.5'));

  const [cheap, expensive] = predictor.predict(long, [small, large]).models;

  expect(cheap?.success).toBeGreaterThan(0.5);
  expect(cheap?.success).toBeGreaterThan(0.7 * (expensive?.success ?? 0));
});
