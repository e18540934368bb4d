import type { AnswerEvent } from '../../src/dialects/neutral/event.js';
import { EventNormaliser } from '../../src/dialects/neutral/event-normaliser.js';
import { frame } from './bedrock/frames.js';
import { answered, eventsIn, streamed } from '../support/translated.js';
import { growthOf } from '../support/growth.js';

const sse = (...events: readonly unknown[]) =>
  Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
const chunk = (choice: object, more: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: {}, finish_reason: null, ...choice }],
  ...more,
});
const STOP = chunk({ finish_reason: 'stop' });
const whole = (choice: object, more: object = {}) => ({
  id: 'c',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, ...choice }],
  ...more,
});

/** The events that the normaliser emits for these. */
function normalised(...events: readonly AnswerEvent[]): unknown[] {
  const kept: unknown[] = [];
  const order = new EventNormaliser((event) => kept.push(event));
  for (const event of events) order.add(event);
  return kept;
}

const start = { kind: 'start', id: 'a', model: 'm', createdS: 7.5 } as const;
const call = (at: number, name = 'f') =>
  ({ kind: 'call', choice: 0, call: at, id: `c${at}`, name }) as const;
const args = (at: number) => ({ kind: 'arguments', choice: 0, call: at, text: '{}' }) as const;

describe('EventNormaliser', () => {
  test('emits one start event first, with a valid date', () => {
    const text = { kind: 'text', choice: 0, text: 'Hi' } as const;

    expect(normalised(text, start, text)).toEqual([
      { kind: 'start', id: null, model: null, createdS: null },
      text,
      text,
    ]);
    expect(normalised(start, start)).toEqual([{ ...start, createdS: 7 }]);
    expect(normalised({ ...start, createdS: 6e24 })).toEqual([{ ...start, createdS: null }]);
  });

  test('numbers calls without gaps, with their arguments', () => {
    const [, ...told] = normalised(start, args(4), call(4), call(9), args(4), call(9), args(9));

    expect(told).toEqual(
      [call(4), call(9), args(4), call(9), args(9)].map((event, i) => ({
        ...event,
        call: [0, 1, 0, 2, 2][i],
      })),
    );
  });

  test('numbers choices from 0', () => {
    const text = { kind: 'text', text: 'Hi' } as const;

    const told = normalised(start, { ...text, choice: 34 }, { ...text, choice: 0 });

    expect(told).toMatchObject([{}, { choice: 0 }, { choice: 1 }]);
  });

  test.each([
    [{ kind: 'text', choice: -0.2, text: 'Hi' } as const, 'invalid choice index'],
    [call(0, ''), 'without a name'],
  ])('rejects an event that cannot be interpreted: %j', (event, message) => {
    expect(() => normalised(start, event)).toThrow(message);
  });

  test.each([1e300, -1, 0.5, Number.NaN])('drops usage with a token count of %d', (tokens) => {
    const counts = { cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
    const usage = { ...counts, inputTokens: tokens, outputTokens: 1, estimated: false };

    expect(normalised(start, { kind: 'usage', usage })).toEqual([{ ...start, createdS: 7 }]);
  });
});

describe('irregular OpenAI answer', () => {
  test('keeps its text next to an empty delta', () => {
    const { json } = answered('anthropic', 'openai', whole({ delta: { content: '' } }));

    expect(json).toMatchObject({ content: [{ type: 'text', text: 'Hi' }] });
  });

  test.each([
    ['a number as text', { message: { content: 7, refusal: [] } }, { content: '', refusal: null }],
    [
      'calls without a name',
      { message: { tool_calls: [{ id: 'a', function: { arguments: '{}' } }] } },
      { content: '' },
    ],
  ])('is normalised for typed clients: %s', (_what, choice, message) => {
    const { json } = answered('openai', 'openai', whole(choice, { created: 6e24 }));

    expect(json).toMatchObject({ created: 1_700_000_000, choices: [{ message }] });
    expect(JSON.stringify(json)).not.toContain('tool_calls');
  });

  test('has its choices renumbered if two have the same index', () => {
    const [choice] = whole({}).choices;

    const { json } = answered('openai', 'openai', { id: 'c', choices: [choice, choice] });

    expect(json).toMatchObject({ choices: [{ index: 0 }, { index: 1 }] });
  });

  test('has streamed calls numbered in the order of their names', () => {
    const nameless = chunk({ delta: { tool_calls: [{ index: 0, function: { arguments: '' } }] } });
    const named = chunk({
      delta: { tool_calls: [{ index: 1, id: 'b', function: { name: 'f', arguments: '{}' } }] },
    });

    const { text } = streamed('openai', 'openai', [sse(nameless, named, STOP)]);

    expect(text).toContain('"tool_calls":[{"index":0,"id":"b"');
  });

  test('is passed on without invalid choices', () => {
    const { text } = streamed('openai', 'openai', [
      sse(chunk({ delta: { content: 'a' } }), { ...STOP, choices: ['}'] }, STOP),
    ]);

    expect(text).not.toContain('"choices":["}"]');
  });
});

test.each(['openai', 'anthropic', 'gemini', 'responses', 'completions'] as const)(
  'a stop reason named like an Object.prototype member is treated as unknown (client: %s)',
  (client) => {
    const message = { type: 'message', content: [{ type: 'text', text: 'Hi' }] };

    const { summary } = answered(client, 'anthropic', { ...message, stop_reason: 'toString' });

    expect(client === 'anthropic' || summary.finishReason === 'stop').toBe(true);
  },
);

test('arguments that come before their item are kept', () => {
  const item = { type: 'function_call', id: 'fc', call_id: 'c', name: 'f', arguments: '{"a":1}' };
  const delta = { output_index: 0, item_id: 'fc', delta: '{"a":1}' };

  const { text } = streamed('openai', 'responses', [
    sse(
      { type: 'response.function_call_arguments.delta', ...delta },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { output: [item] } },
    ),
  ]);

  expect(text).toContain(JSON.stringify({ arguments: '{"a":1}' }).slice(1, -1));
});

