import { codePoint, fc } from '../../support/fast-check.js';
import { openaiCacheCodec as forms } from '../../../src/dialects/openai/cache-codec.js';
import type { Frame } from '../../../src/dialects/cache-codec.js';

const whole = (message: object, more: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 7,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: null, refusal: null, ...message },
      logprobs: null,
      finish_reason: 'stop',
      ...more,
    },
  ],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});
const bytesOf = (answer: unknown) => Buffer.from(JSON.stringify(answer));
const chunk = (delta: object, more: object = {}) =>
  Buffer.from(
    `data: ${JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion.chunk',
      created: 7,
      model: 'm',
      choices: [{ index: 0, delta, finish_reason: null, ...more }],
    })}\n\n`,
  );
const DONE = Buffer.from('data: [DONE]\n\n');
const framed = (...parts: Buffer[]): Frame[] => parts.map((bytes) => ({ bytes, usageOnly: false }));
const parsed = (bytes: Buffer | null) =>
  bytes === null ? null : (JSON.parse(bytes.toString()) as unknown);

const calls = [
  { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
  { id: 'c2', type: 'function', function: { name: 'g', arguments: '{}' } },
];

describe('OpenAI cache codec: answers', () => {
  test.each([
    ['text', whole({ content: 'Hello "usage":{ there' })],
    ['reasoning', whole({ content: 'x', reasoning_content: 'because' })],
    ['tool calls', whole({ tool_calls: calls }, { finish_reason: 'tool_calls' })],
    ['log probabilities', whole({ content: 'x' }, { logprobs: { content: [{ token: 'x' }] } })],
    ['annotations', whole({ content: 'x', annotations: [{ type: 'url_citation' }] })],
    ['missing usage', { ...whole({ content: 'x' }), usage: undefined }],
  ])('round-trips %s through a stream', (_what, answer) => {
    const frames = forms.toFrames(bytesOf(answer)) ?? [];

    expect(parsed(forms.joinFrames(frames))).toEqual(parsed(bytesOf(answer)));
    expect(frames.at(-1)?.bytes).toEqual(DONE);
  });

  test('round-trips any text through a stream', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: codePoint }), { minLength: 1, maxLength: 3 }),
        (texts) => {
          const { choices, ...head } = whole({});
          const [choice] = choices;
          const answer = {
            ...head,
            choices: texts.map((content, index) => ({
              ...choice,
              index,
              message: { role: 'assistant', content, refusal: null },
            })),
          };

          const again = forms.joinFrames(forms.toFrames(bytesOf(answer)) ?? []);

          expect(parsed(again)).toEqual(parsed(bytesOf(answer)));
        },
      ),
    );
  });

  test.each([
    ['complete', whole({ content: 'x' })],
    ['empty', whole({ content: '' })],
    ['filtered', whole({ content: 'x' }, { finish_reason: 'content_filter' })],
    ['filtered', whole({ refusal: 'no' })],
    ['truncated', whole({ content: 'x' }, { finish_reason: 'length' })],
    ['truncated', whole({ content: 'x' }, { finish_reason: 'odd' })],
    ['tool_calls', whole({ tool_calls: calls })],
    ['tool_calls', whole({ function_call: { name: 'f', arguments: '{}' } })],
    [null, { choices: [] }],
    [null, 'no answer'],
  ])('classifies an answer as %s (case %#)', (kind, answer) => {
    expect(forms.classify(bytesOf(answer))).toBe(kind);
  });

  test.each([
    ['x', whole({ content: 'x' })],
    [null, whole({ content: '' })],
    [null, whole({ content: 'x', tool_calls: calls })],
    [null, { choices: [...whole({ content: 'x' }).choices, ...whole({ content: 'y' }).choices] }],
    [null, { choices: [] }],
    [null, 'no answer'],
  ])('extracts the text %p (case %#)', (words, answer) => {
    expect(forms.textOf(bytesOf(answer))).toBe(words);
  });

  test('classifies an answer by its least complete choice', () => {
    const [first] = whole({ content: 'x' }).choices;
    const cut = { ...first, index: 1, finish_reason: 'length' };

    expect(forms.classify(bytesOf({ choices: [first, cut] }))).toBe('truncated');
  });

  test('makes no stream of what is not an answer', () => {
    expect(forms.toFrames(Buffer.from('<html>'))).toBeNull();
    expect(forms.toFrames(bytesOf({ choices: [] }))).toBeNull();
  });
});

