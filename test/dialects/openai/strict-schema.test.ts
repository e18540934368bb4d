import { translated } from '../../support/translated.js';

const HI = { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] };
const TEXT = { type: 'string' };

const objectOf = (properties: object, more: object = {}) => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
  ...more,
});

const ENFORCED: readonly (readonly [string, object])[] = [
  ['an object that names all it has', objectOf({ a: TEXT, b: { type: ['number', 'null'] } })],
  ['no members', objectOf({})],
  [
    'words that bound a value',
    objectOf({
      a: { type: 'string', pattern: '^a', format: 'date', description: 'A.' },
      n: { type: 'integer', minimum: 1 },
      l: { type: 'array', items: objectOf({ a: TEXT }), maxItems: 3 },
    }),
  ],
  [
    'definitions and choices',
    objectOf(
      { a: { anyOf: [{ $ref: '#/$defs/x' }, { type: 'null' }] } },
      { $defs: { x: objectOf({ a: { type: 'string', enum: ['b'] } }) } },
    ),
  ],
];

const open = objectOf({ a: TEXT, b: TEXT }, { required: ['a'] });
const REFUSED: readonly (readonly [string, object])[] = [
  ['a property that may be absent', open],
  ['such a property further down', objectOf({ l: { type: 'array', items: open } })],
  ['such a property in a choice', objectOf({ a: { anyOf: [TEXT, open] } })],
  [
    'such a property in a definition',
    objectOf({ a: { $ref: '#/$defs/x' } }, { $defs: { x: open } }),
  ],
  ['members that nobody has named', objectOf({ a: TEXT }, { additionalProperties: TEXT })],
  ['an object that does not say so', { type: 'object', properties: {} }],
  ['a value of any type', objectOf({ a: {} })],
  ['a word that OpenAI does not know', objectOf({ a: { allOf: [TEXT] } })],
  ['a format that OpenAI does not know', objectOf({ a: { type: 'string', format: 'uri' } })],
  ['a reference with a word beside it', objectOf({ a: { $ref: '#', description: 'A.' } })],
];

describe.each(['openai', 'responses'] as const)('strictness, asked of %s', (door) => {
  const asked = (schema: object) => {
    const { json, dropped } = translated('anthropic', door, {
      ...HI,
      tools: [{ name: 'f', input_schema: schema, strict: true }],
      output_config: { format: { type: 'json_schema', schema } },
    });
    const format = door === 'openai' ? json['response_format'] : json['text'];
    const told = JSON.stringify([json['tools'], format]);
    return { told: [...told.matchAll(/"strict":(\w+)/g)].map(([, is]) => is), dropped };
  };

  test.each(ENFORCED)('is said of a schema with %s', (_, schema) => {
    expect(asked(schema)).toEqual({ told: ['true', 'true'], dropped: [] });
  });

  test.each(REFUSED)('is named as lost of a schema with %s, which OpenAI refuses', (_, schema) => {
    expect(asked(schema)).toEqual({
      told: ['false', 'false'],
      dropped: ['tools[0].strict', 'output_config.format.strict'],
    });
  });

  test('is a reason to refuse the request where nothing may be lost', () => {
    const body = { ...HI, output_config: { format: { type: 'json_schema', schema: open } } };

    expect(() => translated('anthropic', door, body, { onLoss: 'refuse' })).toThrow(
      '`output_config.format.strict` has no equivalent',
    );
  });
});

test('a client of chat completions reads its own name of what is lost', () => {
  const response_format = {
    type: 'json_schema',
    json_schema: { name: 'a', schema: open, strict: true },
  };

  expect(translated('openai', 'responses', { ...HI, response_format }).dropped).toEqual([
    'response_format.json_schema.strict',
  ]);
});
