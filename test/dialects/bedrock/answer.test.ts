import { fc } from '../../support/fast-check.js';
import { answered, eventsIn, streamed } from '../../support/translated.js';
import { frame, rawFrame } from './frames.js';

const delta = (content: object, at = 0) =>
  frame('contentBlockDelta', { contentBlockIndex: at, delta: content });
const opens = (toolUse: object, at = 0) =>
  frame('contentBlockStart', { contentBlockIndex: at, start: { toolUse } });
const stop = (stopReason: string) => frame('messageStop', { stopReason });
const usage = frame('metadata', { usage: { inputTokens: 5, outputTokens: 2, totalTokens: 7 } });
const START = frame('messageStart', { role: 'assistant' });
const HELLO = [START, delta({ text: 'Hel' }), delta({ text: 'lo' }), stop('end_turn'), usage];

function seen(frames: readonly Buffer[], answerTool: string | null = null) {
  const { text, stream } = streamed('openai', 'bedrock', frames, { answerTool });
  const events = eventsIn(text);
  const choices = events.flatMap(({ choices: all }) => all as Record<string, unknown>[]);
  const deltas = choices.map(({ delta: part }) => part as Record<string, unknown>);
  return { text, stream, events, deltas, finish: choices.at(-1)?.['finish_reason'] };
}

const textOf = (deltas: readonly Record<string, unknown>[]) =>
  deltas.map(({ content }) => (typeof content === 'string' ? content : '')).join('');

function whole(content: readonly object[], more: object = {}) {
  const output = { message: { role: 'assistant', content } };
  const told = { inputTokens: 5, outputTokens: 2, totalTokens: 7 };
  return answered('openai', 'bedrock', { output, stopReason: 'end_turn', usage: told, ...more });
}

const message = (json: Record<string, unknown>) =>
  (json['choices'] as { message: Record<string, unknown>; finish_reason: string }[])[0];

