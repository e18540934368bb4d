import { GatewayError } from '../../../src/core/errors.js';
import { FOREIGN_MARK } from '../../../src/dialects/anthropic/signature.js';
import { answered, eventsIn, streamed } from '../../support/translated.js';
import { choice, chunk, HELLO, sse, STOP, USAGE } from '../../support/openai-stream.js';

function toAnthropic(...events: unknown[]) {
  const { text, stream } = streamed('anthropic', 'openai', [Buffer.from(sse(...events))]);
  return { text, stream, events: eventsIn(text) };
}

const call = (index: number, args: string, head: object = {}) =>
  chunk({ tool_calls: [{ index, ...head, function: { arguments: args } }] });
const opening = (index: number, name: string) =>
  chunk({
    tool_calls: [{ index, id: `id_${name}`, type: 'function', function: { name, arguments: '' } }],
  });
const FINISH = chunk({}, 'tool_calls');

/** The calls as a client assembles them, in block order. */
function callsOf(events: readonly Record<string, unknown>[]): string[] {
  const calls: string[] = [];
  for (const event of events) {
    const block = event['content_block'] as { type?: string; name?: string } | undefined;
    const delta = event['delta'] as { partial_json?: string } | undefined;
    if (block?.type === 'tool_use') calls.push(`${block.name ?? ''} `);
    const last = calls.length - 1;
    if (delta?.partial_json !== undefined) calls[last] = (calls[last] ?? '') + delta.partial_json;
  }
  return calls;
}

describe('OpenAI stream for an Anthropic client', () => {
  test('is a message of content blocks', () => {
    const { events, text } = toAnthropic(
      HELLO,
      chunk({ content: ' you' }),
      STOP,
      {
        ...chunk(null),
        choices: [],
        usage: { ...USAGE, prompt_tokens_details: { cached_tokens: 1 } },
      },
      '[DONE]',
    );

    expect(events).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'msg_c1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' you' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'end_turn', stop_sequence: null },
        usage: {
          input_tokens: 2,
          cache_read_input_tokens: 1,
          cache_creation_input_tokens: 0,
          output_tokens: 2,
        },
      },
      { type: 'message_stop' },
    ]);
    expect(text.startsWith('event: message_start\ndata: {')).toBe(true);
  });

  test('has separate blocks for reasoning, refusals and citations', () => {
    const source = { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } };
    const { events } = toAnthropic(
      chunk({ role: 'assistant', reasoning_content: 'hm' }),
      chunk({ content: 'So', annotations: [source] }),
      chunk({ refusal: 'No.' }),
      STOP,
      '[DONE]',
    );

    expect(events.flatMap((event) => event['delta'] ?? [])).toEqual([
      { type: 'thinking_delta', thinking: 'hm' },
      { type: 'signature_delta', signature: FOREIGN_MARK },
      { type: 'text_delta', text: 'So' },
      {
        type: 'citations_delta',
        citation: {
          type: 'web_search_result_location',
          url: 'https://a.example',
          title: 'A',
          cited_text: '',
          encrypted_index: '',
        },
      },
      { type: 'text_delta', text: 'No.' },
      { stop_reason: 'refusal', stop_sequence: null },
    ]);
  });

  test.each([
    [
      'sequential',
      [opening(0, 'f'), call(0, '{"a"'), call(0, ':1}'), opening(1, 'g'), call(1, '{"b":2}')],
    ],
    [
      'interleaved',
      [
        opening(0, 'f'),
        call(0, '{"a"'),
        opening(1, 'g'),
        call(1, '{"b"'),
        call(0, ':1}'),
        call(1, ':2}'),
      ],
    ],
    ['pre-announced', [opening(0, 'f'), opening(1, 'g'), call(1, '{"b":2}'), call(0, '{"a":1}')]],
  ])('has %s tool calls as consecutive blocks', (_how, chunks) => {
    const { events } = toAnthropic(chunk({ role: 'assistant' }), ...chunks, FINISH, '[DONE]');

    expect(callsOf(events)).toEqual(['f {"a":1}', 'g {"b":2}']);
    const kinds = events
      .map(({ type }) => type)
      .filter((type) => String(type).startsWith('content'));
    expect(kinds.join()).toMatch(
      /^(content_block_start(,content_block_delta)+,content_block_stop,?)+$/,
    );
    expect(events.at(-2)).toMatchObject({ delta: { stop_reason: 'tool_use' } });
  });

  test('has {} for a call without arguments, and text after calls', () => {
    const { events } = toAnthropic(opening(0, 'f'), chunk({ content: 'done' }), FINISH, '[DONE]');

    expect(callsOf(events)).toEqual(['f {}']);
    expect(JSON.stringify(events)).toContain('"text":"done"');
  });

  test('has only the first of several choices', () => {
    const both = {
      ...HELLO,
      choices: [choice({ content: 'a' }), choice({ content: 'b' }, null, 1)],
    };
    const { events } = toAnthropic(
      both,
      { ...STOP, choices: [choice({}, 'stop'), choice({}, 'stop', 1)] },
      '[DONE]',
    );

    expect(JSON.stringify(events)).not.toContain('"b"');
  });

  test('ends with an error event when it cannot be completed', () => {
    const { stream } = toAnthropic(HELLO);

    const last = stream.fail(new GatewayError('upstream_cut', 'broke off')).toString();

    expect(stream.failure).toMatchObject({ code: 'upstream_cut' });
    expect(last).toBe(
      'event: error\ndata: {"type":"error","error":{"type":"api_error","message":"broke off"}}\n\n',
    );
  });

  test('fails on an error within the stream', () => {
    const { stream } = toAnthropic(HELLO, { error: { message: 'no', code: 429 } });

    expect(stream.failure).toMatchObject({ code: 'upstream_rate_limited' });
  });

  test('is made of a non-streamed answer as well', () => {
    const answer = {
      ...HELLO,
      choices: [{ index: 0, message: { content: 'hi' }, finish_reason: 'stop' }],
    };
    const { text } = streamed('anthropic', 'openai', [Buffer.from(JSON.stringify(answer))]);

    expect(text).toContain('"text":"hi"');
    expect(text).toContain('message_stop');
  });
});

