import { translated } from '../../support/translated.js';

const HI = { model: 'm', messages: [{ role: 'user', content: 'hi' }] };

describe('a schema for the answer', () => {
  test.each([
    ['members of any name', { type: 'object', additionalProperties: { type: 'number' } }],
    ['members of names of a form', { type: 'object', patternProperties: { '^a': {} } }],
    ['any members', { type: 'object' }],
  ])('becomes a tool where an object in it has %s, which no closed object can have', (_, map) => {
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