describe('Bedrock stream', () => {
  test('is read to its end, including usage after the stop reason', () => {
    const { stream, deltas, finish, text } = seen(HELLO);

    expect(textOf(deltas)).toBe('Hello');
    expect(finish).toBe('stop');
    expect(text).toContain('[DONE]');
    expect(stream.summary.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  });

  test('can lack messageStart and usage', () => {
    const { stream, deltas } = seen([delta({ text: 'Hi' }), stop('end_turn')]);

    expect(stream.failure).toBeNull();
    expect(textOf(deltas)).toBe('Hi');
  });

  test('counts cache reads and writes as input', () => {
    const counts = { inputTokens: 3, cacheReadInputTokens: 10, cacheWriteInputTokens: 4 };
    const cacheDetails = [
      { ttl: '1h', inputTokens: 3 },
      { ttl: '5m', inputTokens: 1 },
    ];
    const told = frame('metadata', {
      usage: { ...counts, cacheDetails, outputTokens: 1, totalTokens: 18 },
    });

    const { stream } = seen([START, delta({ text: 'x' }), stop('end_turn'), told]);

    expect(stream.summary.usage).toMatchObject({
      inputTokens: 17,
      cacheReadTokens: 10,
      cacheWriteTokens: 4,
      cacheWriteHourTokens: 3,
    });
  });

  test('omits server tools', () => {
    const { deltas, finish } = seen([
      START,
      opens({ toolUseId: 't1', name: 'nova_code_interpreter', type: 'server_tool_use' }),
      delta({ toolUse: { input: '{"snippet":"1+1"}' } }),
      frame('contentBlockStart', { contentBlockIndex: 1, start: { toolResult: {} } }),
      delta({ toolResult: [{ json: { stdOut: '2' } }] }, 1),
      opens({ toolUseId: 't2', name: 'final', type: 'tool_use' }, 2),
      delta({ toolUse: { input: '{"n":2}' } }, 2),
      stop('tool_use'),
      usage,
    ]);

    const calls = deltas.flatMap((told) => (told['tool_calls'] as object[] | undefined) ?? []);
    expect(calls).toEqual([
      expect.objectContaining({ index: 0, id: 't2' }),
      expect.objectContaining({ index: 0, function: { arguments: '{"n":2}' } }),
    ]);
    expect(finish).toBe('tool_calls');
  });

  test('converts the answer tool call to text', () => {
    const { deltas, finish } = seen(
      [
        START,
        opens({ toolUseId: 't', name: 'answer' }),
        delta({ toolUse: { input: '{"a":1}' } }),
        stop('tool_use'),
        usage,
      ],
      'answer',
    );

    expect(textOf(deltas)).toBe('{"a":1}');
    expect(finish).toBe('stop');
  });

  test('has citations', () => {
    const citation = {
      title: 'facts',
      sourceContent: [{ text: 'Ruby is ' }, { text: 'a language.' }],
      location: { web: { url: 'https://ruby.example' } },
    };

    const { text } = seen([
      START,
      delta({ citation }),
      delta({ text: 'Ruby' }),
      stop('end_turn'),
      usage,
    ]);

    expect(text).toContain('"url":"https://ruby.example"');
  });

  test.each([
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['stop_sequence', 'stop'],
    ['guardrail_intervened', 'content_filter'],
    ['content_filtered', 'content_filter'],
    ['something_new', 'stop'],
  ])('maps stop reason %s to %s', (native, finish) => {
    expect(seen([START, delta({ text: 'x' }), stop(native), usage]).finish).toBe(finish);
  });

  test.each([
    ['throttlingException', 'upstream_rate_limited', 429],
    ['validationException', 'upstream_rejected', 400],
    ['modelTimeoutException', 'upstream_timeout', 504],
    ['internalServerException', 'upstream_failed', 502],
    ['modelStreamErrorException', 'upstream_failed', 502],
    ['somethingNewException', 'upstream_failed', 502],
  ])('fails on %s with %s', (name, code, status) => {
    const { stream, text } = seen([
      START,
      delta({ text: 'x' }),
      frame(name, { message: 'no luck' }, 'exception'),
    ]);

    expect(stream.failure).toMatchObject({ code, status, message: 'no luck' });
    expect(text).not.toContain('[DONE]');
  });

  test('fails on an exception that is sent as an event', () => {
    const { stream, text } = seen([
      START,
      delta({ text: 'x' }),
      frame('throttlingException', { message: 'slow down' }),
      stop('end_turn'),
    ]);

    expect(stream.failure).toMatchObject({ status: 429, message: 'slow down' });
    expect(text).not.toContain('[DONE]');
  });

  test('fails on an error in frame headers', () => {
    const headers = { ':message-type': 'error', ':error-code': 'Oops', ':error-message': 'lost' };

    const { stream } = seen([START, delta({ text: 'x' }), rawFrame(headers, '')]);

    expect(stream.failure).toMatchObject({ code: 'upstream_failed', message: 'lost' });
  });

  test.each([
    ['after its first text', [START, delta({ text: 'x' })], 'upstream_cut'],
    ['within a frame', [START, stop('end_turn').subarray(0, 30)], 'upstream_cut'],
    ['within the usage', [START, stop('end_turn'), usage.subarray(0, 30)], 'upstream_cut'],
    ['at once', [], 'upstream_failed'],
    ['with an invalid frame length', [Buffer.alloc(16, 0x02)], 'upstream_failed'],
    [
      'with a body that is not JSON',
      [rawFrame({ ':event-type': 'messageStart' }, '{')],
      'upstream_failed',
    ],
  ])('fails when it ends %s', (_how, frames, code) => {
    expect(seen(frames).stream.failure).toMatchObject({ code });
  });

  test.each([
    ['malformed_tool_use', 'a tool call'],
    ['malformed_model_output', 'an answer'],
  ])('fails on stop reason %s', (reason, what) => {
    const { text, stream } = seen([START, delta({ text: 'Hm' }), stop(reason), usage]);

    expect(stream.failure).toMatchObject({ code: 'upstream_failed' });
    expect(stream.failure?.message).toContain(`${what} that cannot be parsed (${reason})`);
    expect(text).not.toContain('finish_reason":"stop"');
    expect(() => whole([{ text: 'Hm' }], { stopReason: reason })).toThrow(reason);
  });

  test('can be a single JSON document', () => {
    const body = { output: { message: { content: [{ text: 'Hi' }] } }, stopReason: 'end_turn' };
    const bytes = Buffer.from(JSON.stringify(body));

    const { deltas, finish } = seen([bytes.subarray(0, 9), bytes.subarray(9)]);

    expect(textOf(deltas)).toBe('Hi');
    expect(finish).toBe('stop');
  });

  test('does not depend on chunking', () => {
    const bytes = Buffer.concat(HELLO);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 40 }), (cuts) => {
        const at = cuts.toSorted((a, b) => a - b);
        const pieces = [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));

        expect(seen(pieces).text).toBe(seen([bytes]).text);
      }),
    );
  });

  test('fails when any bit is flipped', () => {
    const bytes = Buffer.concat(HELLO);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);

        const { failure } = seen([damaged]).stream;

        expect(failure?.code).toMatch(/^upstream_(failed|cut)$/);
      }),
    );
  });
});

describe('non-streamed Bedrock answer', () => {
  test('has all its blocks', () => {
    const { json, summary } = whole(
      [
        { reasoningContent: { reasoningText: { text: 'Let me think.', signature: 'c2ln' } } },
        { reasoningContent: { redactedContent: 'YWJj' } },
        { text: 'Hel' },
        { citationsContent: { content: [{ text: 'lo' }], citations: [{ title: 'facts' }] } },
        { toolUse: { toolUseId: 't1', name: 'f', input: { a: 1 } } },
        { toolUse: { toolUseId: 't2', name: 'g', input: {} } },
      ],
      { stopReason: 'tool_use' },
    );

    expect(message(json)).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        content: 'Hello',
        reasoning_content: 'Let me think.',
        tool_calls: [
          { id: 't1', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 't2', function: { name: 'g', arguments: '{}' } },
        ],
      },
    });
    expect(summary.usage).toMatchObject({ inputTokens: 5, outputTokens: 2 });
  });

  test.each([
    ['empty', '', 'upstream_failed'],
    ['an HTML page', '<html>', 'upstream_failed'],
    ['without a message', '{"stopReason":"end_turn"}', 'upstream_failed'],
    ['an error', '{"message":"Too many requests","error":{"code":429}}', 'upstream_rate_limited'],
  ])('is rejected when it is %s', (_what, body, code) => {
    expect(() => answered('openai', 'bedrock', body)).toThrow(expect.objectContaining({ code }));
  });
});
