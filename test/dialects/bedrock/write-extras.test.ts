import type { Target } from '../../../src/dialects/dialect.js';
import { translated } from '../../support/translated.js';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'us.amazon.nova-2-lite-v1:0';
const user = (content: unknown) => ({ role: 'user', content });
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, ...more },
});

function toBedrock(body: object, model = CLAUDE, target: Partial<Target> = {}) {
  const request = { model: 'auto', messages: [user('hi')], ...body };
  return translated('openai', 'bedrock', request, { model, provider: 'bedrock', ...target });
}

const fromAnthropic = (body: object, model = CLAUDE) =>
  translated(
    'anthropic',
    'bedrock',
    { model: 'auto', max_tokens: 9, messages: [user('hi')], ...body },
    { model, provider: 'bedrock' },
  );

describe('response schema for Bedrock', () => {
  const schema = { type: 'object', properties: { a: { type: 'number', minimum: 1 } } };
  const wants = { response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } };

  test('is sent to models that support schemas, as far as it can be enforced', () => {
    const { json } = toBedrock(wants);

    const { textFormat } = json['outputConfig'] as {
      textFormat: { structure: { jsonSchema: { name: string; schema: string } } };
    };
    expect(textFormat.structure.jsonSchema.name).toBe('n');
    expect(JSON.parse(textFormat.structure.jsonSchema.schema)).toEqual({
      type: 'object',
      properties: { a: { type: 'number', description: '(minimum: 1)' } },
      additionalProperties: false,
    });
  });

  test.each([NOVA, 'meta.llama3-3-70b-instruct-v1:0', 'anthropic.claude-3-5-haiku-20241022-v1:0'])(
    'becomes a tool for %s',
    (model) => {
      const { json, asked } = toBedrock(wants, model);

      expect(asked.answerTool).toBe('answer');
      expect(json['outputConfig']).toBeUndefined();
      expect(json['toolConfig']).toMatchObject({ toolChoice: { tool: { name: 'answer' } } });
    },
  );

  test('leaves the client’s own tools callable', () => {
    const { json, asked } = toBedrock({ ...wants, tools: [tool('answer')] }, NOVA);

    expect(asked.answerTool).toBe('final_answer');
    expect(json['toolConfig']).toMatchObject({ toolChoice: { any: {} } });
  });

  test('is strict for tools if the model supports that', () => {
    const strict = { tools: [tool('t', { strict: true, parameters: schema })] };

    expect(toBedrock(strict).json['toolConfig']).toMatchObject({
      tools: [
        { toolSpec: { strict: true, inputSchema: { json: { additionalProperties: false } } } },
      ],
    });
    expect(toBedrock(strict, NOVA).dropped).toEqual(['tools[0].strict']);
  });
});

describe('Bedrock thinking', () => {
  const wants = { reasoning_effort: 'medium' };

  test.each([
    [CLAUDE, { thinking: { type: 'enabled', budget_tokens: 4_096 } }],
    [
      'global.anthropic.claude-opus-4-6-v1',
      { thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } },
    ],
    [NOVA, { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'medium' } }],
    ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'medium' }],
    ['qwen.qwen3-32b-v1:0', { reasoning_config: 'medium' }],
  ])('is requested from %s in its own format', (model, extra) => {
    expect(toBedrock(wants, model).json['additionalModelRequestFields']).toEqual(extra);
  });

  test('is reported as dropped for models without it', () => {
    expect(toBedrock(wants, 'meta.llama3-3-70b-instruct-v1:0').dropped).toEqual([
      'reasoning_effort',
    ]);
    expect(toBedrock(wants, NOVA, { canThink: false }).dropped).toEqual(['reasoning_effort']);
    expect(toBedrock({ reasoning_effort: 'none' }, 'openai.gpt-oss-20b-1:0').dropped).toEqual([
      'reasoning_effort',
    ]);
    expect(toBedrock({ reasoning_effort: 'none' }, NOVA).dropped).toEqual([]);
  });

  test('leaves room for the answer', () => {
    expect(toBedrock(wants).json['inferenceConfig']).toEqual({ maxTokens: 8_192 });
  });

  test('of earlier turns is sent back with its signature, to Claude only', () => {
    const messages = [
      user('a'),
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'YWJj' },
          { type: 'text', text: 'b' },
        ],
      },
      user('c'),
    ];

    const claude = fromAnthropic({ messages });
    const nova = fromAnthropic({ messages }, NOVA);

    expect((claude.json['messages'] as object[])[1]).toEqual({
      role: 'assistant',
      content: [
        { reasoningContent: { reasoningText: { text: 'hm', signature: 'c2ln' } } },
        { reasoningContent: { redactedContent: 'YWJj' } },
        { text: 'b' },
      ],
    });
    expect((nova.json['messages'] as object[])[1]).toEqual({
      role: 'assistant',
      content: [{ text: 'b' }],
    });
    expect(nova.dropped).toEqual(['messages[1].content[0]', 'messages[1].content[1]']);
  });
});

describe('cache markers for Bedrock', () => {
  const marked = {
    system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }],
    tools: [{ name: 't', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral' } }],
    messages: [user([{ type: 'text', text: 'u', cache_control: { type: 'ephemeral' } }])],
  };
  const point = { cachePoint: { type: 'default' } };

  test('become cache points', () => {
    const { json, dropped } = fromAnthropic(marked);

    expect(dropped).toEqual([]);
    expect(json['system']).toEqual([{ text: 's' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    expect(json['messages']).toEqual([user([{ text: 'u' }, point])]);
    expect(json['toolConfig']).toMatchObject({ tools: [{ toolSpec: {} }, point] });
  });

  test('are dropped and reported for models that reject them', () => {
    expect(fromAnthropic(marked, NOVA).dropped).toEqual([
      'tools[0].cache_control',
      'system[0].cache_control.ttl',
    ]);
    expect(fromAnthropic(marked, 'qwen.qwen3-32b-v1:0').dropped).toEqual([
      'tools[0].cache_control',
      'system[0].cache_control',
      'messages[0].content[0].cache_control',
    ]);
  });

  test('for the whole prompt are at its end', () => {
    const { json } = fromAnthropic({ cache_control: { type: 'ephemeral' } });

    expect(json['messages']).toEqual([user([{ text: 'hi' }, point])]);
  });
});
