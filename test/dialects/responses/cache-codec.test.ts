import type { AnswerEvent } from '../../../src/dialects/neutral/event.js';
import { responsesCacheCodec as forms } from '../../../src/dialects/responses/cache-codec.js';
import { responses } from '../../../src/dialects/responses/responses.js';
import { eventsIn } from '../../support/translated.js';
import { args, call, finish, rulesFor, START, text, USAGE, type Json } from './events.js';
import { message, over, sse } from './wire.js';

const TOOLS = { tools: [{ type: 'custom', name: 'patch' }] };
const thought = (said: string): AnswerEvent => ({ kind: 'reasoning', choice: 0, text: said });
const signature: AnswerEvent = {
  kind: 'signature',
  choice: 0,
  signature: 's',
  vendor: 'anthropic',
};
const refusal: AnswerEvent = { kind: 'refusal', choice: 0, text: 'No.' };
const logprobs: AnswerEvent = {
  kind: 'logprobs',
  choice: 0,
  logprobs: { content: [{ token: 'é', logprob: -1 }] },
};
const citation: AnswerEvent = {
  kind: 'citation',
  choice: 0,
  citation: { url: 'https://a.example', title: 'A', citedText: null, native: {} },
};

/** The same answer whole and as a stream, as the gateway writes them. */
function written(events: readonly AnswerEvent[], body: object = TOOLS) {
  const rules = rulesFor(body);
  const all = [START, ...events, USAGE];
  const writer = responses.openWriter(rules);
  for (const event of all) writer.add(event);
  writer.finish();
  return { whole: responses.writeAnswer(all, rules), stream: writer.take() };
}

const parsed = (bytes: Buffer | null) =>
  bytes === null ? null : (JSON.parse(bytes.toString()) as Json);
const bytesOf = (value: unknown) => Buffer.from(JSON.stringify(value));
const joined = (whole: Buffer) =>
  Buffer.concat((forms.toFrames(whole) ?? []).map(({ bytes }) => bytes));

const ANSWERS: [string, AnswerEvent[]][] = [
  ['text', [text('Hello, é.'), finish('stop')]],
  ['log probabilities', [text('é'), logprobs, finish('stop')]],
  ['citations', [text('It is so.'), citation, finish('stop')]],
  ['a refusal', [refusal, finish('stop')]],
  ['signed reasoning', [thought('Let me see.'), signature, text('Yes.'), finish('stop')]],
  ['function calls', [call(0, 'c1', 'f'), args(0, '{"a":1}'), finish('stop')]],
  ['a custom tool call', [call(0, 'c1', 'patch'), args(0, '{"input":"x"}'), finish('stop')]],
  ['a truncated answer', [text('Half'), finish('length')]],
];