test('tool arguments that are an array are kept as text', () => {
  const tool = { id: 'a', function: { name: 'f', arguments: '[1]' } };

  const { json } = answered('anthropic', 'openai', whole({ message: { tool_calls: [tool] } }));

  expect(json).toMatchObject({ content: [{ type: 'tool_use', input: { arguments: '[1]' } }] });
});

test('an error after the last bytes has the next sequence number', () => {
  const half = sse(chunk({ delta: { content: 'Hi' } }))
    .toString()
    .trimEnd();

  const { text, stream } = streamed('responses', 'openai', [Buffer.from(half)]);
  const { failure } = stream;
  const last = failure === null ? '' : stream.fail(failure).toString();

  const numbers = eventsIn(text + last).map((event) => event['sequence_number']);
  expect(numbers).toEqual(numbers.map((_, i) => i));
});

test('an answer that is nested too deeply is an upstream error', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const logprobs = `{"content":[{"token":"a","top_logprobs":[{"token":${deep}}]}]}`;
  const body = `{"id":"c","choices":[{"message":{"content":"Hi"},"logprobs":${logprobs}}]}`;

  expect(() => answered('gemini', 'openai', body)).toThrow('nested too deeply');
});

test('data after the end of a Bedrock stream is ignored, regardless of chunking', () => {
  const frames = [
    frame('messageStart', { role: 'assistant' }),
    frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hi' } }),
    frame('messageStop', { stopReason: 'end_turn' }),
    frame('metadata', { usage: { inputTokens: 1, outputTokens: 1 } }),
    frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: ' and more' } }),
    Buffer.from('no frame at all'),
  ];

  const inPieces = streamed('openai', 'bedrock', frames);
  const atOnce = streamed('openai', 'bedrock', [Buffer.concat(frames)]);

  expect(atOnce.stream.failure).toBeNull();
  expect(atOnce.text).toBe(inPieces.text);
  expect(atOnce.text).not.toContain('and more');
});

test('tool arguments that are nested too deeply are an upstream error', () => {
  const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  const called = `{"function":{"name":"f","arguments":{"a":${deep}}}}`;
  const body = `{"message":{"content":"","tool_calls":[${called}]},"done":true}`;

  expect(() => answered('openai', 'ollama', body)).toThrow('nested too deeply');
});

test('many open tool calls are handled in linear time', async () => {
  const call = (index: number) => ({
    type: 'content_block_start',
    index,
    content_block: { type: 'tool_use', id: `t${index}`, name: 'f' },
  });
  const head = { type: 'message_start', message: { id: 'msg_1' } };
  const opened = (count: number) => [
    sse(head, ...Array.from({ length: count }, (_, index) => call(index))),
  ];
  const told = (chunks: Buffer[]) => streamed('responses', 'anthropic', chunks);

  expect(await growthOf(opened, told, { small: 50, large: 1_000 })).toBeLessThan(120);
});

test('many tool calls that wait for the first are handled in linear time', async () => {
  const call = (index: number) => ({
    index,
    id: `c${index}`,
    function: { name: 'f', arguments: '{' },
  });
  const last = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] };
  const begun = (count: number) => {
    const calls = Array.from({ length: count }, (_, index) => call(index));
    const delta = { choices: [{ index: 0, delta: { tool_calls: calls } }] };
    return [sse(delta, last), Buffer.from('data: [DONE]\n\n')];
  };
  const told = (chunks: Buffer[]) => streamed('anthropic', 'openai', chunks);

  expect(told(begun(5_000)).text.match(/"name":"f"/g)).toHaveLength(5_000);
  expect(await growthOf(begun, told, { small: 250, large: 5_000 })).toBeLessThan(120);
});

test.each([
  [
    'anthropic',
    { type: 'message_start', message: { id: 'msg_1', content: [], usage: { input_tokens: 1 } } },
  ],
  ['responses', { type: 'response.created', response: { id: 'resp_1', output: [] } }],
  ['gemini', { candidates: [{ content: { parts: [{ text: 'a b' }] } }] }],
] as const)('a multi-line event is joined to one line for a client of %s', (dialect, event) => {
  const lines = JSON.stringify(event, null, 1).split('\n');
  const spread = `${lines.map((line) => `data: ${line}`).join('\n')}\n\n`;

  const { text } = streamed(dialect, dialect, [Buffer.from(spread)]);

  expect(eventsIn(text)[0]).toEqual(event);
});
