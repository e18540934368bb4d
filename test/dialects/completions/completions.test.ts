import { completions } from '../../../src/dialects/completions/completions.js';
import { GatewayError } from '../../../src/core/errors.js';
import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { eventsIn, RULES, translated } from '../../support/translated.js';

const read = (body: unknown) => completions.readRequest(Buffer.from(JSON.stringify(body)));
const START: AnswerEvent = { kind: 'start', id: 'chatcmpl-7', model: 'gpt', createdS: 1 };
const USAGE: AnswerEvent = {
  kind: 'usage',
  usage: {
    inputTokens: 3,
    outputTokens: 2,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  },
};
const text = (said: string, choice = 0): AnswerEvent => ({ kind: 'text', choice, text: said });
const finish = (reason: 'stop' | 'length' | 'tool_calls', choice = 0): AnswerEvent => ({
  kind: 'finish',
  choice,
  reason,
  stopSequence: null,
  native: null,
});

function answer(events: readonly AnswerEvent[], body: object = {}, includeUsage = true) {
  const rules = { ...RULES, includeUsage, request: read({ model: 'm', prompt: 'Once', ...body }) };
  const whole: unknown = JSON.parse(completions.writeAnswer(events, rules).toString());
  const writer = completions.openWriter(rules);
  for (const event of events) writer.add(event);
  writer.finish();
  const stream = writer.take().toString();
  return { whole, stream, chunks: eventsIn(stream) };
}

