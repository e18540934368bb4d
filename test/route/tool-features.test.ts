import { readToolFeatures } from '../../src/route/tool-features.js';
import { fc } from '../support/fast-check.js';
import type { Tool } from '../../src/core/conversation.js';

function tool(name: string, description: string, parameters: object | null = null): Tool {
  return { name, description, parameters: parameters as Tool['parameters'], definitionLength: 1 };
}

const WEATHER = tool('get_weather', 'Returns the current weather of a city.', {
  type: 'object',
  properties: {
    city: { type: 'string', description: 'Its name.' },
    unit: { type: 'string', enum: ['celsius', 'fahrenheit'] },
  },
  required: ['city'],
});

describe('parameters', () => {
  test('are counted with those that must be given', () => {
    const toolbox = readToolFeatures([WEATHER, WEATHER], '');

    expect(toolbox).toMatchObject({ parameters: 4, required: 2, depth: 1, enumerated: 0.5 });
    expect(toolbox.describedChars).toBe('Its name.'.length / 2);
  });

  test.each([
    { what: 'of an object', schema: { type: 'object', properties: { inner: { type: 'string' } } } },
    {
      what: 'of the objects of a list',
      schema: { type: 'array', items: { properties: { inner: { type: 'string' } } } },
    },
    {
      what: 'of one of several forms',
      schema: { type: 'object', anyOf: [{ properties: { inner: { type: 'string' } } }] },
    },
  ])('$what are counted, and lie deeper', ({ schema }) => {
    const toolbox = readToolFeatures([tool('f', '', { properties: { outer: schema } })], '');

    expect(toolbox).toMatchObject({ parameters: 2, depth: 2, structured: 0.5, untyped: 0 });
  });

  test('of a shared definition are counted once, and lie deeper than those that point to it', () => {
    const pointer = { $ref: '#/$defs/Point' };
    const parameters = {
      properties: { from: pointer, to: pointer },
      $defs: { Point: { properties: { x: { type: 'number' } } } },
    };

    const toolbox = readToolFeatures([tool('draw', '', parameters)], '');

    expect(toolbox).toMatchObject({ parameters: 3, depth: 2, untyped: 0 });
  });

  test.each([
    ['nothing', {}],
    ['anything', { type: 'any' }],
    ['only what it is for', { description: 'a filter' }],
    ['no schema at all', true],
  ])('whose schema says %s are untyped', (_, schema) => {
    expect(readToolFeatures([tool('f', '', { properties: { a: schema } })], '').untyped).toBe(1);
  });

  test('that may be null have the other type', () => {
    const schema = { type: ['null', 'array'], items: { type: 'string' } };

    const { structured, untyped } = readToolFeatures(
      [tool('f', '', { properties: { a: schema } })],
      '',
    );

    expect({ structured, untyped }).toEqual({ structured: 1, untyped: 0 });
  });
});

describe('how tools fit the demand', () => {
  const STOCKS = tool('stock_price', 'Looks up what a share costs.');

  test('a tool that is asked for is told from one that is not', () => {
    const asked = readToolFeatures([WEATHER], 'What is the weather like in the city of Oslo?');
    const other = readToolFeatures([STOCKS], 'What is the weather like in the city of Oslo?');

    expect(asked.named).toBe(0.5);
    expect(asked.matched).toBeGreaterThan(0.3);
    expect(asked.covered).toBeGreaterThan(0.3);
    expect(other).toMatchObject({ named: 0, matched: 0, covered: 0 });
  });

  test.each([
    ['another form of the word', 'weathering'],
    ['a capital', 'WEATHER'],
    ['an identifier in humps', 'getWeather'],
  ])('%s is the same word', (_, demand) => {
    expect(readToolFeatures([WEATHER], demand).named).toBeGreaterThan(0);
  });

  test('the commonest words are none', () => {
    expect(readToolFeatures([WEATHER], 'what of the and a for').matched).toBe(0);
  });

  test('a second tool that fits as well is a rival, in whatever order', () => {
    const demand = 'the current weather of my city';

    const alone = readToolFeatures([WEATHER, STOCKS], demand).rivalled;
    const rivalled = readToolFeatures(
      [WEATHER, tool('forecast', 'The weather of tomorrow.')],
      demand,
    );
    const swapped = readToolFeatures(
      [tool('forecast', 'The weather of tomorrow.'), WEATHER],
      demand,
    );

    expect(alone).toBe(0);
    expect(rivalled.rivalled).toBeGreaterThan(0);
    expect(swapped).toEqual(rivalled);
  });
});

describe('whatever the client sends', () => {
  const few = { maxKeys: 3, maxLength: 3 };
  const { schema } = fc.letrec((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.record(
        {
          type: fc.constantFrom('object', 'array', 'any', 7, null, ['null', 'string'], []),
          properties: fc.dictionary(fc.string(), tie('schema'), few),
          required: fc.array(fc.string(), few),
          items: tie('schema'),
          anyOf: fc.array(tie('schema'), few),
          $defs: fc.dictionary(fc.string(), tie('schema'), few),
          enum: fc.jsonValue({ maxDepth: 1 }),
          description: fc.jsonValue({ maxDepth: 1 }),
        },
        { requiredKeys: [] },
      ),
    ),
  }));
  const anyTool = fc
    .tuple(fc.string(), fc.string(), fc.dictionary(fc.string(), schema, few))
    .map(([name, description, properties]) => tool(name, description, { properties }));

  test('shares lie between 0 and 1, and counts are finite', () => {
    fc.assert(
      fc.property(fc.array(anyTool, { maxLength: 4 }), fc.string(), (tools, demand) => {
        const { parameters, required, depth, describedChars, ...shares } = readToolFeatures(
          tools,
          demand,
        );

        for (const count of [parameters, required, depth, describedChars]) {
          expect(Number.isFinite(count) && count >= 0).toBe(true);
        }
        for (const share of Object.values(shares)) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test('a schema of a hundred thousand levels is read so far', () => {
    let deep: object = { type: 'string' };
    for (let i = 0; i < 100_000; i++) deep = { properties: { a: deep } };

    const { parameters, depth } = readToolFeatures([tool('f', '', deep)], '');

    expect(parameters).toBe(depth);
    expect(parameters).toBeLessThan(1_000);
  });

  test('of very many tools and parameters only so many are read', () => {
    const wide = Object.fromEntries(
      Array.from({ length: 50_000 }, (_, i) => [`p${i}`, { type: 'string' }]),
    );

    const { parameters } = readToolFeatures(
      Array.from({ length: 1_000 }, () => tool('f', 'x '.repeat(1_000), { properties: wide })),
      'x',
    );

    expect(parameters).toBeLessThan(1_000);
  });
});
