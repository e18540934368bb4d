import { GatewayError } from '../../../src/core/errors.js';
import { gemini } from '../../../src/dialects/gemini/gemini.js';
import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { answered, RULES } from '../../support/translated.js';

const start: AnswerEvent = { kind: 'start', id: 'r1', model: 'm-1', createdS: null };
const text = (said: string, choice = 0): AnswerEvent => ({ kind: 'text', choice, text: said });
const finish = (
  reason: Extract<AnswerEvent, { kind: 'finish' }>['reason'],
  native: string | null = null,
  choice = 0,
): AnswerEvent => ({ kind: 'finish', choice, reason, native, stopSequence: null });

const whole = (events: readonly AnswerEvent[], rules = {}) =>
  JSON.parse(gemini.writeAnswer(events, { ...RULES, ...rules }).toString()) as unknown;

describe('answer for a Gemini client', () => {
  test('has thoughts unless the client hides them', () => {
    const events: AnswerEvent[] = [
      start,
      { kind: 'reasoning', choice: 0, text: 'Hm' },
      { kind: 'signature', choice: 0, signature: 'c2ln', vendor: 'anthropic' },
      { kind: 'redacted', choice: 0, data: 'x' },
      text('Yes'),
      finish('stop'),
    ];

    expect(whole(events)).toMatchObject({
      candidates: [
        {
          content: {
            parts: [
              { text: 'Hm', thought: true, thoughtSignature: expect.any(String) },
              { text: '', thought: true, thoughtSignature: expect.any(String) },
              { text: 'Yes' },
            ],
          },
        },
      ],
    });
    expect(whole(events, { request: { hidesThoughts: true } })).toMatchObject({
      candidates: [{ content: { parts: [{ text: 'Yes' }] }, finishReason: 'STOP' }],
      modelVersion: 'm-1',
      responseId: 'r1',
    });
  });

  test('has several candidates, each with its finish reason', () => {
    const events = [
      start,
      text('a'),
      text('b', 1),
      text('c'),
      finish('length'),
      finish('stop', null, 1),
    ];

    expect(whole(events)).toMatchObject({
      candidates: [
        { index: 0, content: { parts: [{ text: 'ac' }] }, finishReason: 'MAX_TOKENS' },
        { index: 1, content: { parts: [{ text: 'b' }] }, finishReason: 'STOP' },
      ],
    });
  });

  test.each([
    ['content_filter', 'RECITATION', 'RECITATION'],
    ['content_filter', 'refusal', 'SAFETY'],
    ['tool_calls', 'tool_use', 'STOP'],
  ] as const)('maps %s (%s) to finish reason %s', (reason, native, expected) => {
    expect(whole([start, finish(reason, native)])).toMatchObject({
      candidates: [{ content: { parts: [{ text: '' }] }, finishReason: expected }],
    });
  });

  test('has citations and log probabilities', () => {
    const token = { token: 'Hi', logprob: -0.5, bytes: null };
    const logprobs = { content: [{ ...token, top_logprobs: [token] }], refusal: null };
    const cite = (url: string | null, native: object): AnswerEvent => ({
      kind: 'citation',
      choice: 0,
      citation: { url, title: 'T', citedText: 'said', native: { ...native } },
    });

    const json = whole([
      start,
      text('Hi'),
      { kind: 'logprobs', choice: 0, logprobs },
      cite('https://a.example', {}),
      cite(null, {}),
      cite('https://b.example', { web: { uri: 'https://b.example', domain: 'b' } }),
      finish('stop'),
    ]);

    const chosen = { token: 'Hi', logProbability: -0.5 };
    expect(json).toMatchObject({
      candidates: [
        {
          logprobsResult: {
            chosenCandidates: [chosen],
            topCandidates: [{ candidates: [chosen] }],
          },
          groundingMetadata: {
            groundingChunks: [
              { web: { uri: 'https://a.example', title: 'T' } },
              { retrievedContext: { title: 'T', text: 'said' } },
              { web: { uri: 'https://b.example', domain: 'b' } },
            ],
          },
        },
      ],
    });
  });

  test('counts thoughts separately from the text', () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 7,
      cacheReadTokens: 4,
      cacheWriteTokens: 0,
      reasoningTokens: 2,
      estimated: false,
    };

    expect(whole([start, text('x'), finish('stop'), { kind: 'usage', usage }])).toMatchObject({
      usageMetadata: {
        promptTokenCount: 10,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 2,
        cachedContentTokenCount: 4,
        totalTokenCount: 17,
      },
    });
  });

  test('has complete arguments for interleaved and malformed calls', () => {
    const call = (n: number): AnswerEvent => ({
      kind: 'call',
      choice: 0,
      call: n,
      id: `c${n}`,
      name: 'f',
    });
    const args = (n: number, piece: string): AnswerEvent => ({
      kind: 'arguments',
      choice: 0,
      call: n,
      text: piece,
    });

    const json = whole([
      start,
      { kind: 'signature', choice: 0, signature: 'b3du', vendor: 'gemini' },
      ...[
        call(0),
        call(1),
        args(1, '{"b'),
        args(0, '{"a":1}'),
        args(1, '":2}'),
        call(2),
        args(2, '{x'),
      ],
      finish('tool_calls'),
    ]);

    expect(json).toMatchObject({
      candidates: [
        {
          content: {
            parts: [
              { functionCall: { id: 'c0', name: 'f', args: { a: 1 } }, thoughtSignature: 'b3du' },
              { functionCall: { id: 'c1', name: 'f', args: { b: 2 } } },
              { functionCall: { id: 'c2', name: 'f', args: { arguments: '{x' } } },
            ],
          },
        },
      ],
    });
  });
});

