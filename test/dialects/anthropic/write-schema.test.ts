import { translated } from '../../support/translated.js';
import { toAnthropic } from './to-anthropic.js';

const HI = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

describe('response schema for Anthropic', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      age: { type: 'integer', description: 'Years.', minimum: 0, maximum: 150 },
      tags: { type: 'array', items: { type: 'string', minLength: 2 }, minItems: 1 },
      either: { oneOf: [{ type: 'object', properties: {} }, { type: 'null' }] },
    },
  };
  const format = { type: 'json_schema', json_schema: { name: 'person', schema, strict: true } };

  test('keeps enforceable constraints and moves the others to descriptions', () => {
    const { json } = toAnthropic({ response_format: format });

    expect(json['output_config']).toEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          additionalProperties: false,
          properties: {
            age: { type: 'integer', description: 'Years. (minimum: 0, maximum: 150)' },
            tags: {
              type: 'array',
              items: { type: 'string', description: '(minLength: 2)' },
              minItems: 1,
            },
            either: {
              anyOf: [
                { type: 'object', properties: {}, additionalProperties: false },
                { type: 'null' },
              ],
            },
          },
        },
      },
    });
  });

  test('becomes a forced tool for models without schema support', () => {
    const older = { model: 'claude-3-5-haiku-latest' };
    const tools = [{ type: 'function', function: { name: 'answer', strict: true } }];

    const alone = toAnthropic({ response_format: format }, older);
    const among = toAnthropic({ response_format: format, tools }, older);

    expect(alone.json).toMatchObject({ tool_choice: { type: 'tool', name: 'answer' } });
    expect(alone.asked.answerTool).toBe('answer');
    expect(among.json).toMatchObject({
      tools: [{ name: 'answer' }, { name: 'final_answer' }],
      tool_choice: { type: 'any' },
    });
    expect(among.asked.answerTool).toBe('final_answer');
    expect(among.dropped).toEqual(['tools[0].strict']);
  });

  test.each([
    ['additional properties', { type: 'object', additionalProperties: { type: 'number' } }],
    ['pattern properties', { type: 'object', patternProperties: { '^a': {} } }],
    ['arbitrary properties', { type: 'object' }],
  ])('becomes a forced tool if an object in it has %s', (_, map) => {
    const schema = { type: 'object', properties: { scores: { anyOf: [map, { type: 'null' }] } } };
    const response_format = { type: 'json_schema', json_schema: { name: 'a', schema } };
    const newer = { model: 'claude-sonnet-4-5' };

    const { json, asked } = translated('openai', 'anthropic', { ...HI, response_format }, newer);

    expect(asked.answerTool).toBe('answer');
    expect(json).toMatchObject({ tools: [{ input_schema: schema }] });
    expect(json).not.toHaveProperty('output_config');
    const bedrock = translated(
      'openai',
      'bedrock',
      { ...HI, response_format },
      { model: 'anthropic.claude-sonnet-4-5-20250929-v1:0' },
    );
    expect(bedrock.asked.answerTool).toBe('answer');

    const tools = [{ type: 'function', function: { name: 'f', parameters: schema, strict: true } }];
    const offered = translated('openai', 'anthropic', { ...HI, tools }, newer);
    expect(offered.json).toMatchObject({ tools: [{ input_schema: schema }] });
    expect(offered.json['tools']).not.toHaveProperty('0.strict');
    expect(offered.dropped).toEqual(['tools[0].strict']);
  });
});
