import {
  choice,
  chunk,
  contentOf,
  deltasOf,
  finishesOf,
  HEAD,
  HELLO,
  run,
  sse,
  STOP,
  USAGE,
} from '../../support/openai-stream.js';

describe('OpenAI stream from an untrusted provider', () => {
  test('keeps valid chunks byte for byte', () => {
    const odd = `data: {"id":"c1","object":"chat.completion.chunk","created":5,"model":"m","seed":12345678901234567890,"choices":[{"index":0,"delta":{"content":"\\u00e9"},"finish_reason":null}]}\n\n`;

    const { text } = run(`${sse(HELLO)}${odd}${sse(STOP, '[DONE]')}`);

    expect(text).toContain(odd);
    expect(text.startsWith(sse(HELLO))).toBe(true);
  });

  test.each([
    { what: 'sends no [DONE]', input: sse(HELLO, STOP) },
    { what: 'sends [DONE] twice', input: sse(HELLO, STOP, '[DONE]', '[DONE]') },
    { what: 'ends without a blank line', input: sse(HELLO, STOP).trimEnd() },
    { what: 'continues after [DONE]', input: sse(HELLO, STOP, '[DONE]', HELLO, { error: {} }) },
  ])('ends with one [DONE] when the provider $what', ({ input }) => {
    const result = run(input);

    expect(result.stream.failure).toBeNull();
    expect(result.isDone).toBe(true);
    expect(contentOf(result)).toBe('Hello');
  });

  test('has one id, date and model, taken from the first chunk with a choice', () => {
    const azure = {
      id: '',
      object: '',
      created: 0,
      model: '',
      choices: [],
      prompt_filter_results: [1],
    };
    const input = sse(azure, HELLO, { ...STOP, id: 'other', created: 9, model: 'x', object: 'y' });

    const { chunks } = run(input);

    expect(
      chunks.map(({ id, object, created, model }) => ({ id, object, created, model })),
    ).toEqual(Array(3).fill(HEAD));
    expect(chunks[0]).toMatchObject({ choices: [], prompt_filter_results: [1] });
  });

  test('gets an id, date and model if the provider gives none', () => {
    const input = sse({ choices: [choice({ content: 'a' })] }, { choices: [choice({}, 'stop')] });

    const { chunks } = run(input);

    const [first] = chunks;
    expect(first?.id).toMatch(/^chatcmpl-[0-9a-f]{24}$/);
    expect(first).toMatchObject({ model: 'vendor/model', created: 1_700_000_000 });
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test.each([
    { what: 'never', deltas: [{ content: 'a' }, { content: 'b' }] },
    {
      what: 'always',
      deltas: [
        { role: 'assistant', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    },
    {
      what: 'wrongly',
      deltas: [
        { role: 'model', content: 'a' },
        { role: '', content: 'b' },
      ],
    },
  ])('has the role once, in the first chunk, when the provider sends it $what', ({ deltas }) => {
    const result = run(sse(...deltas.map((delta) => chunk(delta)), STOP));

    const roles = deltasOf(result).map((delta) => delta['role']);
    expect(roles).toEqual(['assistant', undefined, undefined]);
    expect(contentOf(result)).toBe('ab');
  });

  test.each([
    { what: 'once', ends: [STOP], finish: 'stop' },
    {
      what: 'twice',
      ends: [STOP, chunk({ content: '' }, 'stop', { usage: USAGE })],
      finish: 'stop',
    },
    { what: 'with the last text', ends: [chunk({ content: '!' }, 'length')], finish: 'length' },
    { what: 'before the last text', ends: [STOP, chunk({ content: '!' })], finish: 'stop' },
    { what: 'with a value of its own', ends: [chunk({}, 'eos')], finish: 'stop' },
    { what: 'as Gemini', ends: [chunk({}, 'MAX_TOKENS')], finish: 'length' },
    { what: 'in capitals', ends: [chunk({}, 'STOP')], finish: 'stop' },
    { what: 'as tool_calls without calls', ends: [chunk({}, 'tool_calls')], finish: 'stop' },
  ])(
    'has one finish_reason, in the last chunk, when the provider sends it $what',
    ({ ends, finish }) => {
      const result = run(sse(HELLO, ...ends, '[DONE]'));

      expect(result.stream.failure).toBeNull();
      expect(finishesOf(result)).toEqual([finish]);
      const last = result.chunks.filter(({ choices }) => choices.length > 0).at(-1);
      expect(last?.choices[0]).toMatchObject({ delta: {}, finish_reason: finish });
      expect(result.stream.summary.finishReason).toBe(finish);
    },
  );

  test('keeps the provider’s own finish reason as native_finish_reason', () => {
    const { chunks } = run(sse(HELLO, chunk({}, 'eos_token')));

    expect(chunks.at(-1)?.choices[0]).toMatchObject({
      finish_reason: 'stop',
      native_finish_reason: 'eos_token',
    });
  });

  test('has a null finish_reason if the provider sends none or an empty one', () => {
    const input = sse(
      { ...HEAD, choices: [{ delta: { content: 'a' } }] },
      chunk({ content: 'b' }, ''),
      STOP,
    );

    const { chunks } = run(input);

    expect(chunks.map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, null, 'stop']);
    expect(chunks.map(({ choices }) => choices[0]?.index)).toEqual([0, 0, 0]);
  });
});