describe('non-streamed OpenAI answer for an Anthropic client', () => {
  const said = (message: object, finish = 'stop') => ({
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
    usage: USAGE,
  });

  test('has every kind of block', () => {
    const source = { type: 'url_citation', url_citation: { url: 'https://a.example', title: 'A' } };
    const calls = [
      { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
      { id: 'b', type: 'function', function: { name: 'g', arguments: 'oops' } },
    ];
    const { json } = answered(
      'anthropic',
      'openai',
      said(
        { reasoning_content: 'hm', content: 'So', annotations: [source], tool_calls: calls },
        'tool_calls',
      ),
    );

    expect(json).toMatchObject({
      type: 'message',
      model: 'vendor/model',
      stop_reason: 'tool_use',
      content: [
        { type: 'thinking', thinking: 'hm', signature: FOREIGN_MARK },
        { type: 'text', text: 'So', citations: [{ url: 'https://a.example' }] },
        { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
        { type: 'tool_use', id: 'b', name: 'g', input: { arguments: 'oops' } },
      ],
      usage: { input_tokens: 3, output_tokens: 2 },
    });
  });

  test('supports the legacy function_call', () => {
    const { json } = answered(
      'anthropic',
      'openai',
      said({ content: null, function_call: { name: 'f', arguments: '{"x":1}' } }, 'function_call'),
    );

    expect(json).toMatchObject({
      stop_reason: 'tool_use',
      content: [{ type: 'tool_use', id: 'f', name: 'f', input: { x: 1 } }],
    });
  });

  test.each([
    ['length', 'max_tokens'],
    ['content_filter', 'refusal'],
    ['stop', 'end_turn'],
  ])('maps finish_reason %s to stop_reason %s', (finish, expected) => {
    const { json } = answered('anthropic', 'openai', said({ content: 'hi' }, finish));

    expect(json['stop_reason']).toBe(expected);
  });

  test('names the stop sequence if the provider does', () => {
    const told = said({ content: 'hi' });
    const [first] = told.choices;
    const { json } = answered('anthropic', 'openai', {
      ...told,
      choices: [{ ...first, stop_reason: 'END' }],
    });

    expect(json).toMatchObject({ stop_reason: 'stop_sequence', stop_sequence: 'END' });
  });
});
