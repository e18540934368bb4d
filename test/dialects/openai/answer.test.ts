import { fc } from '../../support/fast-check.js';

import { GatewayError } from '../../../src/core/errors.js';
import type { AnswerRules } from '../../../src/dialects/dialect.js';
import { openai } from '../../../src/dialects/openai/openai.js';

const RULES: AnswerRules = {
  trusted: false,
  includeUsage: false,
  model: 'vendor/model',
  createdS: 1_700_000_000,
  seed: 'seed',
};

const HEAD = { id: 'a1', object: 'chat.completion', created: 5, model: 'm' };
const USAGE = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };

interface Answer {
  id: string;
  choices: {
    index: number;
    message: Record<string, unknown> & { tool_calls?: { id: string; function: object }[] };
    finish_reason: string;
    logprobs: unknown;
  }[];
  usage?: object;
  [extra: string]: unknown;
}

function answer(message: object, finish: unknown = 'stop', extra: object = {}) {
  return {
    ...HEAD,
    choices: [{ index: 0, message, finish_reason: finish }],
    usage: USAGE,
    ...extra,
  };
}

function read(value: unknown, rules = RULES) {
  const body = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const whole = openai.readAnswer(body, rules);
  const parsed = JSON.parse(whole.body.toString()) as Answer;
  return { ...whole, answer: parsed, first: parsed.choices[0] };
}

