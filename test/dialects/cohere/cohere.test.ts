import { cohere } from '../../../src/dialects/cohere/cohere.js';
import type { Target } from '../../../src/dialects/dialect.js';
import { answered, streamed, translated } from '../../support/translated.js';

const user = (content: unknown) => ({ role: 'user', content });
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: { name, ...more },
});
const SCHEMA = { type: 'object', properties: { a: { type: 'number' } } };

function toCohere(body: object, target: Partial<Target> = {}) {
  const request = { model: 'auto', messages: [user('hi')], ...body };
  return translated('openai', 'cohere', request, {
    model: 'command-a',
    provider: 'cohere',
    ...target,
  });
}

describe('chat completion request for Cohere', () => {
  test('translates everything that both dialects support', () => {
    const { json, dropped } = toCohere({
      messages: [{ role: 'developer', content: 'Be brief.' }, user('a')],
      max_tokens: 9,
      temperature: 0.5,
      top_p: 0.9,
      top_k: 3,
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      stop: 'END',
      tools: [tool('f', { description: 'does', parameters: SCHEMA, strict: true })],
      tool_choice: 'required',
      provider_options: { cohere: { safety_mode: 'OFF' } },
    });

    expect(dropped).toEqual([]);
    expect(json).toEqual({
      model: 'command-a',
      messages: [{ role: 'system', content: 'Be brief.' }, user('a')],
      max_tokens: 9,
      stop_sequences: ['END'],
      temperature: 0.5,
      p: 0.9,
      k: 3,
      seed: 7,
      frequency_penalty: 0.1,
      presence_penalty: 0.2,
      tools: [tool('f', { description: 'does', parameters: SCHEMA })],
      strict_tools: true,
      tool_choice: 'REQUIRED',
      safety_mode: 'OFF',
    });
  });

  test('reports dropped members and clamped values', () => {
    const { json, dropped } = toCohere(
      {
        n: 2,
        logprobs: true,
        user: 'me',
        service_tier: 'flex',
        parallel_tool_calls: false,
        temperature: 1.5,
        top_p: 1,
        presence_penalty: -1,
        stop: ['1', '2', '3', '4', '5', '6'],
        tools: [tool('f', { strict: true }), tool('g')],
        response_format: { type: 'json_object' },
        reasoning_effort: 'low',
      },
      { canThink: false },
    );

    expect(dropped).toEqual([
      'n',
      'logprobs',
      'user',
      'parallel_tool_calls',
      'service_tier',
      'stop[5]',
      'temperature',
      'presence_penalty',
      'tools[0].strict',
      'response_format',
      'reasoning_effort',
    ]);
    expect(json).toMatchObject({
      temperature: 1,
      presence_penalty: 0,
      stop_sequences: ['1', '2', '3', '4', '5'],
    });
    expect(json).not.toHaveProperty('p');
  });

  test('offers only a named tool, and translates none and auto', () => {
    const tools = [tool('f'), tool('g')];
    const choice = { type: 'function', function: { name: 'g' } };

    expect(toCohere({ tools, tool_choice: choice }).json).toMatchObject({
      tools: [{ function: { name: 'g' } }],
      tool_choice: 'REQUIRED',
    });
    expect(toCohere({ tools, tool_choice: 'none' }).json).toMatchObject({ tool_choice: 'NONE' });
    expect(toCohere({ tools, tool_choice: 'auto' }).json).not.toHaveProperty('tool_choice');
  });

  test.each([
    ['low', { type: 'enabled', token_budget: 1_024 }],
    ['high', { type: 'enabled' }],
    ['none', { type: 'disabled' }],
  ])('translates reasoning effort %s', (effort, thinking) => {
    expect(toCohere({ reasoning_effort: effort }).json['thinking']).toEqual(thinking);
  });

  test('has assistant text before tool calls as tool_plan', () => {
    const call = { id: 'x', type: 'function', function: { name: 'f', arguments: '' } };
    const { json } = toCohere({
      messages: [
        user('go'),
        { role: 'assistant', content: 'Let me see.', tool_calls: [call] },
        { role: 'tool', tool_call_id: 'x', content: '1' },
        { role: 'assistant', content: null, refusal: 'No.' },
        user(''),
        user('why?'),
      ],
    });

    expect(json['messages']).toEqual([
      user('go'),
      {
        role: 'assistant',
        tool_plan: 'Let me see.',
        tool_calls: [{ ...call, function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'x', content: '1' },
      { role: 'assistant', content: 'No.' },
      user('why?'),
    ]);
  });

  test('reports audio as dropped, and is rejected if it has nothing else', () => {
    const audio = { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } };

    const { dropped } = toCohere({ messages: [user([{ type: 'text', text: 'a' }, audio])] });

    expect(dropped).toEqual(['messages[0].content[1]']);
    expect(() => toCohere({ messages: [user([audio])] })).toThrow('No content of');
  });
});

const USAGE = {
  billed_units: { input_tokens: 62, output_tokens: 28 },
  tokens: { input_tokens: 968, output_tokens: 83, reasoning_tokens: 50 },
  cached_tokens: 950,
};

describe('Cohere answer', () => {
  const message = { role: 'assistant', content: [{ type: 'text', text: 'Hi' }] };

  test('counts billed tokens, and cached tokens without the template', () => {
    const { summary } = answered('openai', 'cohere', {
      id: 'c',
      message,
      finish_reason: 'COMPLETE',
      usage: USAGE,
    });

    expect(summary.usage).toMatchObject({
      inputTokens: 62,
      outputTokens: 28,
      cacheReadTokens: 44,
      reasoningTokens: 28,
    });
  });

  test('counts all tokens if none are billed', () => {
    const usage = { tokens: { input_tokens: 5, output_tokens: 2 } };

    const { summary } = answered('openai', 'cohere', { message, finish_reason: 'COMPLETE', usage });

    expect(summary.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  });

  test('has citations, and a unique id for every tool call', () => {
    const citations = [
      { text: 'Ruby', sources: [{ id: 'd1', document: { url: 'https://r.example', title: 'R' } }] },
      { text: 'Rails', sources: [{ id: 'tool:0' }] },
    ];
    const calls = [
      { type: 'function', function: { name: 'f', arguments: 'null' } },
      { id: 'f_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
      { id: 'f_1', type: 'function', function: { name: 'f', arguments: '{}' } },
    ];

    const { json } = answered('openai', 'cohere', {
      id: 'c',
      message: { ...message, citations, tool_calls: calls },
      finish_reason: 'TOOL_CALL',
    });

    const [choice] = json['choices'] as { message: Record<string, unknown> }[];
    const made = choice?.message['tool_calls'] as { id: string; function: { arguments: string } }[];
    expect(made.map((call) => call.function.arguments)).toEqual(['{}', '{"a":1}', '{}']);
    expect(new Set(made.map(({ id }) => id)).size).toBe(3);
    expect(JSON.stringify(choice)).toContain('https://r.example');
  });

  test.each([
    ['an error with status 200', { message: 'Try later' }, 'upstream_failed'],
    ['a failure by its finish reason', { message, finish_reason: 'TIMEOUT' }, 'upstream_failed'],
    ['empty', '', 'upstream_failed'],
    ['without a message', { id: 'c' }, 'upstream_failed'],
  ])('is rejected when it is %s', (_what, body, code) => {
    expect(() => answered('openai', 'cohere', body)).toThrow(expect.objectContaining({ code }));
  });
});

describe('Cohere stream', () => {
  const event = (data: object) => Buffer.from(`data: ${JSON.stringify(data)}\n\n`);
  const start = event({ type: 'message-start', id: 'c' });
  const word = event({ type: 'content-delta', delta: { message: { content: { text: 'Hi' } } } });

  test.each([
    [
      'ends with an error',
      [
        start,
        word,
        event({ type: 'message-end', delta: { finish_reason: 'ERROR', error: 'no luck' } }),
      ],
      { code: 'upstream_failed', message: 'no luck' },
    ],
    ['is cut', [start, word], { code: 'upstream_cut' }],
    [
      'has an error event',
      [start, event({ message: 'no luck' })],
      { code: 'upstream_failed', message: 'no luck' },
    ],
  ])('fails when it %s', (_how, pieces, failure) => {
    const { stream, text } = streamed('openai', 'cohere', pieces);

    expect(stream.failure).toMatchObject(failure);
    expect(text).not.toContain('[DONE]');
  });

  test('ignores unknown events', () => {
    const end = event({ type: 'message-end', delta: { finish_reason: 'COMPLETE' } });

    const { stream } = streamed('openai', 'cohere', [start, event({ x: 1 }), word, end]);

    expect(stream.failure).toBeNull();
  });

  test('can be a single JSON document', () => {
    const body = {
      id: 'c',
      message: { content: [{ type: 'text', text: 'Hi' }] },
      finish_reason: 'COMPLETE',
    };

    const { stream, text } = streamed('openai', 'cohere', [Buffer.from(JSON.stringify(body))]);

    expect(stream.failure).toBeNull();
    expect(text).toContain('"content":"Hi"');
  });
});

test.each([
  [
    400,
    { error_type: 'TOO_MANY_TOKENS', message: 'too many tokens' },
    { status: 400, upstreamCode: 'context_length_exceeded' },
  ],
  [400, { id: 'x', message: 'invalid request' }, { status: 400, message: 'invalid request' }],
  [401, { message: 'invalid api token' }, { code: 'upstream_auth_failed' }],
  [498, { message: 'blocked token' }, { code: 'upstream_auth_failed' }],
  [429, { message: 'slow down' }, { code: 'upstream_rate_limited' }],
])('a Cohere error with status %i becomes a gateway error: %j', (status, body, ours) => {
  expect(cohere.readError(status, Buffer.from(JSON.stringify(body)), undefined)).toMatchObject(
    ours,
  );
});
