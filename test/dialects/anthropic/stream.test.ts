import { answered, eventsIn, streamed } from '../../support/translated.js';

function sse(...events: { type: string; [name: string]: unknown }[]): string {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

const usage = { input_tokens: 5, output_tokens: 1 };
const START = { type: 'message_start', message: { id: 'msg_1', model: 'claude', usage } };
const END = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { output_tokens: 9 },
};
const STOP = { type: 'message_stop' };
const start = (index: number, block: object) => ({
  type: 'content_block_start',
  index,
  content_block: block,
});
const delta = (index: number, inner: object) => ({
  type: 'content_block_delta',
  index,
  delta: inner,
});
const stop = (index: number) => ({ type: 'content_block_stop', index });
const text = (index: number, said: string) => [
  start(index, { type: 'text', text: '' }),
  delta(index, { type: 'text_delta', text: said }),
  stop(index),
];

function toOpenAi(bytes: string, answerTool: string | null = null) {
  const { text: out, stream } = streamed('openai', 'anthropic', [Buffer.from(bytes)], {
    answerTool,
  });
  const chunks = eventsIn(out);
  const choices = chunks.flatMap(
    (chunk) =>
      chunk['choices'] as {
        delta: { content?: string; tool_calls?: unknown[] };
        finish_reason: string | null;
      }[],
  );
  return {
    out,
    stream,
    content: choices.map((choice) => choice.delta.content ?? '').join(''),
    calls: choices.flatMap(
      (choice) =>
        (choice.delta.tool_calls ?? []) as {
          index: number;
          function: { name?: string; arguments: string };
        }[],
    ),
    finish: choices.flatMap((choice) => choice.finish_reason ?? []),
    usage: chunks.at(-1)?.['usage'],
  };
}

