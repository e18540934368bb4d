import type { Target } from '../../../src/dialects/dialect.js';
import { translated } from '../../support/translated.js';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const user = (content: unknown) => ({ role: 'user', content });
const image = (url: string) => ({ type: 'image_url', image_url: { url } });
const file = (data: string, filename?: string) => ({
  type: 'file',
  file: { file_data: data, ...(filename !== undefined && { filename }) },
});
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, ...more },
});
const call = (id: string, name: string, args = '{}') => ({
  id,
  type: 'function',
  function: { name, arguments: args },
});
const result = (id: string, content: unknown) => ({ role: 'tool', tool_call_id: id, content });

function toBedrock(body: object, model = CLAUDE, target: Partial<Target> = {}) {
  const request = { model: 'auto', messages: [user('hi')], ...body };
  return translated('openai', 'bedrock', request, { model, provider: 'bedrock', ...target });
}

describe('chat completion request for Bedrock', () => {
  test('starts with a placeholder user turn if the assistant spoke first', () => {
    const { json } = toBedrock({
      messages: [{ role: 'assistant', content: 'Hello!' }, user('hi')],
    });

    expect(json['messages']).toMatchObject([
      { role: 'user', content: [{ text: '.' }] },
      { role: 'assistant' },
      { role: 'user' },
    ]);
  });

  test('translates everything that both dialects support', () => {
    const schema = { type: 'object', properties: { a: { type: 'number' } } };
    const { json, dropped } = toBedrock({
      messages: [{ role: 'system', content: 'Be brief.' }, user('a'), user('b')],
      max_tokens: 9,
      temperature: 0.5,
      top_k: 3,
      stop: ['END', ' '],
      service_tier: 'flex',
      tools: [
        tool('f', { description: 'does', parameters: schema }),
        tool('g', { description: '' }),
      ],
      tool_choice: { type: 'function', function: { name: 'f' } },
      provider_options: { bedrock: { guardrailConfig: { guardrailIdentifier: 'g' } } },
    });

    expect(dropped).toEqual(['stop']);
    expect(json).toEqual({
      system: [{ text: 'Be brief.' }],
      messages: [{ role: 'user', content: [{ text: 'a' }, { text: 'b' }] }],
      inferenceConfig: { maxTokens: 9, temperature: 0.5, stopSequences: ['END'] },
      additionalModelRequestFields: { top_k: 3 },
      toolConfig: {
        tools: [
          { toolSpec: { name: 'f', description: 'does', inputSchema: { json: schema } } },
          { toolSpec: { name: 'g', inputSchema: { json: { type: 'object', properties: {} } } } },
        ],
        toolChoice: { tool: { name: 'f' } },
      },
      serviceTier: { type: 'flex' },
      guardrailConfig: { guardrailIdentifier: 'g' },
    });
  });

  test('reports unsupported members as dropped', () => {
    const { dropped } = toBedrock({
      n: 2,
      logprobs: true,
      seed: 1,
      frequency_penalty: 1,
      presence_penalty: 1,
      user: 'me',
      response_format: { type: 'json_object' },
      parallel_tool_calls: false,
      tools: [tool('f')],
    });

    expect(dropped).toEqual([
      'n',
      'logprobs',
      'seed',
      'frequency_penalty',
      'presence_penalty',
      'user',
      'response_format',
      'parallel_tool_calls',
    ]);
  });

  test('translates images, audio and documents, with unique document names', () => {
    const { json, dropped } = toBedrock({
      messages: [
        user([
          image('data:image/jpg;base64,AAAA'),
          { type: 'input_audio', input_audio: { data: 'BBBB', format: 'mp3' } },
          file('data:application/pdf;base64,CCCC', 'a_b  c.pdf'),
          file('data:application/pdf;base64,DDDD', 'a b c.pdf'),
          file('data:text/x-log;base64,EEEE'),
          file('data:text/plain;base64,FFFF'),
        ]),
      ],
    });

    expect(dropped).toEqual([]);
    const document = (format: string, name: string, bytes: string) => ({
      document: { format, name, source: { bytes } },
    });
    expect(json['messages']).toEqual([
      user([
        { image: { format: 'jpeg', source: { bytes: 'AAAA' } } },
        { audio: { format: 'mp3', source: { bytes: 'BBBB' } } },
        document('pdf', 'a-b c', 'CCCC'),
        document('pdf', 'a b c', 'DDDD'),
        document('txt', 'document', 'EEEE'),
        document('txt', 'document 2', 'FFFF'),
        // A message with a document needs text.
        { text: 'a-b c' },
      ]),
    ]);
  });

  test('has no images by URL: they are reported as dropped, or the request is rejected', () => {
    const both = [
      user([{ type: 'text', text: 'What is it?' }, image('https://pics.example/a.png')]),
    ];

    const { json, dropped } = toBedrock({ messages: both });

    expect(dropped).toEqual(['messages[0].content[1]']);
    expect(json['messages']).toEqual([user([{ text: 'What is it?' }])]);
    expect(() => toBedrock({ messages: both }, CLAUDE, { onLoss: 'refuse' })).toThrow(
      'messages[0].content[1]',
    );
    expect(() => toBedrock({ messages: [user([image('https://pics.example/a.png')])] })).toThrow(
      'No content of',
    );
  });

  test('keeps S3 URIs', () => {
    const { json } = toBedrock({ messages: [user([image('s3://bucket/kiwi.png')])] });

    expect(json['messages']).toEqual([
      user([{ image: { format: 'png', source: { s3Location: { uri: 's3://bucket/kiwi.png' } } } }]),
    ]);
  });

  test('has tool results under valid call ids, in alternating turns', () => {
    const odd = 'functions.get_temperature:0';
    const { json } = toBedrock({
      tools: [tool('t')],
      messages: [
        user('go'),
        {
          role: 'assistant',
          content: ' ',
          tool_calls: [call(odd, 't', '{"a":1}'), call('x', 't', 'no json')],
        },
        result(odd, 'one'),
        result('x', ''),
        user('and?'),
      ],
    });

    const [, assistant, answers] = json['messages'] as { content: Record<string, unknown>[] }[];
    const id = (assistant?.content[0]?.['toolUse'] as { toolUseId: string }).toolUseId;
    expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(assistant?.content).toEqual([
      { toolUse: { toolUseId: id, name: 't', input: { a: 1 } } },
      { toolUse: { toolUseId: 'x', name: 't', input: { arguments: 'no json' } } },
    ]);
    expect(answers?.content).toEqual([
      { toolResult: { toolUseId: id, content: [{ text: 'one' }] } },
      { toolResult: { toolUseId: 'x', content: [] } },
      { text: 'and?' },
    ]);
  });

  test('declares the tools called earlier if the client offers none', () => {
    const messages = [
      user('go'),
      { role: 'assistant', tool_calls: [call('x', 't')] },
      result('x', '1'),
    ];

    const { json } = toBedrock({ messages });

    const spec = { name: 't', inputSchema: { json: { type: 'object', properties: {} } } };
    expect(json['toolConfig']).toEqual({ tools: [{ toolSpec: spec }] });
  });

  test.each([
    ['auto', { tools: expect.any(Array) as unknown[] }],
    ['required', { tools: expect.any(Array) as unknown[], toolChoice: { any: {} } }],
    ['none', undefined],
  ])('translates tool_choice %s', (choice, config) => {
    expect(toBedrock({ tools: [tool('t')], tool_choice: choice }).json['toolConfig']).toEqual(
      config,
    );
  });

  test('reports tool_choice none as dropped after tool calls', () => {
    const messages = [
      user('go'),
      { role: 'assistant', tool_calls: [call('x', 't')] },
      result('x', '1'),
    ];

    const { dropped } = toBedrock({ messages, tools: [tool('t')], tool_choice: 'none' });

    expect(dropped).toEqual(['tool_choice']);
  });
});