describe('Responses cache codec', () => {
  test.each(ANSWERS)('round-trips %s through a stream', (_what, events) => {
    const { whole, stream } = written(events);

    expect(parsed(forms.joinFrames(forms.splitFrames(stream)))).toEqual(parsed(whole));
    expect(parsed(forms.joinFrames(forms.toFrames(whole) ?? []))).toEqual(parsed(whole));
  });

  test.each(ANSWERS)('turns %s into the same events as the original stream', (_what, events) => {
    const { whole, stream } = written(events);

    expect(eventsIn(joined(whole).toString())).toEqual(eventsIn(stream.toString()));
  });

  test('keeps reasoning text that a provider shows in full', () => {
    const item = {
      type: 'reasoning',
      id: 'rs_1',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'Hm.' }],
    };
    const whole = bytesOf(over([item, message('Yes.')], { completed_at: 7 }));

    const events = eventsIn(joined(whole).toString());

    expect(events[0]).toMatchObject({ response: { completed_at: null, output: [] } });
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'response.reasoning_text.delta', delta: 'Hm.' }),
    );
    expect(parsed(forms.joinFrames(forms.splitFrames(joined(whole))))).toEqual(parsed(whole));
  });

  const completed = { type: 'response.completed', response: over([message('x')]) };
  const done = { type: 'response.output_item.done', output_index: 0, item: message('x') };

  test.each<[string, string]>([
    ['has no end', sse(done)],
    ['is empty', ''],
    ['contains an error', sse({ type: 'error' }, completed)],
    ['failed', sse(done, { type: 'response.failed', response: over([]) })],
    ['continues after its end', sse(completed, done)],
    ['has more items than its final response', sse(done, { ...completed, response: over([]) })],
    ['ends without a response', sse({ type: 'response.completed' })],
    ['contains an event that is not an object', `data: 7\n\n${sse(completed)}`],
  ])('rejects a stream that %s', (_what, stream) => {
    expect(forms.joinFrames(forms.splitFrames(Buffer.from(stream)))).toBeNull();
  });

  const said = (...content: object[]) => ({ ...message(''), content });

  test.each<[string | null, string | null, unknown]>([
    ['complete', 'x', over([message('x')])],
    ['complete', 'x', over([message('x')], { status: null })],
    ['empty', null, over([])],
    ['empty', null, over([message('')])],
    ['empty', null, over([{ type: 'reasoning', summary: [] }])],
    ['filtered', null, over([said({ type: 'refusal', refusal: 'No.' })])],
    [
      'filtered',
      'x',
      over([message('x')], {
        status: 'incomplete',
        incomplete_details: { reason: 'content_filter' },
      }),
    ],
    ['truncated', 'x', over([message('x')], { status: 'incomplete' })],
    ['truncated', 'x', over([{ ...message('x'), status: 'incomplete' }])],
    ['tool_calls', null, over([message('x'), { type: 'function_call', name: 'f' }])],
    ['tool_calls', null, over([{ type: 'custom_tool_call', name: 'f' }])],
    [null, null, over([{ type: 'web_search_call' }, message('x')])],
    [null, null, over([said({ type: 'output_audio', data: '' })])],
    [null, null, over([said({ type: 'output_text' })])],
    [null, null, over([{ type: 'message', content: 'x' }])],
    [null, null, over([{ type: 'reasoning', summary: 'x' }])],
    [null, null, over([7])],
    [null, null, over([message('x')], { status: 'failed' })],
    [null, null, { error: { code: 500 } }],
    [null, null, 'no answer'],
  ])('classifies an answer as %s and extracts the text %j (case %#)', (kind, words, answer) => {
    const whole = bytesOf(answer);

    expect(forms.classify(whole)).toBe(kind);
    expect(forms.textOf(whole)).toBe(words);
    expect(forms.toFrames(whole) === null).toBe(kind === null);
  });
});

describe('readdressed Responses answer', () => {
  const to = (request: Json) => forms.readdress?.({ id: 'dec_2', nowS: 9, request });
  const given = { metadata: { a: '1' }, user: 'ann', store: false, prompt_cache_key: 'k' };
  const { whole, stream } = written([text('Hello, é.'), finish('stop')], {
    metadata: { a: '2' },
    safety_identifier: 'bob',
    previous_response_id: null,
  });
  const before = parsed(whole);

  test('has new ids and the labels of the new request', () => {
    const after = parsed(to(given)?.whole(whole) ?? null);

    const digits = String(after?.['id']).slice('resp_'.length);
    expect(digits).toMatch(/^[0-9a-f]{48}$/u);
    expect(after).toEqual({
      ...before,
      ...given,
      safety_identifier: null,
      id: `resp_${digits}`,
      created_at: 9,
      output: [{ ...(before?.['output'] as Json[])[0], id: `msg_${digits}_0` }],
    });
  });

  test('is the same streamed and not streamed, regardless of chunking', () => {
    const after = to(given)?.whole(whole) ?? null;
    const addressing = to(given);
    const events = stream.toString('latin1').split(/(?<=\n\n)/u);

    const pieces = events.map((event) => addressing?.streamed(Buffer.from(event, 'latin1')));
    const atOnce = to(given)?.streamed(stream) ?? Buffer.from('');

    expect(Buffer.concat(pieces as Buffer[])).toEqual(atOnce);
    expect(parsed(forms.joinFrames(forms.splitFrames(atOnce)))).toEqual(parsed(after));
    expect(atOnce.toString()).not.toContain(String(before?.['id']).slice('resp_'.length));
    expect(atOnce.toString()).toContain('Hello, é.');
  });

  test('keeps item ids of the provider and adds no labels', () => {
    const theirs = over([message('x')], { completed_at: 3 });

    const after = parsed(to(given)?.whole(bytesOf(theirs)) ?? null);

    expect(after).toEqual({ ...theirs, id: after?.['id'], created_at: 9, completed_at: 9 });
    expect(after?.['id']).not.toBe('resp_1');
  });
});

