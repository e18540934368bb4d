import { openai } from '../../../src/dialects/openai/openai.js';
import { answer, HEAD, read, RULES, USAGE } from './whole-answer.js';

const call = (id: unknown, args: unknown, name = 'f') => ({
  id,
  function: { name, arguments: args },
});

describe('non-streamed OpenAI answer', () => {
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

  test('keeps unknown members', () => {
    const extra = { citations: ['u'], service_tier: 'x' };

    const { answer: result, first } = read(answer({ content: 'a', reasoning: 'r' }, 'stop', extra));

    expect(result).toMatchObject({ ...HEAD, ...extra, usage: USAGE });
    expect(first?.message['reasoning']).toBe('r');
  });

  test('is completed if members are missing', () => {
    const { answer: result, first } = read({ choices: [{ message: { content: 'a' } }] });

    expect(result).toMatchObject({
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
    expect(result.usage).toBeUndefined();
  });

  test.each([
    { what: 'missing', message: {}, content: '' },
    { what: 'missing next to calls', message: { tool_calls: [call('a', '{}')] }, content: null },
    { what: 'missing next to a refusal', message: { refusal: 'no' }, content: null },
    { what: 'null', message: { content: null }, content: null },
    { what: 'empty', message: { content: '' }, content: '' },
    {
      what: 'an array',
      message: { content: [{ type: 'text', text: 'a' }, 'b'] },
      content: 'ab',
    },
  ])('has content that is text or null when the provider’s is $what', ({ message, content }) => {
    expect(read(answer(message)).first?.message['content']).toBe(content);
  });

  test('has Mistral’s thinking separate from its text', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'a' },
    ];

    const { first, summary } = read(answer({ content }));

    expect(first?.message).toMatchObject({ content: 'a', reasoning_content: 'hm' });
    expect(summary.outputChars).toBe(3);
  });

  test.each([
    { what: 'correctly', calls: [call('a', '{"x":1}')], want: [['a', '{"x":1}']] },
    { what: 'with an object', calls: [call('a', { x: 1 })], want: [['a', '{"x":1}']] },
    { what: 'without arguments', calls: [call('a', '')], want: [['a', '{}']] },
    { what: 'with null', calls: [call('a', null)], want: [['a', '{}']] },
    { what: 'with the text null', calls: [call('a', 'null')], want: [['a', '{}']] },
    { what: 'with a number as id', calls: [call(7, '{}')], want: [['7', '{}']] },
    {
      what: 'with a repeated id',
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
    { what: 'as a single object', calls: call('a', '{}'), want: [['a', '{}']] },
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
    { what: 'null calls', message: { tool_calls: null, function_call: null, annotations: null } },
    {
      what: 'empty calls',
      message: { tool_calls: [], function_call: { name: '', arguments: '' } },
    },
    {
      what: 'a call without a name',
      message: { tool_calls: [{ id: '', type: '', function: { name: '', arguments: '' } }] },
    },
    { what: 'empty audio', message: { audio: { id: '', data: '' } } },
  ])('drops $what', ({ message }) => {
    const { first } = read(answer({ role: 'assistant', content: 'a', ...message }));

    expect(first?.message).toEqual({ role: 'assistant', content: 'a', refusal: null });
  });

  test('keeps only annotations of OpenAI’s type in annotations', () => {
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
    { told: 'RECITATION', finish: 'content_filter' },
    { told: 'PROHIBITED_CONTENT', finish: 'content_filter' },
    { told: 'BLOCKLIST', finish: 'content_filter' },
    { told: 'SPII', finish: 'content_filter' },
    { told: 'sensitive', finish: 'content_filter' },
    { told: 'refusal', finish: 'content_filter' },
    { told: 'moderated', finish: 'content_filter' },
    { told: 'MAX_TOKENS', finish: 'length' },
    { told: 'truncated', finish: 'length' },
    { told: 'tool_use', finish: 'stop' },
    { told: null, finish: 'stop' },
    { told: '', finish: 'stop' },
    { told: 'tool_calls', finish: 'stop' },
  ])('maps finish reason $told to $finish', ({ told, finish }) => {
    const { first, summary } = read(answer({ content: 'a' }, told));

    expect(first?.finish_reason).toBe(finish);
    expect(summary.finishReason).toBe(finish);
  });

  test('renumbers choices with equal indexes', () => {
    const choices = [
      { index: 0, message: { content: 'a' } },
      { index: 0, message: { content: 'b' } },
    ];

    expect(read({ choices }).answer.choices.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('has arguments of a legacy function_call as text', () => {
    const called = { function_call: { name: 'f', arguments: { x: 1 } } };

    expect(read(answer(called)).first?.message['function_call']).toEqual({
      name: 'f',
      arguments: '{"x":1}',
    });
  });

  test('numbers choices without indexes', () => {
    const choices = [{ message: { content: 'a' } }, { message: { content: 'b' } }];

    const { answer: result } = read({ ...HEAD, choices });

    expect(result.choices.map(({ index }) => index)).toEqual([0, 1]);
  });

  test('is read from an array and after a byte order mark', () => {
    const { first } = read(`\uFEFF[${JSON.stringify(answer({ content: 'a' }))}]`);

    expect(first?.message['content']).toBe('a');
  });

  test('can have an empty error next to its choices', () => {
    const { first } = read(answer({ content: 'a' }, 'stop', { error: {} }));

    expect(first?.message['content']).toBe('a');
  });
});
