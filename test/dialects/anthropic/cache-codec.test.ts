import { codePoint, fc } from '../../support/fast-check.js';
import type { Frame } from '../../../src/dialects/cache-codec.js';
import { anthropicCacheCodec as forms } from '../../../src/dialects/anthropic/cache-codec.js';

const message = (content: unknown, more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, cache_read_input_tokens: 2, output_tokens: 4 },
  ...more,
});
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more });
const thought = { type: 'thinking', thinking: 'Let me see.', signature: 'abc=' };
const call = (input: object) => ({ type: 'tool_use', id: 'toolu_1', name: 'f', input });
const bytesOf = (answer: unknown) => Buffer.from(JSON.stringify(answer));
const parsed = (bytes: Buffer | null) =>
  bytes === null ? null : (JSON.parse(bytes.toString()) as unknown);
const frame = (event: unknown): Frame => ({
  bytes: Buffer.from(`data: ${JSON.stringify(event)}\n\n`),
  usageOnly: false,
});

const begun = {
  type: 'message_start',
  message: message([], { stop_reason: null, usage: { input_tokens: 3, output_tokens: 1 } }),
};
const open = (content_block: object, index = 0) => ({
  type: 'content_block_start',
  index,
  content_block,
});
const grow = (delta: object, index = 0) => ({ type: 'content_block_delta', index, delta });
const close = (index = 0) => ({ type: 'content_block_stop', index });
const ending = {
  type: 'message_delta',
  delta: { stop_reason: 'end_turn', stop_sequence: null },
  usage: { input_tokens: null, output_tokens: 9 },
};
const stop = { type: 'message_stop' };

describe('Anthropic cache codec: messages', () => {
  test.each([
    ['text', message([text('Hello')])],
    ['null citations', message([text('Hello', { citations: null })])],
    ['citations', message([text('Hello', { citations: [{ type: 'char_location', i: 1 }] })])],
    ['thinking', message([thought, { type: 'redacted_thinking', data: 'xyz' }, text('Hello')])],
    ['tool calls', message([call({ a: [1] }), call({})], { stop_reason: 'tool_use' })],
    ['a stop sequence', message([text('x')], { stop_reason: 'stop_sequence', stop_sequence: '!' })],
    ['unknown members', message([text('x', { new: 1 })], { stop_details: null, newer: [2] })],
  ])('round-trips %s through a stream', (_what, answer) => {
    const frames = forms.toFrames(bytesOf(answer)) ?? [];

    expect(parsed(forms.joinFrames(frames))).toEqual(answer);
  });

  test('round-trips any text through a stream, regardless of chunking', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: codePoint, minLength: 1 }), { minLength: 1, maxLength: 3 }),
        fc.integer({ min: 1, max: 50 }),
        (texts, size) => {
          const answer = message(texts.map((words) => text(words)));
          const stream = Buffer.concat(
            (forms.toFrames(bytesOf(answer)) ?? []).map(({ bytes }) => bytes),
          );
          const cuts = Array.from({ length: Math.ceil(stream.length / size) }, (_, i) =>
            stream.subarray(i * size, (i + 1) * size),
          );

          const again = forms.joinFrames(cuts.flatMap((bytes) => forms.splitFrames(bytes)));

          expect(parsed(again)).toEqual(answer);
        },
      ),
      { numRuns: 50 },
    );
  });

  test('reports zero usage for a message without usage', () => {
    const frames = forms.toFrames(bytesOf(message([text('x')], { usage: undefined }))) ?? [];

    expect(parsed(forms.joinFrames(frames))).toMatchObject({
      usage: { input_tokens: 0, output_tokens: 0 },
    });
  });

  test.each([
    ['complete', message([thought, text('x')])],
    ['complete', message([text('x')], { stop_reason: 'stop_sequence' })],
    ['empty', message([])],
    ['empty', message([thought, text('')])],
    ['filtered', message([text('x')], { stop_reason: 'refusal' })],
    ['truncated', message([text('x')], { stop_reason: 'max_tokens' })],
    ['truncated', message([text('x')], { stop_reason: 'pause_turn' })],
    ['truncated', message([call({})], { stop_reason: 'max_tokens' })],
    ['truncated', message([call({})], { stop_reason: 'model_context_window_exceeded' })],
    ['filtered', message([call({})], { stop_reason: 'refusal' })],
    ['truncated', message([text('x')], { stop_reason: 'toString' })],
    ['truncated', message([text('x')], { stop_reason: null })],
    ['tool_calls', message([text('x'), call({})])],
    [null, message([text('x'), { type: 'server_tool_use', id: 's', name: 'web_search' }])],
    [null, message([text('x'), 7])],
    [null, message([text('x')], { container: { id: 'c' } })],
    [null, { type: 'error', error: { type: 'api_error' } }],
    [null, 'no answer'],
  ])('classifies a message as %s (case %#)', (kind, answer) => {
    expect(forms.classify(bytesOf(answer))).toBe(kind);
  });

  test.each([
    ['the text without thinking', [thought, text('a'), text('b')], 'ab'],
    ['nothing from a message with tool calls', [text('a'), call({})], null],
    [
      'nothing from a message with server tool results',
      [text('a'), { type: 'web_search_tool_result' }],
      null,
    ],
    ['nothing from thinking alone', [thought], null],
  ])('extracts %s', (_what, content, words) => {
    expect(forms.textOf(bytesOf(message(content)))).toBe(words);
  });

  test('makes no stream of invalid or unsupported messages', () => {
    expect(forms.toFrames(Buffer.from('<html>'))).toBeNull();
    expect(forms.toFrames(bytesOf(message([{ type: 'server_tool_use' }])))).toBeNull();
  });
});

