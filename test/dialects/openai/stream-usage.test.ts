import {
  choice,
  chunk,
  contentOf,
  HEAD,
  HELLO,
  RULES,
  run,
  sse,
  STOP,
  USAGE,
} from '../../support/openai-stream.js';

describe('OpenAI stream usage', () => {
  test.each([
    { where: 'in a chunk of its own', ends: [STOP, { ...HEAD, choices: [], usage: USAGE }] },
    { where: 'with the finish_reason', ends: [chunk({}, 'stop', { usage: USAGE })] },
    { where: 'under x_groq', ends: [chunk({}, 'stop', { x_groq: { id: 'r', usage: USAGE } })] },
    {
      where: 'in the choice',
      ends: [{ ...HEAD, choices: [{ ...choice({}, 'stop'), usage: USAGE }] }],
    },
    {
      where: 'on every chunk, growing',
      ends: [
        chunk({ content: '' }, null, { usage: { prompt_tokens: 3, completion_tokens: 1 } }),
        chunk({}, 'stop', { usage: USAGE }),
        { ...HEAD, choices: [], usage: USAGE },
      ],
    },
  ])('is sent once, last and only if requested, when it comes $where', ({ ends }) => {
    const input = sse(HELLO, ...ends, '[DONE]');

    const asked = run(input);
    const unasked = run(input, { ...RULES, includeUsage: false });

    const told = asked.chunks.filter(({ usage }) => usage);
    expect(told).toEqual([asked.chunks.at(-1)]);
    expect(told[0]).toMatchObject({ ...HEAD, choices: [], usage: USAGE });
    expect(unasked.text).not.toContain('"prompt_tokens"');
    expect(unasked.stream.summary.usage?.outputTokens).toBe(2);
    expect(unasked.isDone).toBe(true);
  });

  test.each([
    {
      what: 'xAI’s reasoning tokens outside of the completion tokens',
      usage: {
        prompt_tokens: 10,
        completion_tokens: 2,
        total_tokens: 42,
        completion_tokens_details: { reasoning_tokens: 30 },
      },
      learnt: { inputTokens: 10, outputTokens: 32, reasoningTokens: 30 },
      shown: { prompt_tokens: 10, completion_tokens: 32, total_tokens: 42 },
    },
    {
      what: 'a wrong total and null details',
      usage: {
        prompt_tokens: 10,
        completion_tokens: 2,
        total_tokens: 99,
        prompt_tokens_details: null,
      },
      learnt: { inputTokens: 10, outputTokens: 2 },
      shown: { prompt_tokens: 10, completion_tokens: 2, total_tokens: 12 },
    },
    {
      what: 'DeepSeek’s cache hits',
      usage: { prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 8 },
      learnt: { cacheReadTokens: 8 },
      shown: { prompt_tokens_details: { cached_tokens: 8 }, prompt_cache_hit_tokens: 8 },
    },
    ...[
      { prompt_tokens_details: { cached_tokens: 0 }, prompt_cache_hit_tokens: 8 },
      { num_cached_tokens: 8 },
      { cached_tokens: 8 },
      { cache_read_input_tokens: 8 },
      { input_tokens_details: { cached_tokens: 8 } },
      { prompt_token_details: { cached_tokens: 8 } },
    ].map((cached) => ({
      what: `cached tokens in ${Object.keys(cached).join(' and ')}`,
      usage: { prompt_tokens: 10, completion_tokens: 2, ...cached },
      learnt: { cacheReadTokens: 8 },
      shown: { prompt_tokens_details: { cached_tokens: 8 } },
    })),
    {
      what: 'more cached than prompt tokens',
      usage: {
        prompt_tokens: 10,
        completion_tokens: 2,
        prompt_tokens_details: { cached_tokens: 50 },
      },
      learnt: { inputTokens: 10, cacheReadTokens: 10 },
      shown: { prompt_tokens_details: { cached_tokens: 10 } },
    },
    {
      what: 'tokens written to the cache',
      usage: {
        prompt_tokens: 10,
        completion_tokens: 2,
        cost: 0.01,
        prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 5, audio_tokens: null },
      },
      learnt: { cacheReadTokens: 4, cacheWriteTokens: 5 },
      shown: { cost: 0.01, prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 5 } },
    },
  ])('is normalised: $what', ({ usage, learnt, shown }) => {
    const { chunks, stream } = run(sse(HELLO, STOP, { ...HEAD, choices: [], usage }));

    expect(stream.summary.usage).toMatchObject(learnt);
    expect(chunks.at(-1)?.usage).toMatchObject(shown);
  });

  test.each([
    ['as in OpenAI’s chunks', (text: string) => text],
    ['with spaces', (text: string) => text.replace(/,"usage"/g, ', "usage"')],
    ['with CRLF', (text: string) => text.replace(/\n/g, '\r\n')],
    [
      'next to empty tool calls',
      (text: string) => text.replace(/"content"/g, '"tool_calls":[],"content"'),
    ],
  ])('is not announced as null to a client that did not request it: %s', (_how, written) => {
    const input = sse(
      { ...HELLO, usage: null },
      chunk({ content: ' ,"usage":null' }, null, { usage: null }),
      { ...STOP, usage: null },
      '[DONE]',
    );

    for (const trusted of [true, false]) {
      const rules = { ...RULES, trusted, includeUsage: false };
      const result = run(written(input), rules);
      const { chunks, isDone } = result;

      expect(chunks.filter((one) => 'usage' in one)).toEqual([]);
      expect(contentOf(result)).toBe('Hello ,"usage":null');
      expect(isDone).toBe(true);
    }
  });

  test('is absent if the provider sends only zeros', () => {
    const zero = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

    const { stream, chunks } = run(sse(HELLO, chunk({}, 'stop', { usage: zero })));

    expect(stream.summary.usage).toBeNull();
    expect(chunks.some(({ usage }) => usage)).toBe(false);
  });
});