describe('legacy completion request', () => {
  test.each([
    { fault: 'a missing model', body: { prompt: 'a' }, param: 'model' },
    { fault: 'a missing prompt', body: { model: 'm' }, param: 'prompt' },
    { fault: 'an empty prompt', body: { model: 'm', prompt: '' }, param: 'prompt' },
    { fault: 'token ids', body: { model: 'm', prompt: [1, 2] }, param: 'prompt' },
    { fault: 'lists of token ids', body: { model: 'm', prompt: [[1, 2]] }, param: 'prompt' },
    { fault: 'several prompts', body: { model: 'm', prompt: ['a', 'b'] }, param: 'prompt' },
    { fault: 'a prompt that is an object', body: { model: 'm', prompt: {} }, param: 'prompt' },
    { fault: 'zero choices', body: { model: 'm', prompt: 'a', n: 0 }, param: 'n' },
    {
      fault: 'logprobs that are not a number',
      body: { model: 'm', prompt: 'a', logprobs: true },
      param: 'logprobs',
    },
    {
      fault: 'echo that is not a boolean',
      body: { model: 'm', prompt: 'a', echo: 'yes' },
      param: 'echo',
    },
  ])('is rejected for $fault, with the field named', ({ body, param }) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  test('becomes a user message', () => {
    const { json, dropped } = translated('completions', 'openai', {
      model: 'm',
      prompt: ['Once upon'],
      stream: true,
      max_tokens: 16,
      temperature: 0.1,
      top_p: 0.9,
      n: 2,
      stop: '\n',
      presence_penalty: 0.5,
      frequency_penalty: 0.25,
      seed: 7,
      logprobs: 2,
      user: 'u',
      best_of: 1,
      suffix: null,
      logit_bias: {},
    });

    expect(json).toEqual({
      model: 'model-there',
      messages: [{ role: 'user', content: 'Once upon' }],
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 16,
      temperature: 0.1,
      top_p: 0.9,
      n: 2,
      stop: ['\n'],
      presence_penalty: 0.5,
      frequency_penalty: 0.25,
      seed: 7,
      logprobs: true,
      top_logprobs: 2,
      user: 'u',
    });
    expect(dropped).toEqual([]);
  });

  test('drops and reports members without an equivalent in chat', () => {
    const body = {
      model: 'm',
      prompt: 'def f(',
      suffix: 'return 1',
      best_of: 3,
      logit_bias: { 1: 2 },
      x_future: 1,
    };

    const { dropped } = translated('completions', 'openai', body);

    expect(dropped).toEqual(['suffix', 'best_of', 'logit_bias', 'x_future']);
    expect(() => translated('completions', 'openai', body, { onLoss: 'refuse' })).toThrow(/suffix/);
  });

  test('is presented to the router as a conversation', () => {
    const request = read({ model: 'auto', prompt: 'Once', stream: true, max_tokens: 9 });

    expect(request.conversation()).toMatchObject({
      messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Once' }] }],
      maxOutputTokens: 9,
    });
    expect([request.stream, request.includeUsage]).toEqual([true, false]);
  });
});

describe('legacy completion', () => {
  test('has one text per choice', () => {
    const { whole } = answer([
      START,
      { kind: 'reasoning', choice: 0, text: 'Hm.' },
      text('Hel'),
      text('Bye', 1),
      text('lo'),
      { kind: 'refusal', choice: 1, text: '!' },
      finish('length'),
      finish('tool_calls', 1),
      USAGE,
    ]);

    expect(whole).toEqual({
      id: 'cmpl-7',
      object: 'text_completion',
      created: 1,
      model: 'gpt',
      choices: [
        { text: 'Hello', index: 0, logprobs: null, finish_reason: 'length' },
        { text: 'Bye!', index: 1, logprobs: null, finish_reason: 'content_filter' },
      ],
      usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 },
    });
  });

  test('is streamed in chunks, with usage on request', () => {
    const head = { id: 'cmpl-7', object: 'text_completion', created: 1, model: 'gpt' };
    const events = [START, text('Hel'), text('lo'), finish('stop'), USAGE];
    const piece = (said: string, reason: string | null = null) => ({
      ...head,
      choices: [{ text: said, index: 0, logprobs: null, finish_reason: reason }],
    });

    const { chunks, stream } = answer(events);
    const silent = answer(events, {}, false);

    expect(chunks).toEqual([
      piece('Hel'),
      piece('lo'),
      piece('', 'stop'),
      { ...head, choices: [], usage: { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 } },
    ]);
    expect(stream.endsWith('}\n\ndata: [DONE]\n\n')).toBe(true);
    expect(silent.chunks).toHaveLength(3);
  });

  test('begins with the prompt if echo is set', () => {
    const { whole, chunks } = answer([START, text(' upon'), finish('stop')], { echo: true });

    expect(whole).toMatchObject({ choices: [{ text: 'Once upon' }] });
    expect(chunks[0]).toMatchObject({ choices: [{ text: 'Once' }] });
  });

  test('has log probabilities in parallel lists', () => {
    const token = (said: string, logprob: number) => ({
      token: said,
      logprob,
      bytes: null,
      top_logprobs: [{ token: 'x', logprob: -9, bytes: null }],
    });
    const weighed = (...content: object[]): AnswerEvent => ({
      kind: 'logprobs',
      choice: 0,
      logprobs: { content },
    });

    const { whole, chunks } = answer(
      [
        START,
        text('ab'),
        weighed(token('a', -1), token('b', -2)),
        text('c'),
        weighed(token('c', -3)),
        finish('stop'),
      ],
      { echo: true },
    );

    const lists = {
      tokens: ['a', 'b', 'c'],
      token_logprobs: [-1, -2, -3],
      top_logprobs: [{ x: -9 }, { x: -9 }, { x: -9 }],
      text_offset: [4, 5, 6],
    };
    expect(whole).toMatchObject({ choices: [{ text: 'Onceabc', logprobs: lists }] });
    expect(chunks[4]).toMatchObject({
      choices: [{ logprobs: { tokens: ['c'], text_offset: [6] } }],
    });
  });

  test('ends with an error when its stream fails', () => {
    const writer = completions.openWriter(RULES);

    const bytes = writer.fail(new GatewayError('upstream_cut', 'It broke off.'));

    expect(eventsIn(bytes.toString())).toEqual([
      { error: expect.objectContaining({ message: 'It broke off.' }) as object },
    ]);
  });
});
