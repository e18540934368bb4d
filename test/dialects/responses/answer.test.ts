import { GatewayError } from '../../../src/core/errors.js';
import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { responses } from '../../../src/dialects/responses/responses.js';
import { eventsIn, RULES } from '../../support/translated.js';
import { answer, args, call, finish, rulesFor, START, text, types, USAGE } from './events.js';
import { growthOf } from '../../support/growth.js';

test('a response echoes the request, with null for unknown values', () => {
  const tool = { type: 'function', name: 'f' };

  const { whole } = answer([START, text('Hello'), finish('stop'), USAGE], {
    instructions: 'Be brief.',
    max_output_tokens: 50,
    tools: [tool, { type: 'custom', name: 'c' }],
    reasoning: { effort: 'low' },
    text: { verbosity: 'low' },
    metadata: { a: 'b' },
    store: false,
    user: 'u1',
  });

  expect(whole).toEqual({
    id: expect.stringMatching(/^resp_[0-9a-f]{48}$/) as string,
    object: 'response',
    created_at: 1_700_000_001,
    status: 'completed',
    background: false,
    error: null,
    incomplete_details: null,
    model: 'gpt',
    instructions: 'Be brief.',
    max_output_tokens: 50,
    max_tool_calls: null,
    parallel_tool_calls: true,
    previous_response_id: null,
    prompt_cache_key: null,
    reasoning: { effort: 'low', summary: null },
    safety_identifier: null,
    service_tier: 'auto',
    store: false,
    temperature: null,
    text: { format: { type: 'text' }, verbosity: 'low' },
    tool_choice: 'auto',
    tools: [
      { ...tool, parameters: null, strict: null },
      { type: 'custom', name: 'c' },
    ],
    top_logprobs: 0,
    top_p: null,
    truncation: 'disabled',
    user: 'u1',
    metadata: { a: 'b' },
    output: [
      {
        id: expect.stringMatching(/^msg_[0-9a-f]{48}_0$/) as string,
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
      },
    ],
    usage: {
      input_tokens: 9,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 1 },
      output_tokens: 5,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 14,
    },
  });
});

test('a response has a unique id even if the server reuses ids', () => {
  const idOf = (seed: string) => answer([START, finish('stop')], {}, seed).whole['id'];

  expect(idOf('one')).not.toBe(idOf('two'));
});

test('a stream has every event in order, numbered', () => {
  const { stream } = answer([
    START,
    { kind: 'reasoning', choice: 0, text: 'Hm.' },
    text('Hel'),
    text('lo'),
    { kind: 'refusal', choice: 0, text: 'No.' },
    call(0, 'c1', 'f'),
    args(0, '{}'),
    finish('stop'),
  ]);

  expect(stream.map((event) => event['sequence_number'])).toEqual(stream.map((_, i) => i));
  expect(types(stream)).toEqual([
    'created',
    'in_progress',
    'output_item.added',
    'reasoning_summary_part.added',
    'reasoning_summary_text.delta',
    'reasoning_summary_text.done',
    'reasoning_summary_part.done',
    'output_item.done',
    'output_item.added',
    'content_part.added',
    'output_text.delta',
    'output_text.delta',
    'output_text.done',
    'content_part.done',
    'content_part.added',
    'refusal.delta',
    'refusal.done',
    'content_part.done',
    'output_item.done',
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'completed',
  ]);
});

test('a complete call is done before the next begins, and interleaved calls at the end', () => {
  const { stream, output } = answer([
    START,
    call(0, 'c0', 'f'),
    args(0, '{"a":1}'),
    call(1, 'c1', 'f'),
    call(2, 'c2', 'f'),
    args(2, '{"c":'),
    args(1, '{"b":2}'),
    args(2, '3}'),
    finish('stop'),
  ]);

  expect(output.map((item) => item['arguments'])).toEqual(['{"a":1}', '{"b":2}', '{"c":3}']);
  expect(types(stream).slice(2, 7)).toEqual([
    'output_item.added',
    'function_call_arguments.delta',
    'function_call_arguments.done',
    'output_item.done',
    'output_item.added',
  ]);
});

test('a call without arguments has an empty object, and text after calls is a separate message', () => {
  const { output } = answer([START, text('a'), call(0, 'c0', 'f'), text('b'), finish('stop')]);

  expect(output.map(({ type }) => type)).toEqual(['message', 'function_call', 'message']);
  expect(output[1]).toMatchObject({
    call_id: 'c0',
    name: 'f',
    arguments: '{}',
    status: 'completed',
  });
});