describe('Gemini log probabilities', () => {
  test('reach OpenAI clients', () => {
    const chosen = { token: 'Hi', logProbability: -0.25 };
    const logprobsResult = {
      chosenCandidates: [chosen],
      topCandidates: [{ candidates: [chosen, { token: 'Ho', logProbability: -2 }] }],
    };
    const body = {
      candidates: [{ content: { parts: [{ text: 'Hi' }] }, finishReason: 'STOP', logprobsResult }],
    };

    expect(answered('openai', 'gemini', body).json).toMatchObject({
      choices: [
        {
          logprobs: {
            content: [
              {
                token: 'Hi',
                logprob: -0.25,
                bytes: [72, 105],
                top_logprobs: [{ token: 'Hi' }, { token: 'Ho', logprob: -2 }],
              },
            ],
          },
        },
      ],
    });
  });
});

describe('Gemini error', () => {
  test.each([
    [401, 'UNAUTHENTICATED', new GatewayError('invalid_api_key', 'no')],
    [422, 'FAILED_PRECONDITION', new GatewayError('no_candidate', 'no')],
    [502, 'UNAVAILABLE', new GatewayError('upstream_failed', 'no')],
    [
      400,
      'OUT_OF_RANGE',
      new GatewayError('upstream_rejected', 'no', { upstreamCode: 'OUT_OF_RANGE' }),
    ],
    [400, 'INVALID_ARGUMENT', new GatewayError('upstream_rejected', 'no', { upstreamCode: 'x_y' })],
  ])('is written with code %i and status %s', (code, status, error) => {
    expect(JSON.parse(gemini.writeError(error))).toMatchObject({
      error: { code, message: 'no', status, details: [{ domain: 'suffice' }] },
    });
  });

  test('names the field and the retry delay', () => {
    const error = new GatewayError('upstream_rate_limited', 'slow', {
      param: 'a.b',
      retryAfterS: 2,
    });

    expect(JSON.parse(gemini.writeError(error))).toMatchObject({
      error: { details: [{ metadata: { field: 'a.b' } }, { retryDelay: '2s' }] },
    });
  });
});