describe('Anthropic cache codec: streams', () => {
  test('joins a message from its events', () => {
    const stream = [
      begun,
      open({ type: 'thinking', thinking: '' }),
      grow({ type: 'thinking_delta', thinking: 'Let me ' }),
      grow({ type: 'thinking_delta', thinking: 'see.' }),
      grow({ type: 'signature_delta', signature: 'abc=' }),
      close(),
      { type: 'ping' },
      open(call({}), 1),
      grow({ type: 'input_json_delta', partial_json: '' }, 1),
      grow({ type: 'input_json_delta', partial_json: '{"a"' }, 1),
      grow({ type: 'input_json_delta', partial_json: ':1}' }, 1),
      close(1),
      ending,
      stop,
    ].map(frame);

    expect(parsed(forms.joinFrames(stream))).toEqual(
      message([thought, call({ a: 1 })], { usage: { input_tokens: 3, output_tokens: 9 } }),
    );
  });

  const said = [open(text('')), grow({ type: 'text_delta', text: 'x' }), close()];

  test.each<[string, unknown[]]>([
    ['has no end', [begun, ...said, ending]],
    ['has no stop reason', [begun, ...said, stop]],
    ['has no start', [...said, ending, stop]],
    ['is empty', []],
    ['starts twice', [begun, begun, ...said, ending, stop]],
    ['starts with content', [{ ...begun, message: message([text('x')]) }, ending, stop]],
    ['starts without a message', [{ type: 'message_start' }, ...said, ending, stop]],
    ['continues after its end', [begun, ...said, ending, stop, stop]],
    ['has content after its message_delta', [begun, ending, ...said, stop]],
    ['leaves a block open', [begun, open(text('')), ending, stop]],
    ['opens a block within a block', [begun, open(text('')), open(text(''), 1), ending, stop]],
    ['skips a block index', [begun, open(text(''), 1), close(1), ending, stop]],
    ['closes a block that is not open', [begun, close(), ending, stop]],
    ['extends another block', [begun, open(text('')), grow({ type: 'text_delta' }, 1), close()]],
    ['contains an error', [begun, ...said, { type: 'error', error: {} }, ending, stop]],
    ['contains an unknown event', [begun, ...said, { type: 'new' }, ending, stop]],
    ['contains an event that is not an object', [begun, ...said, 7, ending, stop]],
    [
      'has an unknown member in its message_delta',
      [begun, ...said, { ...ending, context_management: {} }, stop],
    ],
    ['has an empty message_delta', [begun, ...said, { type: 'message_delta' }, stop]],
    ['has a server tool block', [begun, open({ type: 'server_tool_use' }), close(), ending, stop]],
    ...[
      { type: 'new_delta' },
      { type: 'constructor' },
      { type: 'text_delta', text: 7 },
      { type: 'thinking_delta', thinking: 'x' },
      { type: 'input_json_delta', partial_json: '{}' },
      { type: 'citations_delta', citation: 'x' },
    ].map((delta): [string, unknown[]] => [
      `has a text block with the delta ${JSON.stringify(delta)}`,
      [begun, open(text('')), grow(delta), close(), ending, stop],
    ]),
    [
      'has tool input that is not JSON',
      [
        begun,
        open(call({})),
        grow({ type: 'input_json_delta', partial_json: '{"a' }),
        close(),
        ending,
        stop,
      ],
    ],
  ])('rejects a stream that %s', (_what, events) => {
    expect(forms.joinFrames(events.map(frame))).toBeNull();
  });
});