test('custom and namespaced tools are called by the client’s names', () => {
  const tools = [
    { type: 'custom', name: 'patch' },
    { type: 'namespace', name: 'crm', tools: [{ type: 'function', name: 'find' }] },
  ];
  const { output, stream } = answer(
    [
      START,
      call(0, 'c0', 'patch'),
      args(0, '{"input":"*** Be'),
      args(0, 'gin"}'),
      call(1, 'c1', 'crm__find'),
      args(1, '{}'),
      call(2, 'c2', 'patch'),
      args(2, 'not what was agreed'),
      call(3, 'c3', 'unheard_of'),
      finish('stop'),
    ],
    { tools },
  );

  expect(output).toEqual([
    {
      id: expect.stringMatching(/^ctc_/) as string,
      type: 'custom_tool_call',
      status: 'completed',
      call_id: 'c0',
      name: 'patch',
      input: '*** Begin',
    },
    expect.objectContaining({ type: 'function_call', namespace: 'crm', name: 'find' }),
    expect.objectContaining({ type: 'custom_tool_call', input: 'not what was agreed' }),
    expect.objectContaining({ type: 'function_call', name: 'unheard_of', arguments: '{}' }),
  ]);
  expect(stream.filter(({ type }) => String(type).includes('custom_tool_call_input'))).toEqual([
    expect.objectContaining({ type: 'response.custom_tool_call_input.delta', delta: '*** Begin' }),
    expect.objectContaining({ type: 'response.custom_tool_call_input.done', input: '*** Begin' }),
    expect.objectContaining({ delta: 'not what was agreed' }),
    expect.objectContaining({ input: 'not what was agreed' }),
  ]);
});

test('citations and log probabilities are attached to their text', () => {
  const web = { url: 'https://a.example', title: null, citedText: null, native: {} };
  const page = { url: null, title: 'Doc', citedText: 'x', native: { type: 'page_location' } };
  const token = { token: 'Hi', logprob: -0.1, bytes: [72, 105], top_logprobs: [] };

  const { output, stream } = answer([
    START,
    text('Hi'),
    { kind: 'logprobs', choice: 0, logprobs: { content: [token], refusal: null } },
    { kind: 'citation', choice: 0, citation: web },
    { kind: 'citation', choice: 0, citation: page },
    finish('stop'),
  ]);

  const annotation = {
    type: 'url_citation',
    url: 'https://a.example',
    title: 'https://a.example',
    start_index: 2,
    end_index: 2,
  };
  expect(output[0]?.['content']).toEqual([
    {
      type: 'output_text',
      text: 'Hi',
      annotations: [annotation],
      logprobs: [token],
      provider_annotations: [{ type: 'page_location' }],
    },
  ]);
  expect(stream.find(({ type }) => type === 'response.output_text.annotation.added')).toMatchObject(
    { annotation_index: 0, content_index: 0, output_index: 0, annotation },
  );
});

test.each([
  ['length', 'max_output_tokens'],
  ['content_filter', 'content_filter'],
] as const)('an answer that ended by %s is incomplete with reason %s', (reason, told) => {
  const { whole, stream, output } = answer([START, text('Hal'), finish(reason)]);

  expect(whole).toMatchObject({ status: 'incomplete', incomplete_details: { reason: told } });
  expect(output[0]).toMatchObject({ status: 'incomplete' });
  expect(stream.at(-1)).toMatchObject({ type: 'response.incomplete' });
});

test('only the first of several choices is used, and an empty answer has no items', () => {
  const other: AnswerEvent = { kind: 'text', choice: 1, text: 'other' };

  const { whole } = answer([START, other, finish('stop')]);

  expect(whole).toMatchObject({ status: 'completed', output: [], usage: null });
});

test('a failed stream ends with error and response.failed', () => {
  const writer = responses.openWriter(rulesFor({}));
  writer.add(START);
  writer.add(text('Hal'));
  writer.take();

  const bytes = writer.fail(new GatewayError('upstream_cut', 'It broke off.'));

  const told = { message: 'It broke off.', param: null, code: 'upstream_cut' };
  expect(eventsIn(bytes.toString())).toEqual([
    { type: 'error', sequence_number: 5, ...told, error: { ...told, type: 'server_error' } },
    {
      type: 'response.failed',
      sequence_number: 6,
      response: expect.objectContaining({
        status: 'failed',
        error: { code: 'server_error', message: 'It broke off.' },
      }) as object,
    },
  ]);
});

test('a stream that fails before its start ends with error only', () => {
  const writer = responses.openWriter(RULES);

  const bytes = writer.fail(new GatewayError('upstream_rate_limited', 'Later.'));

  expect(types(eventsIn(bytes.toString()))).toEqual(['error']);
});

test('thousands of interleaved calls are written in linear time', async () => {
  const sideBySide = (count: number): AnswerEvent[] => {
    const calls = Array.from({ length: count }, (_, i) => call(i, `c${i}`, 'look'));
    return [START, ...calls, args(7, '{"a":'), args(7, '1}'), finish('stop')];
  };

  const { output } = answer(sideBySide(4_000));

  expect(output).toHaveLength(4_000);
  expect(output[7]).toMatchObject({ arguments: '{"a":1}' });
  expect(await growthOf(sideBySide, answer, { small: 200, large: 4_000 })).toBeLessThan(120);
});