describe('Anthropic stream for an OpenAI client', () => {
  test('has all text and the last reported usage', () => {
    const more = { ...usage, cache_read_input_tokens: 3, cache_creation_input_tokens: 2 };
    const end = { ...END, usage: { ...more, input_tokens: 7, output_tokens: 9 } };

    const seen = toOpenAi(sse(START, ...text(0, 'one '), ...text(1, 'two'), end, STOP));

    expect(seen.content).toBe('one two');
    expect(seen.finish).toEqual(['stop']);
    expect(seen.usage).toEqual({
      prompt_tokens: 12,
      completion_tokens: 9,
      total_tokens: 21,
      prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 2 },
    });
    expect(seen.out.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('skips server tools, unknown blocks and unknown events', () => {
    const search = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const found = { type: 'web_search_tool_result', tool_use_id: 's', content: [] };

    const seen = toOpenAi(
      sse(
        START,
        { type: 'ping' },
        start(0, search),
        delta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
        stop(0),
        start(1, found),
        stop(1),
        start(2, { type: 'from_the_future' }),
        delta(2, { type: 'future_delta', future: 1 }),
        stop(2),
        { type: 'also_unknown' },
        ...text(3, 'found'),
        END,
        STOP,
      ),
    );

    expect(seen.content).toBe('found');
    expect(seen.calls).toEqual([]);
    expect(seen.finish).toEqual(['stop']);
  });

  test('numbers calls from 0, and gives `{}` to those without arguments', () => {
    const seen = toOpenAi(
      sse(
        START,
        ...text(0, 'ok'),
        start(1, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
        delta(1, { type: 'input_json_delta', partial_json: '' }),
        stop(1),
        start(2, { type: 'tool_use', id: 'b', name: 'g', input: { x: 1 } }),
        stop(2),
        { ...END, delta: { stop_reason: 'tool_use' } },
        STOP,
      ),
    );

    expect(seen.calls.map(({ index }) => index)).toEqual([0, 1, 1, 0]);
    expect(seen.calls.map((call) => call.function.arguments).join('|')).toBe('||{"x":1}|{}');
    expect(seen.finish).toEqual(['tool_calls']);
  });

  test('converts the answer tool call back to text', () => {
    const seen = toOpenAi(
      sse(
        START,
        start(0, { type: 'tool_use', id: 'a', name: 'answer', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{"ok":' }),
        delta(0, { type: 'input_json_delta', partial_json: 'true}' }),
        stop(0),
        { ...END, delta: { stop_reason: 'tool_use' } },
        STOP,
      ),
      'answer',
    );

    expect(seen).toMatchObject({ content: '{"ok":true}', calls: [], finish: ['stop'] });
  });

  test('tolerates a second message_start', () => {
    const seen = toOpenAi(sse(START, ...text(0, 'a'), START, ...text(0, 'b'), END, STOP));

    expect(seen.content).toBe('ab');
    expect(eventsIn(seen.out).filter((chunk) => chunk['id'] !== 'msg_1')).toEqual([]);
  });

  test('has citations as annotations', () => {
    const location = { type: 'web_search_result_location', url: 'https://a.example', title: 'A' };
    const quoted = { type: 'char_location', cited_text: 'x', document_title: 'D' };
    const cited = (citation: object) => delta(0, { type: 'citations_delta', citation });

    const seen = toOpenAi(
      sse(START, ...text(0, 'abc').slice(0, 2), cited(location), cited(quoted), stop(0), END, STOP),
    );

    expect(seen.out).toContain(
      '{"annotations":[{"type":"url_citation","url_citation":{"url":"https://a.example","title":"A","start_index":3,"end_index":3}}]}',
    );
    expect(seen.out).toContain('"provider_annotations":[{"type":"char_location"');
  });

  test.each([
    ['overloaded_error', 'upstream_rate_limited', 529],
    ['rate_limit_error', 'upstream_rate_limited', 429],
    ['api_error', 'upstream_failed', 502],
    ['invalid_request_error', 'upstream_rejected', 400],
  ])('fails on %s with %s and status %i', (type, code, status) => {
    const { stream } = toOpenAi(sse(START, { type: 'error', error: { type, message: 'no' } }));

    expect(stream.failure).toMatchObject({ code, status, message: 'no' });
  });

  test.each([
    ['stops in the middle', sse(START, ...text(0, 'a')), 'upstream_cut'],
    [
      'is cut within an event',
      sse(START) + 'event: message_delta\ndata: {"type":"mess',
      'upstream_cut',
    ],
    ['is empty', '', 'upstream_failed'],
    ['is an HTML page', '<html><title>Oops</title></html>', 'upstream_failed'],
    ['has no events of the dialect', 'data: [1]\n\n', 'upstream_failed'],
  ])('fails when it %s', (_what, bytes, code) => {
    expect(toOpenAi(bytes).stream.failure).toMatchObject({ code });
  });

  test('is made of a non-streamed message as well', () => {
    const message = {
      type: 'message',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: 'end_turn',
    };

    expect(toOpenAi(JSON.stringify({ ...message, usage }))).toMatchObject({
      content: 'hi',
      finish: ['stop'],
    });
  });
});

describe('non-streamed Anthropic message for an OpenAI client', () => {
  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content_filter'],
    ['something_new', 'stop'],
    [null, 'stop'],
  ])('maps stop_reason %s to finish_reason %s', (reason, expected) => {
    const { json } = answered('openai', 'anthropic', {
      id: 'msg_1',
      model: 'claude',
      content: [{ type: 'text', text: 'hi' }],
      stop_reason: reason,
      usage: { input_tokens: 3, output_tokens: 4, output_tokens_details: { thinking_tokens: 2 } },
    });

    expect(json).toMatchObject({
      id: 'msg_1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'claude',
      choices: [{ index: 0, message: { content: 'hi' }, finish_reason: expected }],
      usage: { total_tokens: 7, completion_tokens_details: { reasoning_tokens: 2 } },
    });
  });

  test('can have no content', () => {
    const { json } = answered('openai', 'anthropic', {
      content: [],
      stop_reason: 'end_turn',
      usage,
    });

    expect(json).toMatchObject({
      choices: [{ message: { role: 'assistant', content: '', refusal: null } }],
    });
  });

  test('keeps thinking so that the client can send it back', () => {
    const { json } = answered('openai', 'anthropic', {
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'redacted_thinking', data: 'secret' },
        { type: 'tool_use', id: 'a', name: 'f', input: {} },
      ],
      stop_reason: 'tool_use',
      usage,
    });

    expect(json['choices']).toMatchObject([
      {
        message: {
          content: null,
          reasoning_content: 'hm',
          reasoning_details: [
            { type: 'reasoning.text', text: 'hm', signature: 'sig', index: 0 },
            { type: 'reasoning.encrypted', data: 'secret', index: 1 },
          ],
          tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        finish_reason: 'tool_calls',
      },
    ]);
  });

  test.each([
    [
      'an error',
      { type: 'error', error: { type: 'overloaded_error', message: 'later' } },
      'upstream_rate_limited',
    ],
    ['empty', '', 'upstream_failed'],
    ['an HTML page', '<html>', 'upstream_failed'],
    ['malformed JSON', '{"a":', 'upstream_failed'],
    ['an array', '[1]', 'upstream_failed'],
    ['without content', { type: 'message' }, 'upstream_failed'],
  ])('is rejected when it is %s', (_what, body, code) => {
    expect(() => answered('openai', 'anthropic', body)).toThrow(expect.objectContaining({ code }));
  });
});
