import type { Tool } from '../../src/core/conversation.js';
import type { Features } from '../../src/route/features.js';
import { featuresOf, LOADING_LIMIT_MS, loadShipped } from './shipped.js';
import type { Shipped } from './shipped.js';

let predictor: Shipped['predictor'];
let known: Shipped['known'];

beforeAll(async () => {
  ({ predictor, known } = await loadShipped());
}, LOADING_LIMIT_MS);

describe('shipped predictor: requests with tools', () => {
  const toolOf = (name: string, description: string, ...properties: string[]): Tool => ({
    name,
    description,
    parameters: {
      type: 'object',
      properties: Object.fromEntries(properties.map((each) => [each, { type: 'string' }])),
      required: properties,
    },
    definitionLength: 300,
  });
  const weather = toolOf('get_current_weather', 'Get the current weather in a place.', 'location');
  const forecast = toolOf(
    'get_weather_forecast',
    'Get the weather in a place on a day to come.',
    'location',
    'day',
  );
  const rate = toolOf('get_exchange_rate', 'Get the rate between two currencies.', 'from', 'to');
  const stock = toolOf('get_stock_price', 'Get the latest price of a stock.', 'symbol');
  const area = toolOf(
    'triangle_area',
    'Calculate the area of a triangle from base and height.',
    'base',
    'height',
  );
  /** A request for one tool, one that takes several calls, and one unrelated to the tool. */
  const cases: readonly (readonly [Tool, Tool, string, string, string])[] = [
    [
      weather,
      forecast,
      'What is the current weather in Oslo, in celsius?',
      'What is the weather in Oslo today, in Rome on Friday and in Kyiv this weekend?',
      'How tall is the tower of Pisa?',
    ],
    [
      rate,
      stock,
      'How many yen is a dollar?',
      'How many yen and how many euros is a dollar, and what does a pound cost in francs?',
      'Who wrote Faust?',
    ],
    [
      stock,
      rate,
      'What is the price of Apple stock?',
      'Compare the prices of Apple, Google and Tesla stock, and give them in euros.',
      'Find a flight to Rome.',
    ],
    [
      area,
      rate,
      'Calculate the area of a triangle with base 10 and height 5.',
      'What are the areas of triangles with base 10 and height 5, base 3 and height 4, and base 7 and height 2?',
      'Book a table for two tonight.',
    ],
  ];
  const meanSuccess = (of: (each: (typeof cases)[number]) => Features): number => {
    const ability = predictor.ability(known('meta/llama-3.1-8b-instruct'));
    const each = cases.map((one) => predictor.predict(of(one), [ability]).models[0]?.success ?? 0);
    return each.reduce((sum, success) => sum + success, 0) / each.length;
  };
  const asked = (): number => meanSuccess(([tool, , text]) => featuresOf(text, tool));

  test('are easier with the one required tool than with two tools and several questions', () => {
    const several = meanSuccess(([one, two, , text]) => featuresOf(text, one, two));

    expect(asked()).toBeGreaterThan(several + 0.03);
  });

  test('are easier with the required tool than with an unrelated one', () => {
    const other = meanSuccess(([tool, , , , text]) => featuresOf(text, tool));

    expect(asked()).toBeGreaterThan(other + 0.03);
  });
});

describe('shipped predictor: requests of coding agents', () => {
  const bash: Tool = {
    name: 'Bash',
    description: 'Runs a command.',
    parameters: { type: 'object', properties: { command: { type: 'string' } } },
    definitionLength: 100,
  };
  const ids = ['openai/gpt-4o-mini', 'openai/gpt-5-mini', 'anthropic/claude-opus-5'];
  const predicted = (text: string) => {
    const features = featuresOf(text, bash);
    const abilities = ids.map((id) => predictor.ability(known(id)));
    return { features, abilities, ...predictor.predict(features, abilities) };
  };

  test('are predicted from agentic benchmarks, not from single tool calls', () => {
    const [small, middle, large] = predicted('Fix the failing test in src/sum.test.ts').models.map(
      ({ success }) => success,
    );

    // SWE-bench Verified has 0.09 for the first.
    expect(small).toBeLessThan(0.4);
    expect(middle).toBeGreaterThan(0.5);
    expect(large).toBeGreaterThan(0.8);
  });

  test('have the same prediction at every step, so that a session keeps its model', () => {
    const one = predicted('Rename foo to bar in src/a.ts');
    const other = predicted('Почему падает этот тест?');

    expect(one.models.map(({ success }) => success)).toEqual(
      other.models.map(({ success }) => success),
    );
    expect([one.ood, other.ood]).toEqual([0.5, 0.5]);
  });

  test('have the same prediction from stored numbers', () => {
    const { features, vector, abilities, models } = predicted('Rename foo to bar in src/a.ts');

    const judged = predictor.predictNumbers(
      { vector: vector ?? new Float32Array(), dense: features.dense },
      abilities,
    );

    expect(judged.models.map(({ success }) => success)).toEqual(
      models.map(({ success }) => success),
    );
    expect(judged.novelty).toBe(0.5);
  });
});
