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

describe('a stream from a provider that keeps the rules', () => {
  const events = sse(HELLO, chunk({ content: ' you' }), STOP, {
    ...HEAD,
    choices: [],
    usage: USAGE,
  });

  test('goes on byte for byte', () => {
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

  test('hides usage that the client did not ask for, but learns it', () => {
    const { text, stream } = run(`${events}${sse('[DONE]')}`, { ...TRUSTED, includeUsage: false });

    expect(text).toBe(sse(HELLO, chunk({ content: ' you' }), STOP, '[DONE]'));
    expect(stream.summary.usage?.outputTokens).toBe(2);
  });

  test('has usage moved out of a choice’s chunk', () => {
    const input = sse(HELLO, chunk({}, 'stop', { usage: USAGE }), '[DONE]');

    const asked = run(input, TRUSTED);
    const unasked = run(input, { ...TRUSTED, includeUsage: false });

    expect(asked.text).toBe(sse(HELLO, STOP, { ...HEAD, choices: [], usage: USAGE }, '[DONE]'));
    expect(unasked.text).toBe(sse(HELLO, STOP, '[DONE]'));
  });

  test('is reframed where its framing is not OpenAI’s', () => {
    const input = `: hi\r\n\r\ndata:${JSON.stringify(HELLO)}\r\n\r\ndata:${JSON.stringify(STOP)}\r\n\r\n`;

    const { text } = run(input, TRUSTED);

    expect(text).toBe(sse(HELLO, STOP, '[DONE]'));
  });

  test('loses events that are no chunks', () => {
    const { text } = run(
      `event: news\n${sse({ vendor: 'noise' }, HELLO, STOP, '[DONE]')}`,
      TRUSTED,
    );

    expect(text).toBe(sse(HELLO, STOP, '[DONE]'));
  });

  test.each([
    { what: 'without a finish', input: sse(HELLO) },
    { what: 'with [DONE] but no finish', input: sse(HELLO, '[DONE]') },
    {
      what: 'with one of two choices unfinished',
      input: sse(HELLO, { ...HEAD, choices: [choice({}, null, 1)] }, STOP),
    },
  ])('is cut when it ends $what', ({ input }) => {
    const { stream, isDone } = run(input, TRUSTED);

    expect(stream.failure?.code).toBe('upstream_cut');
    expect(isDone).toBe(false);
  });

  test('becomes chunks when it is one whole document', () => {
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
