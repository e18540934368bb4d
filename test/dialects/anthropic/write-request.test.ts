import { GatewayError } from '../../../src/core/errors.js';
import { toAnthropic, user } from './to-anthropic.js';

describe('chat completion request for Anthropic', () => {
  test('has max_tokens even if the client sets no limit', () => {
    expect(toAnthropic({}).json).toEqual({
      model: 'claude-sonnet-4-5',
      max_tokens: 8_192,
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(toAnthropic({}, { maxOutputTokens: 64_000 }).json).toMatchObject({ max_tokens: 64_000 });
    expect(toAnthropic({ max_completion_tokens: 5 }).json).toMatchObject({ max_tokens: 5 });
  });

  test('joins system prompts, and consecutive turns of one role', () => {
    const { json } = toAnthropic({
      messages: [
        { role: 'system', content: 'one' },
        user('a'),
        user('b'),
        { role: 'developer', content: 'two' },
        { role: 'assistant', content: 'c ' },
      ],
    });

    expect(json['system']).toEqual([
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
    ]);
    expect(json['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { role: 'assistant', content: 'c' },
    ]);
  });

  test('has a lone system prompt as a user message', () => {
    const { json } = toAnthropic({ messages: [{ role: 'system', content: 'Tell a joke.' }] });

    expect(json).toMatchObject({ messages: [{ role: 'user', content: 'Tell a joke.' }] });
    expect(json).not.toHaveProperty('system');
  });

  test('has tool results first in the next turn, under valid call ids', () => {
    const call = (id: string, args: string) => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: args },
    });
    const { json } = toAnthropic({
      messages: [
        user('hi'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [call('functions.f:0', '{"a":1}'), call('b', 'oops')],
        },
        { role: 'tool', tool_call_id: 'functions.f:0', content: 'one' },
        { role: 'tool', tool_call_id: 'b', content: [{ type: 'text', text: 'two' }] },
        user('and?'),
      ],
    });

    const id = expect.stringMatching(/^call_[0-9a-f]{24}$/);
    const [, assistant, results] = json['messages'] as {
      content: { id?: string; tool_use_id?: string }[];
    }[];
    expect(assistant?.content).toEqual([
      { type: 'tool_use', id, name: 'f', input: { a: 1 } },
      { type: 'tool_use', id: 'b', name: 'f', input: { arguments: 'oops' } },
    ]);
    expect(results?.content).toEqual([
      { type: 'tool_result', tool_use_id: id, content: 'one' },
      { type: 'tool_result', tool_use_id: 'b', content: 'two' },
      { type: 'text', text: 'and?' },
    ]);
    expect(assistant?.content[0]?.id).toBe(results?.content[0]?.tool_use_id);
  });

  test('supports legacy functions', () => {
    const { json } = toAnthropic({
      messages: [
        user('hi'),
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } },
        { role: 'function', name: 'f', content: 'one' },
      ],
      functions: [{ name: 'f', description: 'does' }],
      function_call: { name: 'f' },
    });

    expect(json).toMatchObject({
      tools: [{ name: 'f', description: 'does', input_schema: { type: 'object', properties: {} } }],
      tool_choice: { type: 'tool', name: 'f' },
    });
    expect((json['messages'] as unknown[])[2]).toMatchObject({ content: [{ tool_use_id: 'f' }] });
  });

  test.each([
    ['auto', { type: 'auto' }],
    ['required', { type: 'any' }],
    ['none', { type: 'none' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f' },
    ],
  ])('translates tool_choice %j', (choice, expected) => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];

    expect(toAnthropic({ tools, tool_choice: choice }).json['tool_choice']).toEqual(expected);
  });

  test('offers only allowed tools, and disables parallel calls on request', () => {
    const tool = (name: string) => ({ type: 'function', function: { name } });
    const { json } = toAnthropic({
      tools: [tool('f'), tool('g')],
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('g')] } },
      parallel_tool_calls: false,
    });

    expect(json).toMatchObject({
      tools: [{ name: 'g' }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
  });

  test('keeps images, documents and cache markers', () => {
    const url = 'data:image/jpg;base64,AAAA';
    const text = { file_data: `data:text/csv;base64,${Buffer.from('a,b').toString('base64')}` };
    const { json, dropped } = toAnthropic({
      messages: [
        user([
          { type: 'text', text: 'see', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'image_url', image_url: { url } },
          { type: 'image_url', image_url: { url: 'https://example.com/x.png' } },
          {
            type: 'file',
            file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,BBBB' },
          },
          { type: 'file', file: text },
        ]),
      ],
    });

    expect(json['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'text', text: 'see', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' } },
          { type: 'image', source: { type: 'url', url: 'https://example.com/x.png' } },
          {
            type: 'document',
            source: { type: 'base64', media_type: 'application/pdf', data: 'BBBB' },
            title: 'a.pdf',
          },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'a,b' } },
        ],
      },
    ]);
    expect(dropped).toEqual([]);
  });

  test('reports everything that Anthropic does not support as dropped', () => {
    const { dropped } = toAnthropic({
      messages: [
        user([
          { type: 'text', text: 'listen' },
          { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } },
          { type: 'file', file: { file_id: 'file-1' } },
          { type: 'image_url', image_url: { url: 'data:image/bmp;base64,AAAA' } },
          { type: 'hologram', hologram: {} },
        ]),
      ],
      n: 2,
      logprobs: true,
      seed: 7,
      frequency_penalty: 0.5,
      presence_penalty: 1,
      logit_bias: { 50256: -100 },
      temperature: 1.7,
      stop: ['x', ' '],
      service_tier: 'flex',
      prediction: { type: 'content', content: 'x' },
      response_format: { type: 'json_object' },
      tools: [{ type: 'custom', custom: { name: 'grammar' } }],
      my_own: 1,
    });

    expect([...dropped].sort()).toEqual([
      'frequency_penalty',
      'logit_bias',
      'logprobs',
      'messages[0].content[1]',
      'messages[0].content[2]',
      'messages[0].content[3]',
      'messages[0].content[4]',
      'my_own',
      'n',
      'prediction',
      'presence_penalty',
      'response_format',
      'seed',
      'service_tier',
      'stop',
      'temperature',
      'tools[0]',
    ]);
  });

  test('reports no default values as dropped', () => {
    const { dropped, json } = toAnthropic({
      n: 1,
      logprobs: false,
      frequency_penalty: 0,
      presence_penalty: 0,
      logit_bias: {},
      store: false,
      service_tier: 'auto',
      temperature: 0.1,
      top_p: 1,
      user: 'u1',
      tools: [],
    });

    expect(dropped).toEqual([]);
    expect(json).toMatchObject({ temperature: 0.1, metadata: { user_id: 'u1' } });
    expect(json).not.toHaveProperty('top_p');
  });

  test('is rejected with the field name if nothing may be dropped', () => {
    const refused = () => toAnthropic({ seed: 7 }, { onLoss: 'refuse' });

    expect(refused).toThrow(GatewayError);
    expect(refused).toThrow(expect.objectContaining({ code: 'invalid_request', param: 'seed' }));
  });

  test('is rejected if nothing of a user message is left', () => {
    const audio = { type: 'input_audio', input_audio: { data: 'AAAA', format: 'mp3' } };

    expect(() => toAnthropic({ messages: [user([audio])] })).toThrow(
      expect.objectContaining({ code: 'invalid_request', param: 'messages[0]' }),
    );
  });

  test('applies only the provider_options for the dialect and the provider', () => {
    const options = { anthropic: { top_k: 5 }, acme: { speed: 'fast' }, gemini: { x: 1 } };

    const { json, dropped } = toAnthropic({ provider_options: options }, { provider: 'acme' });

    expect(json).toMatchObject({ top_k: 5, speed: 'fast' });
    expect(json).not.toHaveProperty('x');
    expect(dropped).toEqual([]);
  });
});
