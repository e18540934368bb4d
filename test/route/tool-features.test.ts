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

describe('tool features: parameters', () => {
  test('are counted, with the required ones', () => {
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
      what: 'of an anyOf alternative',
      schema: { type: 'object', anyOf: [{ properties: { inner: { type: 'string' } } }] },
    },
  ])('$what are counted one level deeper', ({ schema }) => {
    const toolbox = readToolFeatures([tool('f', '', { properties: { outer: schema } })], '');

    expect(toolbox).toMatchObject({ parameters: 2, depth: 2, structured: 0.5, untyped: 0 });
  });

  test('of a shared definition are counted once, one level below their references', () => {
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
    ['only a description', { description: 'a filter' }],
    ['no schema at all', true],
  ])('whose schema says %s are untyped', (_, schema) => {
    expect(readToolFeatures([tool('f', '', { properties: { a: schema } })], '').untyped).toBe(1);
  });

  test('that are nullable have the other type', () => {
    const schema = { type: ['null', 'array'], items: { type: 'string' } };

    const { structured, untyped } = readToolFeatures(
      [tool('f', '', { properties: { a: schema } })],
      '',
    );

    expect({ structured, untyped }).toEqual({ structured: 1, untyped: 0 });
  });
});

describe('tool features: match with the request', () => {
  const STOCKS = tool('stock_price', 'Looks up what a share costs.');

  test('distinguish a requested tool from an unrelated one', () => {
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
    ['a camel-case identifier', 'getWeather'],
  ])('%s matches the same word', (_, demand) => {
    expect(readToolFeatures([WEATHER], demand).named).toBeGreaterThan(0);
  });

  test('ignore the commonest words', () => {
    expect(readToolFeatures([WEATHER], 'what of the and a for').matched).toBe(0);
  });

  test('report a second matching tool as a rival, in any order', () => {
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

describe('tool features, for any tools', () => {
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

  test('have shares between 0 and 1 and finite counts', () => {
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

  test('limit the depth of a schema that is read', () => {
    let deep: object = { type: 'string' };
    for (let i = 0; i < 100_000; i++) deep = { properties: { a: deep } };

    const { parameters, depth } = readToolFeatures([tool('f', '', deep)], '');

    expect(parameters).toBe(depth);
    expect(parameters).toBeLessThan(1_000);
  });

  test('limit the number of tools and parameters that are read', () => {
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