describe('Responses request identity', () => {
  const identity = (request: object) =>
    forms.identityOf(Buffer.from(JSON.stringify({ model: 'm', input: 'x', ...request })));
  const asking = (content: unknown, more: object = {}) => ({
    input: [{ role: 'user', content, ...more }],
  });
  const part = (words: string, type = 'input_text') => ({ type, text: words });

  test.each([
    [
      'user, stream and storage',
      {
        metadata: { a: '1' },
        user: 'u',
        store: false,
        stream: true,
        client_metadata: { x: 1 },
        previous_response_id: 'resp_1',
        prompt_cache_key: 'k',
      },
    ],
    [
      'defaults',
      {
        tools: [],
        tool_choice: 'auto',
        include: [],
        truncation: 'disabled',
        background: false,
        text: { format: { type: 'text' }, verbosity: null },
        reasoning: { effort: null },
        top_logprobs: 0,
        instructions: null,
      },
    ],
    ['the form of a text', asking('x')],
    ['a list of one part', asking([part('x')], { type: 'message', status: null })],
  ])('does not depend on %s', (_what, more) => {
    expect(identity(more)).toEqual(identity({}));
  });

  test.each([
    ['instructions', { instructions: 'x' }],
    ['max_output_tokens', { max_output_tokens: 99 }],
    ['reasoning effort', { reasoning: { effort: 'low' } }],
    ['the text format', { text: { format: { type: 'json_object' } } }],
    ['tools', { tools: [{ type: 'function', name: 'f' }] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['include', { include: ['reasoning.encrypted_content'] }],
    ['truncation', { truncation: 'auto' }],
    ['background', { background: true }],
    ['unknown members', { x_new: 1 }],
    ['several parts', asking([part('x'), part('y')])],
    ['the role', asking('x', { role: 'developer' })],
  ])('depends on %s', (_what, more) => {
    expect(identity(more).members).not.toEqual(identity({}).members);
  });

  test('depends on earlier turns but not on their ids', () => {
    const after = (id: string, said: object) =>
      identity({
        input: [
          { role: 'user', content: 'Hi' },
          { ...message('Hello.'), id, ...said },
          { role: 'user', content: 'And?' },
        ],
      });

    expect(after('msg_1', {})).toEqual(after('msg_2', {}));
    expect(after('msg_1', {})).toEqual(after('msg_1', { content: 'Hello.' }));
    expect(after('msg_1', {})).not.toEqual(after('msg_1', { content: 'Hello!' }));
    expect(after('msg_1', {}).question?.text).toBe('And?');
  });

  test('depends on ids of reasoning items', () => {
    const after = (id: string) =>
      identity({ input: [{ type: 'reasoning', id, summary: [] }, ...asking('x').input] });

    expect(after('rs_1').members).not.toEqual(after('rs_2').members);
  });

  test('has the last user text as its question', () => {
    expect(identity({ instructions: 'i' }).question).toEqual({
      text: 'x',
      rest: { instructions: 'i', input: [{ role: 'user', content: null }] },
    });
    expect(identity(asking([part('x'), { type: 'input_image' }])).question).toBeNull();
    expect(identity({ input: [{ role: 'assistant', content: 'x' }] }).question).toBeNull();
    expect(identity({ temperature: 0.5 }).sampled).toBe(true);
  });
});
