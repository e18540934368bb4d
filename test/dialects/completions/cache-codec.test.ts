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
const logprobs = (token: string): AnswerEvent => ({
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

describe('Completions cache codec', () => {
  test.each([
    ['text', [text('upon'), text(' a time'), finish('stop')], {}],
    [
      'log probabilities',
      [text('up'), logprobs('up'), text('on'), logprobs('on'), finish('stop')],
      {},
    ],
    ['an echoed prompt', [text(' upon'), finish('length')], { echo: true }],
    ['several choices', [text('a'), text('b', 1), finish('stop'), finish('stop', 1)], {}],
    ['empty text', [text(''), finish('content_filter')], {}],
  ])('round-trips %s through a stream', (_what, events, body) => {
    const { whole, stream } = written(events, body);

    const frames = forms.toFrames(whole) ?? [];

    expect(parsed(forms.joinFrames(forms.splitFrames(stream)))).toEqual(parsed(whole));
    expect(parsed(forms.joinFrames(frames))).toEqual(parsed(whole));
    expect(forms.splitFrames(stream).filter(({ usageOnly }) => usageOnly)).toHaveLength(1);
    expect(frames.filter(({ usageOnly }) => usageOnly)).toHaveLength(1);
  });

  test('turns a whole answer into the same events as the original stream', () => {
    const { whole, stream } = written([text('upon a time'), finish('length')]);

    const frames = Buffer.concat((forms.toFrames(whole) ?? []).map(({ bytes }) => bytes));

    expect(eventsIn(frames.toString())).toEqual(eventsIn(stream.toString()));
    expect(frames.toString()).toMatch(/data: \[DONE\]\n\n$/u);
  });

  test.each<[string, string]>([
    [
      'has no end',
      'data: {"id":"a","choices":[{"text":"a","index":0,"finish_reason":"stop"}]}\n\n',
    ],
    ['has nothing but [DONE]', 'data: [DONE]\n\n'],
    [
      'has an unfinished choice',
      'data: {"choices":[{"text":"a","index":0,"finish_reason":null}]}\n\ndata: [DONE]\n\n',
    ],
    ['contains an error', 'data: {"error":{}}\n\ndata: [DONE]\n\n'],
    ['continues after its end', 'data: [DONE]\n\ndata: {"choices":[]}\n\n'],
  ])('rejects a stream that %s', (_what, stream) => {
    expect(forms.joinFrames(forms.splitFrames(Buffer.from(stream)))).toBeNull();
  });

  test.each([
    ['complete', 'a', [text('a'), finish('stop')]],
    ['truncated', 'a', [text('a'), finish('length')]],
    ['filtered', 'a', [text('a'), finish('content_filter')]],
    ['empty', null, [text(''), finish('stop')]],
    ['truncated', null, [text('a'), text('b', 1), finish('stop'), finish('length', 1)]],
  ])('classifies an answer as %s and extracts the text %s', (kind, words, events) => {
    const { whole } = written(events);

    expect(forms.classify(whole)).toBe(kind);
    expect(forms.textOf(whole)).toBe(words);
  });

  test.each([
    ['empty', 'nothing', [finish('stop')], 'Once'],
    ['complete', 'something', [text(' upon a time'), finish('stop')], 'Once upon a time'],
  ])(
    'classifies an answer as %s when %s follows the echoed prompt',
    (kind, _what, events, words) => {
      const body = { echo: true, prompt: 'Once' };
      const { whole } = written(events, body);

      expect(forms.textOf(whole)).toBe(words);
      expect(forms.classify(whole, body)).toBe(kind);
      expect(forms.classify(whole, { prompt: 'Once' })).toBe('complete');
    },
  );

  test('returns null for what is not an answer', () => {
    const body = Buffer.from('<html>');

    expect([forms.classify(body), forms.textOf(body), forms.toFrames(body)]).toEqual([
      null,
      null,
      null,
    ]);
  });
});

describe('Completions request identity', () => {
  const identity = (request: object) =>
    forms.identityOf(Buffer.from(JSON.stringify({ model: 'm', prompt: 'x', ...request })));

  test.each([
    ['user, stream and model', { user: 'u', stream: true, model: 'n' }],
    [
      'defaults',
      { n: 1, best_of: 1, echo: false, suffix: '', logit_bias: {}, stop: [], seed: null },
    ],
    ['the form of a single prompt', { prompt: ['x'] }],
  ])('does not depend on %s', (_what, more) => {
    expect(identity(more)).toEqual(identity({}));
  });

  test.each([
    ['the prompt', { prompt: 'y' }],
    ['max_tokens', { max_tokens: 8 }],
    ['echo', { echo: true }],
    ['logprobs', { logprobs: 0 }],
    ['n', { n: 2 }],
    ['unknown members', { x_new: 1 }],
  ])('depends on %s', (_what, more) => {
    expect(identity(more).members).not.toEqual(identity({}).members);
  });

  test('is sampled with a temperature but no seed', () => {
    expect(identity({ temperature: 0.7 }).sampled).toBe(true);
    expect(identity({ temperature: 0.7, seed: 1 }).sampled).toBe(false);
  });

  test('has the prompt as its question unless it is echoed', () => {
    expect(identity({ max_tokens: 8 }).question).toEqual({
      text: 'x',
      rest: { max_tokens: 8, prompt: null },
    });
    expect(identity({ echo: true }).question).toBeNull();
  });
});