describe('OpenAI cache codec: streams', () => {
  test('joins an answer from its chunks', () => {
    const call = (index: number, part: object) => ({ tool_calls: [{ index, ...part }] });
    const stream = framed(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Let me ' }),
      chunk({ content: 'see.' }),
      chunk(call(0, { id: 'c1', type: 'function', function: { name: 'f', arguments: '' } })),
      chunk(call(0, { function: { arguments: '{"a"' } })),
      chunk(call(0, { function: { arguments: ':1}' } })),
      chunk({}, { finish_reason: 'tool_calls' }),
      DONE,
    );

    expect(parsed(forms.joinFrames(stream))).toMatchObject({
      object: 'chat.completion',
      choices: [
        {
          message: { content: 'Let me see.', tool_calls: [calls[0]] },
          finish_reason: 'tool_calls',
        },
      ],
    });
  });

  test.each([
    ['has no end', framed(chunk({ content: 'x' }, { finish_reason: 'stop' }))],
    ['has no finish reason', framed(chunk({ content: 'x' }), DONE)],
    ['has nothing but [DONE]', framed(DONE)],
    [
      'lacks the end of one choice',
      framed(
        chunk({ content: 'x' }, { finish_reason: 'stop' }),
        chunk({ content: 'y' }, { index: 1 }),
        DONE,
      ),
    ],
    [
      'has unknown delta members',
      framed(chunk({ audio: { data: 'x' } }, { finish_reason: 'stop' }), DONE),
    ],
    ['has an event that is not a chunk', framed(Buffer.from('data: 7\n\n'), DONE)],
  ])('rejects a stream that %s', (_what, frames) => {
    expect(forms.joinFrames(frames)).toBeNull();
  });

  test('marks only the usage chunk as usage', () => {
    const usage = Buffer.from('data: {"choices":[],"usage":{"prompt_tokens":1}}\n\n');
    const text = chunk({ content: 'say "usage":{}' });
    const nulled = Buffer.from('data: {"choices":[{"delta":{}}],"usage":null}\n\n');
    const both = Buffer.from('data: {"choices":[{"delta":{}}],"usage":{"prompt_tokens":1}}\n\n');
    const stream = Buffer.concat([text, nulled, both, usage, DONE]);

    const frames = forms.splitFrames(stream);

    expect(Buffer.concat(frames.map(({ bytes }) => bytes))).toEqual(stream);
    expect(frames.filter(({ usageOnly }) => usageOnly).map(({ bytes }) => bytes)).toEqual([usage]);
  });
});

describe('OpenAI request identity', () => {
  const identity = (request: object) =>
    forms.identityOf(Buffer.from(JSON.stringify({ model: 'm', messages: [], ...request })));

  test.each([
    ['labels', { user: 'u', metadata: { a: 'b' }, store: true, stream: true, trace_id: 't' }],
    [
      'defaults',
      { n: 1, stop: [], tools: [], tool_choice: 'none', presence_penalty: 0, seed: null },
    ],
    ['the default response format', { response_format: { type: 'text' }, logit_bias: {} }],
  ])('does not depend on %s', (_what, more) => {
    expect(identity(more).members).toEqual(identity({}).members);
  });

  test.each([
    ['sampling', { temperature: 1 }],
    ['n', { n: 2 }],
    ['tools', { tools: [{ type: 'function' }] }],
    ['unknown members', { x_new: 1 }],
    [
      'cache breakpoints',
      { messages: [{ role: 'user', content: [{ type: 'text', text: 'x', cache_control: {} }] }] },
    ],
  ])('depends on %s', (_what, more) => {
    expect(identity(more).members).not.toEqual(identity({}).members);
  });

  test.each([
    [{ temperature: 0.7 }, true],
    [{ temperature: 0.7, seed: 1 }, false],
    [{ temperature: 0 }, false],
    [{}, false],
  ])('is sampled for %j: %s', (more, sampled) => {
    expect(identity(more).sampled).toBe(sampled);
  });
});

describe('search results in an OpenAI answer', () => {
  const said = whole({ content: 'Sunny.' });
  const cited = [{ type: 'url_citation', url_citation: { url: 'https://w.example' } }];

  test.each([
    ['message annotations', whole({ content: 'Sunny.', annotations: cited })],
    ['citations without a URL', whole({ content: 'x', provider_annotations: [{ type: 'tool' }] })],
    ['message search results', whole({ content: 'Sunny.', search_results: [{ title: 'W' }] })],
    [
      'Groq’s executed tools',
      whole({ content: 'x', executed_tools: [{ index: 0, type: 'search' }] }),
    ],
    ['Perplexity’s citations', { ...said, citations: ['https://w.example'] }],
    ['Perplexity’s search results', { ...said, search_results: [{ url: 'https://w.example' }] }],
  ])('are recognised by %s', (_what, answer) => {
    expect(forms.classify(bytesOf(answer))).toBe('searched');
  });

  test.each([
    ['plain text', said],
    ['empty lists', { ...whole({ content: 'x', annotations: [] }), citations: [] }],
    ['file annotations', whole({ content: 'x', provider_annotations: [{ type: 'file' }] })],
    ['page citations', whole({ content: 'x', provider_annotations: [{ type: 'page_location' }] })],
  ])('are not recognised by %s', (_what, answer) => {
    expect(forms.classify(bytesOf(answer))).toBe('complete');
  });

  test.each([
    [{ web_search_options: {} }, true],
    [{ plugins: [{ id: 'web' }] }, true],
    [{ search_parameters: { mode: 'auto' } }, true],
    [{ enable_search: true }, true],
    [{ tools: [{ type: 'browser_search' }] }, true],
    [{ plugins: [{ id: 'file-parser' }] }, false],
    [{ search_parameters: { mode: 'off' } }, false],
    [{ tools: [{ type: 'function', function: { name: 'search' } }] }, false],
    [{}, false],
  ])('are requested by %j: %s', (more, searches) => {
    const request = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more };

    expect(forms.identityOf(bytesOf(request)).searches).toBe(searches);
  });
});