describe('Anthropic request identity', () => {
  const identity = (request: object) =>
    forms.identityOf(
      Buffer.from(JSON.stringify({ model: 'm', max_tokens: 9, messages: [], ...request })),
    );
  const asking = (content: unknown) => ({ messages: [{ role: 'user', content }] });

  test.each([
    ['user, stream and model', { metadata: { user_id: 'u' }, stream: true, model: 'n' }, {}],
    ['defaults', { system: [], stop_sequences: [], tools: [], tool_choice: { type: 'none' } }, {}],
    ['null members', { temperature: null }, {}],
    ['the form of a text', asking([text('x')]), asking('x')],
    ['the form of the system prompt', { system: [text('x')] }, { system: 'x' }],
    [
      'tool_choice auto',
      { tools: [call({})], tool_choice: { type: 'auto' } },
      { tools: [call({})] },
    ],
  ])('does not depend on %s', (_what, one, other) => {
    expect(identity(one).members).toEqual(identity(other).members);
  });

  test.each([
    ['sampling', { temperature: 1 }],
    ['the system prompt', { system: 'x' }],
    ['max_tokens', { max_tokens: 8 }],
    ['thinking', { thinking: { type: 'disabled' } }],
    ['tools', { tools: [call({})] }],
    ['tool_choice', { tool_choice: { type: 'any' } }],
    [
      'disabled parallel tool use',
      { tool_choice: { type: 'none', disable_parallel_tool_use: true } },
    ],
    ['unknown members', { x_new: 1 }],
  ])('depends on %s', (_what, more) => {
    expect(identity(more).members).not.toEqual(identity({}).members);
  });

  test('depends on cache breakpoints', () => {
    const marked = asking([text('x', { cache_control: { type: 'ephemeral' } })]);

    expect(identity(marked).members).not.toEqual(identity(asking('x')).members);
  });

  test.each([
    [{ temperature: 0.7 }, true],
    [{ temperature: 0 }, false],
    [{}, false],
  ])('is sampled for %j: %s', (more, sampled) => {
    expect(identity(more).sampled).toBe(sampled);
  });

  test('has the last user text as its question', () => {
    expect(identity(asking([text('Why?')])).question).toEqual({
      text: 'Why?',
      rest: { max_tokens: 9, messages: [{ role: 'user', content: null }] },
    });
    expect(identity(asking([text('Why?'), { type: 'image' }])).question).toBeNull();
    expect(identity({ messages: [{ role: 'assistant', content: 'I' }] }).question).toBeNull();
  });
});
