import {
  choice,
  chunk,
  contentOf,
  finishesOf,
  HEAD,
  HELLO,
  run,
  sse,
  STOP,
  TRUSTED,
  USAGE,
} from '../../support/openai-stream.js';

describe('OpenAI stream from a trusted provider', () => {
  const events = sse(HELLO, chunk({ content: ' you' }), STOP, {
    ...HEAD,
    choices: [],
    usage: USAGE,
  });

  test('is passed on byte for byte', () => {
    const input = `${events}${sse('[DONE]')}`;

    const { text, stream } = run(input, TRUSTED);

    expect(text).toBe(input);
    expect(stream.failure).toBeNull();
    expect(stream.summary).toEqual({
      usage: {
        inputTokens: 3,
        outputTokens: 2,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
        estimated: false,
      },
      finishReason: 'stop',
      outputChars: 9,
    });
  });

  test('is passed on without usage that the client did not request, and summarised with it', () => {
    const { text, stream } = run(`${events}${sse('[DONE]')}`, { ...TRUSTED, includeUsage: false });

    expect(text).toBe(sse(HELLO, chunk({ content: ' you' }), STOP, '[DONE]'));
    expect(stream.summary.usage?.outputTokens).toBe(2);
  });

  test('has usage moved to a chunk of its own', () => {
    const input = sse(HELLO, chunk({}, 'stop', { usage: USAGE }), '[DONE]');

    const asked = run(input, TRUSTED);
    const unasked = run(input, { ...TRUSTED, includeUsage: false });

    expect(asked.text).toBe(sse(HELLO, STOP, { ...HEAD, choices: [], usage: USAGE }, '[DONE]'));
    expect(unasked.text).toBe(sse(HELLO, STOP, '[DONE]'));
  });

  test('is reframed if its framing differs from OpenAI’s', () => {
    const input = `: hi\r\n\r\ndata:${JSON.stringify(HELLO)}\r\n\r\ndata:${JSON.stringify(STOP)}\r\n\r\n`;

    const { text } = run(input, TRUSTED);

    expect(text).toBe(sse(HELLO, STOP, '[DONE]'));
  });

  test('is passed on without events that are not chunks', () => {
    const { text } = run(
      `event: news\n${sse({ vendor: 'noise' }, HELLO, STOP, '[DONE]')}`,
      TRUSTED,
    );

    expect(text).toBe(sse(HELLO, STOP, '[DONE]'));
  });

  test.each([
    { what: 'without a finish_reason', input: sse(HELLO) },
    { what: 'with [DONE] but no finish_reason', input: sse(HELLO, '[DONE]') },
    {
      what: 'with one of two choices unfinished',
      input: sse(HELLO, { ...HEAD, choices: [choice({}, null, 1)] }, STOP),
    },
  ])('fails when it ends $what', ({ input }) => {
    const { stream, isDone } = run(input, TRUSTED);

    expect(stream.failure?.code).toBe('upstream_cut');
    expect(isDone).toBe(false);
  });

  test('is converted to chunks when it is a single document', () => {
    const answer = {
      id: 'c1',
      created: 5,
      model: 'm',
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      usage: USAGE,
    };

    const result = run(JSON.stringify(answer, null, 2), TRUSTED);

    expect(result.stream.failure).toBeNull();
    expect(contentOf(result)).toBe('Hi');
    expect(finishesOf(result)).toEqual(['stop']);
    expect(result.chunks.at(-1)).toMatchObject({ choices: [], usage: USAGE });
    expect(result.isDone).toBe(true);
  });
});
