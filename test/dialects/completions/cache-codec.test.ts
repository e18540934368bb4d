import { completions } from '../../../src/dialects/completions/completions.js';
import { completionsCacheCodec as forms } from '../../../src/dialects/completions/cache-codec.js';
import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { eventsIn, RULES } from '../../support/translated.js';

const text = (said: string, choice = 0): AnswerEvent => ({ kind: 'text', choice, text: said });
const finish = (reason: 'stop' | 'length' | 'content_filter', choice = 0): AnswerEvent => ({
  kind: 'finish',
  choice,
  reason,
  stopSequence: null,
  native: null,
});
const likely = (token: string): AnswerEvent => ({
  kind: 'logprobs',
  choice: 0,
  logprobs: { content: [{ token, logprob: -0.5, top_logprobs: [] }] },
});
const HEAD: AnswerEvent[] = [
  { kind: 'start', id: 'chatcmpl-7', model: 'gpt', createdS: 1 },
  {
    kind: 'usage',
    usage: {
      inputTokens: 3,
      outputTokens: 2,
      cacheReadTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      estimated: false,
    },
  },
];

/** The same answer whole and as a stream, as the gateway writes them. */
function written(events: readonly AnswerEvent[], body: object = {}) {
  const request = completions.readRequest(
    Buffer.from(JSON.stringify({ model: 'm', prompt: 'Once', ...body })),
  );
  const rules = { ...RULES, request };
  const writer = completions.openWriter(rules);
  for (const event of [...HEAD, ...events]) writer.add(event);
  writer.finish();
  return { whole: completions.writeAnswer([...HEAD, ...events], rules), stream: writer.take() };
}

const parsed = (bytes: Buffer | null | undefined) =>
  bytes == null ? null : (JSON.parse(bytes.toString()) as unknown);

test.each([
  ['text', [text('upon'), text(' a time'), finish('stop')], {}],
  ['likelihoods', [text('up'), likely('up'), text('on'), likely('on'), finish('stop')], {}],
  ['its prompt first', [text(' upon'), finish('length')], { echo: true }],
  ['several choices', [text('a'), text('b', 1), finish('stop'), finish('stop', 1)], {}],
  ['nothing', [text(''), finish('content_filter')], {}],
])('an answer of %s is the same whole as it is as a stream', (_what, events, body) => {
  const { whole, stream } = written(events, body);

  const frames = forms.toFrames(whole) ?? [];

  expect(parsed(forms.joinFrames(forms.splitFrames(stream)))).toEqual(parsed(whole));
  expect(parsed(forms.joinFrames(frames))).toEqual(parsed(whole));
  expect(forms.splitFrames(stream).filter(({ usageOnly }) => usageOnly)).toHaveLength(1);
  expect(frames.filter(({ usageOnly }) => usageOnly)).toHaveLength(1);
});

test('a stream made of a whole answer says who ends, and why, like any other', () => {
  const { whole, stream } = written([text('upon a time'), finish('length')]);

  const frames = Buffer.concat((forms.toFrames(whole) ?? []).map(({ bytes }) => bytes));

  expect(eventsIn(frames.toString())).toEqual(eventsIn(stream.toString()));
  expect(frames.toString()).toMatch(/data: \[DONE\]\n\n$/u);
});

test.each<[string, string]>([
  ['has no end', 'data: {"id":"a","choices":[{"text":"a","index":0,"finish_reason":"stop"}]}\n\n'],
  ['has nothing in it', 'data: [DONE]\n\n'],
  [
    'has a choice without an end',
    'data: {"choices":[{"text":"a","index":0,"finish_reason":null}]}\n\ndata: [DONE]\n\n',
  ],
  ['has an error in it', 'data: {"error":{}}\n\ndata: [DONE]\n\n'],
  ['goes on after its end', 'data: [DONE]\n\ndata: {"choices":[]}\n\n'],
])('a stream that %s is not put together', (_what, stream) => {
  expect(forms.joinFrames(forms.splitFrames(Buffer.from(stream)))).toBeNull();
});

test.each([
  ['complete', 'a', [text('a'), finish('stop')]],
  ['truncated', 'a', [text('a'), finish('length')]],
  ['filtered', 'a', [text('a'), finish('content_filter')]],
  ['empty', null, [text(''), finish('stop')]],
  ['truncated', null, [text('a'), text('b', 1), finish('stop'), finish('length', 1)]],
])('is %s, and says %s', (kind, words, events) => {
  const { whole } = written(events);

  expect(forms.classify(whole)).toBe(kind);
  expect(forms.textOf(whole)).toBe(words);
});

test.each([
  ['empty', 'nothing', [finish('stop')], 'Once'],
  ['complete', 'something', [text(' upon a time'), finish('stop')], 'Once upon a time'],
])('is %s where the model says %s behind the prompt', (kind, _what, events, words) => {
  const body = { echo: true, prompt: 'Once' };
  const { whole } = written(events, body);

  expect(forms.textOf(whole)).toBe(words);
  expect(forms.classify(whole, body)).toBe(kind);
  expect(forms.classify(whole, { prompt: 'Once' })).toBe('complete');
});

test('what is no answer has no form', () => {
  const body = Buffer.from('<html>');

  expect([forms.classify(body), forms.textOf(body), forms.toFrames(body)]).toEqual([
    null,
    null,
    null,
  ]);
});

describe('what decides an answer', () => {
  const identity = (request: object) =>
    forms.identityOf(Buffer.from(JSON.stringify({ model: 'm', prompt: 'x', ...request })));

  test.each([
    ['who asks, and how', { user: 'u', stream: true, model: 'n' }],
    [
      'defaults',
      { n: 1, best_of: 1, echo: false, suffix: '', logit_bias: {}, stop: [], seed: null },
    ],
    ['a list of one prompt', { prompt: ['x'] }],
  ])('is not %s', (_what, more) => {
    expect(identity(more)).toEqual(identity({}));
  });

  test.each([
    ['the prompt', { prompt: 'y' }],
    ['the longest answer', { max_tokens: 8 }],
    ['whether the prompt is repeated', { echo: true }],
    ['likelihoods', { logprobs: 0 }],
    ['several choices', { n: 2 }],
    ['a member that nobody knows', { x_new: 1 }],
  ])('is %s', (_what, more) => {
    expect(identity(more).members).not.toEqual(identity({}).members);
  });

  test('is left to chance by a temperature without a seed', () => {
    expect(identity({ temperature: 0.7 }).sampled).toBe(true);
    expect(identity({ temperature: 0.7, seed: 1 }).sampled).toBe(false);
  });

  test('is asked in the prompt, unless the answer is to begin with it', () => {
    expect(identity({ max_tokens: 8 }).question).toEqual({
      text: 'x',
      rest: { max_tokens: 8, prompt: null },
    });
    expect(identity({ echo: true }).question).toBeNull();
  });
});
