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
  ['all properties required', objectOf({ a: TEXT, b: { type: ['number', 'null'] } })],
  ['no properties', objectOf({})],
  [
    'constraints',
    objectOf({
      a: { type: 'string', pattern: '^a', format: 'date', description: 'A.' },
      n: { type: 'integer', minimum: 1 },
      l: { type: 'array', items: objectOf({ a: TEXT }), maxItems: 3 },
    }),
  ],
  [
    'definitions and unions',
    objectOf(
      { a: { anyOf: [{ $ref: '#/$defs/x' }, { type: 'null' }] } },
      { $defs: { x: objectOf({ a: { type: 'string', enum: ['b'] } }) } },
    ),
  ],
];

const open = objectOf({ a: TEXT, b: TEXT }, { required: ['a'] });
const REJECTED: readonly (readonly [string, object])[] = [
  ['an optional property', open],
  ['an optional property in an array', objectOf({ l: { type: 'array', items: open } })],
  ['an optional property in a union', objectOf({ a: { anyOf: [TEXT, open] } })],
  [
    'an optional property in a definition',
    objectOf({ a: { $ref: '#/$defs/x' } }, { $defs: { x: open } }),
  ],
  ['additional properties', objectOf({ a: TEXT }, { additionalProperties: TEXT })],
  ['an open object', { type: 'object', properties: {} }],
  ['a value of any type', objectOf({ a: {} })],
  ['an unsupported keyword', objectOf({ a: { allOf: [TEXT] } })],
  ['an unsupported format', objectOf({ a: { type: 'string', format: 'uri' } })],
  ['a reference with a sibling keyword', objectOf({ a: { $ref: '#', description: 'A.' } })],
];

describe.each(['openai', 'responses'] as const)('strict schema for %s', (dialect) => {
  const asked = (schema: object) => {
    const { json, dropped } = translated('anthropic', dialect, {
      ...HI,
      tools: [{ name: 'f', input_schema: schema, strict: true }],
      output_config: { format: { type: 'json_schema', schema } },
    });
    const format = dialect === 'openai' ? json['response_format'] : json['text'];
    const told = JSON.stringify([json['tools'], format]);
    return { told: [...told.matchAll(/"strict":(\w+)/g)].map(([, is]) => is), dropped };
  };

  test.each(ENFORCED)('stays strict with %s', (_, schema) => {
    expect(asked(schema)).toEqual({ told: ['true', 'true'], dropped: [] });
  });

  test.each(REJECTED)('loses strictness, which is reported, with %s', (_, schema) => {
    expect(asked(schema)).toEqual({
      told: ['false', 'false'],
      dropped: ['tools[0].strict', 'output_config.format.strict'],
    });
  });

  test('is rejected if it would lose strictness and nothing may be dropped', () => {
    const body = { ...HI, output_config: { format: { type: 'json_schema', schema: open } } };

    expect(() => translated('anthropic', dialect, body, { onLoss: 'refuse' })).toThrow(
      '`output_config.format.strict` has no equivalent',
    );
  });
});

test('lost strictness is reported under the member name of Chat Completions', () => {
  const response_format = {
    type: 'json_schema',
    json_schema: { name: 'a', schema: open, strict: true },
  };

  expect(translated('openai', 'responses', { ...HI, response_format }).dropped).toEqual([
    'response_format.json_schema.strict',
  ]);
});
