import type { Target } from '../../../src/dialects/dialect.js';
import { translated } from '../../support/translated.js';

function tool(name: string, more: object = {}) {
  return { type: 'function', function: { name, ...more } };
}
function user(content: unknown) {
  return { role: 'user', content };
}
const SCHEMA = { type: 'object', properties: { a: { type: 'number' } } };
const PIXEL = 'iVBORw0KGgo=';

function toOllama(body: object, target: Partial<Target> = {}) {
  const there = { model: 'qwen3:8b', provider: 'ollama', ...target };
  return translated(
    'openai',
    'ollama',
    { model: 'a', messages: [user('hi, as JSON')], ...body },
    there,
  );
}

describe('chat completion request for Ollama', () => {
  test('translates everything that both dialects support', () => {
    const { json, dropped } = toOllama({
      messages: [{ role: 'developer', content: 'Be brief.' }, user('a')],
      max_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      stop: 'END',
      logprobs: true,
      top_logprobs: 2,
      tools: [tool('f', { description: 'does', parameters: SCHEMA })],
      provider_options: { ollama: { options: { num_ctx: 8_192, seed: 8 }, keep_alive: '1h' } },
    });

    expect(dropped).toEqual([]);
    expect(json).toEqual({
      model: 'qwen3:8b',
      messages: [{ role: 'system', content: 'Be brief.' }, user('a')],
      stream: false,
      tools: [tool('f', { description: 'does', parameters: SCHEMA })],
      logprobs: true,
      top_logprobs: 2,
      keep_alive: '1h',
      options: {
        temperature: 0.5,
        top_p: 0.9,
        top_k: 3,
        seed: 8,
        frequency_penalty: 0.1,
        presence_penalty: 0.2,
        num_predict: 9,
        stop: ['END'],
        num_ctx: 8_192,
      },
    });
  });

  test('reports everything that Ollama does not support as dropped', () => {
    const { json, dropped } = toOllama({
      messages: [
        user([
          { type: 'text', text: 'a JSON' },
          { type: 'image_url', image_url: { url: 'https://x.test/a.png' } },
          { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
        ]),
      ],
      n: 2,
      user: 'u',
      service_tier: 'flex',
      parallel_tool_calls: false,
      response_format: { type: 'json_object' },
      tools: [tool('f', { strict: true }), tool('g')],
      tool_choice: { type: 'function', function: { name: 'f' } },
      logit_bias: { 5: 1 },
    });

    expect([...dropped].sort()).toEqual([
      'logit_bias',
      'messages[0].content[1]',
      'messages[0].content[2]',
      'n',
      'parallel_tool_calls',
      'response_format',
      'service_tier',
      'tool_choice',
      'tools[0].strict',
      'user',
    ]);
    expect(json).toEqual({
      model: 'qwen3:8b',
      messages: [user('a JSON')],
      stream: false,
      tools: [tool('f', { parameters: { type: 'object', properties: {} } })],
    });
  });

  test('keeps tool calls, their results, images and earlier reasoning', () => {
    const call = (id: string, args: string) => ({
      id,
      type: 'function',
      function: { name: 'f', arguments: args },
    });
    const { json, dropped } = toOllama({
      messages: [
        user([
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}` } },
        ]),
        {
          role: 'assistant',
          content: null,
          reasoning_content: 'hm',
          tool_calls: [call('c1', '{"a":1}'), call('c2', ''), call('c3', 'no json')],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'one' },
        { role: 'tool', tool_call_id: 'lost', content: 'two' },
        { role: 'assistant', content: 'done' },
        user('next'),
      ],
    });

    const made = (id: string, args: object) => ({ id, function: { name: 'f', arguments: args } });
    expect(dropped).toEqual([]);
    expect(json['messages']).toEqual([
      { role: 'user', content: 'look', images: [PIXEL] },
      {
        role: 'assistant',
        content: '',
        thinking: 'hm',
        tool_calls: [made('c1', { a: 1 }), made('c2', {}), made('c3', { arguments: 'no json' })],
      },
      { role: 'tool', content: 'one', tool_call_id: 'c1', tool_name: 'f' },
      { role: 'tool', content: 'two', tool_call_id: 'lost' },
      { role: 'assistant', content: 'done' },
      user('next'),
    ]);
  });

  test('keeps images and documents of an Anthropic client', () => {
    const picture = {
      type: 'image',
      source: { type: 'base64', media_type: 'image/png', data: PIXEL },
    };
    const document = { type: 'text', media_type: 'text/plain', data: 'words' };
    const { json, dropped } = translated('anthropic', 'ollama', {
      model: 'auto',
      max_tokens: 9,
      messages: [
        user([{ type: 'document', source: document, title: 'T', citations: { enabled: true } }]),
        {
          role: 'assistant',
          content: [
            { type: 'redacted_thinking', data: 'x' },
            { type: 'tool_use', id: 't1', name: 'f', input: {} },
          ],
        },
        user([{ type: 'tool_result', tool_use_id: 't1', is_error: true, content: [picture] }]),
      ],
    });

    expect(json['messages']).toEqual([
      user('T\n\nwords'),
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 't1', function: { name: 'f', arguments: {} } }],
      },
      { role: 'tool', content: '', tool_call_id: 't1', tool_name: 'f' },
      { role: 'user', content: '', images: [PIXEL] },
    ]);
    expect([...dropped].sort()).toEqual([
      'messages[0].content[0].citations',
      'messages[1].content[0]',
      'messages[2].content[0].is_error',
    ]);
  });

  test.each([
    [{ reasoning_effort: 'low' }, {}, { think: true }, []],
    [{ reasoning_effort: 'none' }, {}, { think: false }, []],
    [{ reasoning_effort: 'low' }, { model: 'gpt-oss:20b' }, { think: 'low' }, []],
    [
      { reasoning_effort: 'minimal' },
      { model: 'gpt-oss:20b' },
      { think: 'low' },
      ['reasoning_effort'],
    ],
    [
      { reasoning_effort: 'xhigh' },
      { model: 'gpt-oss:20b' },
      { think: 'high' },
      ['reasoning_effort'],
    ],
    [{ reasoning_effort: 'low' }, { canThink: false }, {}, ['reasoning_effort']],
    [{ reasoning_effort: 'none' }, { canThink: false }, {}, []],
    [{ response_format: { type: 'json_object' } }, {}, { format: 'json' }, []],
    [
      {
        response_format: { type: 'json_schema', json_schema: { name: 's', schema: SCHEMA } },
        tools: [tool('f')],
        tool_choice: 'none',
      },
      {},
      { format: SCHEMA },
      [],
    ],
  ])('translates %j for %j to %j', (body, target, members, lost) => {
    const { json, dropped } = toOllama(body, target);

    expect(json).toEqual({
      model: 'qwen3:8b',
      messages: [user('hi, as JSON')],
      stream: false,
      ...('model' in target && { model: target.model }),
      ...members,
    });
    expect(dropped).toEqual(lost);
  });
});

test('a response schema next to callable tools is put into the prompt for Ollama and reported as dropped', () => {
  const format = { type: 'json_schema', json_schema: { name: 's', schema: SCHEMA } };

  const { json, dropped } = toOllama({ response_format: format, tools: [tool('f')] });

  expect(json).not.toHaveProperty('format');
  expect(json['messages']).toEqual([
    {
      role: 'system',
      content: `Answer with JSON that matches this JSON schema, and with nothing else:\n${JSON.stringify(SCHEMA)}`,
    },
    user('hi, as JSON'),
  ]);
  expect(dropped).toEqual(['response_format']);
});