function refusal(body: string): GatewayError {
  try {
    openai.readAnswer(Buffer.from(body), RULES);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the answer was accepted');
}

const call = (id: unknown, args: unknown, name = 'f') => ({
  id,
  function: { name, arguments: args },
});

describe('a whole answer', () => {
  test('of a trusted provider keeps its bytes', () => {
    const text = `{ "choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}], "x": 1.0,
      "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5} }`;

    const { body, summary } = openai.readAnswer(Buffer.from(text), { ...RULES, trusted: true });

    expect(body.toString()).toBe(text);
    expect(summary).toMatchObject({
      usage: { inputTokens: 3, outputTokens: 2 },
      finishReason: 'stop',
      outputChars: 2,
    });
  });

  test('keeps what it does not know', () => {
    const extra = { citations: ['u'], service_tier: 'x' };

    const { answer: got, first } = read(answer({ content: 'a', reasoning: 'r' }, 'stop', extra));

    expect(got).toMatchObject({ ...HEAD, ...extra, usage: USAGE });
    expect(first?.message['reasoning']).toBe('r');
  });

  test('is completed where the provider leaves things out', () => {
    const { answer: got, first } = read({ choices: [{ message: { content: 'a' } }] });

    expect(got).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{24}$/),
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'vendor/model',
    });
    expect(first).toEqual({
      index: 0,
      message: { role: 'assistant', content: 'a', refusal: null },
      finish_reason: 'stop',
      logprobs: null,
    });
    expect(got.usage).toBeUndefined();
  });

  test.each([
    { what: 'missing', message: {}, content: '' },
    { what: 'missing beside calls', message: { tool_calls: [call('a', '{}')] }, content: null },
    { what: 'missing beside a refusal', message: { refusal: 'no' }, content: null },
    { what: 'null', message: { content: null }, content: null },
    { what: 'empty', message: { content: '' }, content: '' },
    {
      what: 'an array',
      message: { content: [{ type: 'text', text: 'a' }, 'b'] },
      content: 'ab',
    },
  ])('has content that is text or null when it is $what', ({ message, content }) => {
    expect(read(answer(message)).first?.message['content']).toBe(content);
  });

  test('has Mistral’s thinking apart from its text', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'a' },
    ];

    const { first, summary } = read(answer({ content }));

    expect(first?.message).toMatchObject({ content: 'a', reasoning_content: 'hm' });
    expect(summary.outputChars).toBe(3);
  });

  test.each([
    { what: 'as they should be', calls: [call('a', '{"x":1}')], want: [['a', '{"x":1}']] },
    { what: 'with an object', calls: [call('a', { x: 1 })], want: [['a', '{"x":1}']] },
    { what: 'without arguments', calls: [call('a', '')], want: [['a', '{}']] },
    { what: 'with null', calls: [call('a', null)], want: [['a', '{}']] },
    { what: 'with the word null', calls: [call('a', 'null')], want: [['a', '{}']] },
    { what: 'with a number for an id', calls: [call(7, '{}')], want: [['7', '{}']] },
    {
      what: 'with one id for two',
      calls: [call('a', '{}'), call('a', '{}')],
      want: [
        ['a', '{}'],
        [expect.stringMatching(/^call_/), '{}'],
      ],
    },
    {
      what: 'without an id',
      calls: [call('', '{}')],
      want: [[expect.stringMatching(/^call_/), '{}']],
    },
    { what: 'as one object', calls: call('a', '{}'), want: [['a', '{}']] },
  ])('has tool calls that clients can parse when sent $what', ({ calls, want }) => {
    const { first } = read(answer({ content: '', tool_calls: calls }));

    expect(first?.message.tool_calls).toEqual(
      want.map(([id, args]) => ({
        id,
        type: 'function',
        function: { name: 'f', arguments: args },
      })),
    );
    expect(first?.finish_reason).toBe('tool_calls');
  });

  test('keeps calls of other types', () => {
    const custom = { id: 'a', type: 'custom', custom: { name: 'g', input: 'x' } };

    const { first } = read(answer({ tool_calls: [custom] }, 'tool_calls'));

    expect(first?.message.tool_calls).toEqual([custom]);
  });

  test.each([
    { what: 'no calls', message: { tool_calls: null, function_call: null, annotations: null } },
    {
      what: 'empty calls',
      message: { tool_calls: [], function_call: { name: '', arguments: '' } },
    },
    {
      what: 'a call of nothing',
      message: { tool_calls: [{ id: '', type: '', function: { name: '', arguments: '' } }] },
    },
    { what: 'empty audio', message: { audio: { id: '', data: '' } } },
  ])('loses the empty values of $what', ({ message }) => {
    const { first } = read(answer({ role: 'assistant', content: 'a', ...message }));

    expect(first?.message).toEqual({ role: 'assistant', content: 'a', refusal: null });
  });

  test('keeps only OpenAI’s annotations under OpenAI’s name', () => {
    const citation = { type: 'url_citation', url_citation: { url: 'u' } };
    const file = { type: 'file', file: { hash: 'h' } };

    const { first } = read(answer({ content: 'a', annotations: [citation, file] }));

    expect(first?.message).toMatchObject({ annotations: [citation], provider_annotations: [file] });
  });

  test.each([
    { told: 'stop', finish: 'stop' },
    { told: 'length', finish: 'length' },
    { told: 'max_new_tokens', finish: 'length' },
    { told: 'length_limit', finish: 'length' },
    { told: 'context_window_exceeded', finish: 'length' },
    { told: 'content-filter', finish: 'content_filter' },
    { told: 'guardrail_intervened', finish: 'content_filter' },
    { told: 'stop_sequence', finish: 'stop' },
    { told: 'model_length', finish: 'length' },
    { told: 'eos', finish: 'stop' },
    { told: 'SAFETY', finish: 'content_filter' },
    { told: null, finish: 'stop' },
    { told: '', finish: 'stop' },
    { told: 'tool_calls', finish: 'stop' },
  ])('finishes with $finish when the provider says $told', ({ told, finish }) => {
    const { first, summary } = read(answer({ content: 'a' }, told));

    expect(first?.finish_reason).toBe(finish);
    expect(summary.finishReason).toBe(finish);
  });

  test('numbers its choices where all have one number', () => {
    const choices = [
      { index: 0, message: { content: 'a' } },
      { index: 0, message: { content: 'b' } },
    ];

    expect(read({ choices }).answer.choices.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('has the arguments of an older function call as text', () => {
    const called = { function_call: { name: 'f', arguments: { x: 1 } } };

    expect(read(answer(called)).first?.message['function_call']).toEqual({
      name: 'f',
      arguments: '{"x":1}',
    });
  });

  test('numbers its choices', () => {
    const choices = [{ message: { content: 'a' } }, { message: { content: 'b' } }];

    const { answer: got } = read({ ...HEAD, choices });

    expect(got.choices.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('is read out of an array, and past a byte order mark', () => {
    const { first } = read(`\uFEFF[${JSON.stringify(answer({ content: 'a' }))}]`);

    expect(first?.message['content']).toBe('a');
  });

  test('may carry an empty error beside its choices', () => {
    const { first } = read(answer({ content: 'a' }, 'stop', { error: {} }));

    expect(first?.message['content']).toBe('a');
  });

  test.each([
    { what: 'nothing', body: '', says: 'empty answer' },
    { what: 'white space', body: ' \n', says: 'empty answer' },
    { what: 'a web page', body: '<!doctype html><p>x', says: 'web page' },
    { what: 'half of it', body: '{"choices":[{"mess', says: 'not valid JSON' },
    { what: 'a number', body: '7', says: 'not an object' },
    { what: 'no choices', body: '{"id":"x"}', says: 'without any choice' },
    { what: 'an empty list of choices', body: '{"choices":[]}', says: 'without any choice' },
    { what: 'an error', body: '{"error":{"message":"boom"}}', says: 'boom' },
    {
      what: 'a choice that broke off',
      body: '{"choices":[{"finish_reason":"error","message":{}}]}',
      says: 'broke off',
    },
    {
      what: 'a choice with an error',
      body: '{"choices":[{"finish_reason":"error","error":{"message":"boom"}}]}',
      says: 'boom',
    },
  ])('is refused when it is $what', ({ body, says }) => {
    const error = refusal(body);

    expect(error.code).toBe('upstream_failed');
    expect(error.message).toContain(says);
  });

  test.each([
    [1004, 'upstream_auth_failed'],
    [1002, 'upstream_rate_limited'],
    [2013, 'upstream_rejected'],
    [1000, 'upstream_failed'],
  ])('is MiniMax’ error %d, which it puts into a 200', (status, code) => {
    const body = { choices: null, base_resp: { status_code: status, status_msg: 'no such luck' } };

    expect(() => read(body)).toThrow(expect.objectContaining({ code }));
    expect(
      read({ ...answer({ content: 'a' }), base_resp: { status_code: 0 } }).first,
    ).toBeDefined();
  });

  test('passes on what an error inside a 200 says of itself', () => {
    const error = { message: 'filtered', status: 400, code: 'content_filter', param: 'prompt' };

    expect(refusal(JSON.stringify({ error }))).toMatchObject({
      code: 'upstream_rejected',
      status: 400,
      upstreamCode: 'content_filter',
      param: 'prompt',
    });
  });

  test('is refused when it is nested too deeply to be written', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

    const error = refusal(`{"id":"x","choices":[{"message":{"content":"a"}}],"x":${deep}}`);

    expect(error).toMatchObject({ code: 'upstream_failed' });
  });

  test('is read or refused, but never breaks the reader', () => {
    const message = fc.record({
      content: fc.jsonValue(),
      tool_calls: fc.jsonValue(),
      function_call: fc.jsonValue(),
      annotations: fc.jsonValue(),
      audio: fc.jsonValue(),
    });
    const odd = fc.record({
      choices: fc.array(
        fc.record({ message: fc.oneof(message, fc.jsonValue()), index: fc.jsonValue() }),
      ),
      usage: fc.jsonValue(),
      error: fc.jsonValue(),
    });

    fc.assert(
      fc.property(fc.oneof(odd, fc.jsonValue()), fc.boolean(), (value, trusted) => {
        const reading = () => read(value, { ...RULES, trusted });

        expect(outcomeOf(reading)).toMatch(/^(read|refused)$/);
      }),
      { numRuns: 100 },
    );
  });
});

function outcomeOf(work: () => unknown): string {
  try {
    work();
    return 'read';
  } catch (error) {
    return error instanceof GatewayError ? 'refused' : String(error);
  }
}
