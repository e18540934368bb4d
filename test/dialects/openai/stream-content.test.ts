import {
  choice,
  chunk,
  contentOf,
  deltasOf,
  HEAD,
  HELLO,
  run,
  sse,
  STOP,
} from '../../support/openai-stream.js';

describe('the content of a stream', () => {
  test.each([
    { name: 'reasoning_content', delta: { reasoning_content: 'hm' } },
    { name: 'reasoning', delta: { reasoning: 'hm', reasoning_details: [{ text: 'hm' }] } },
    { name: 'reasoning_details', delta: { reasoning_details: [{ type: 'x', text: 'hm' }] } },
  ])('keeps reasoning as $name', ({ delta }) => {
    const result = run(sse(chunk({ role: 'assistant', ...delta }), STOP));

    expect(deltasOf(result)[0]).toEqual({ role: 'assistant', ...delta });
    expect(result.stream.summary.outputChars).toBe(2);
  });

  test('has plain text where Mistral sends arrays', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] };
    const input = sse(
      chunk({ role: 'assistant', content: [thinking] }),
      chunk({
        content: [
          { type: 'text', text: 'Hi' },
          { type: 'reference', reference_ids: [1] },
        ],
      }),
      chunk({ content: '!' }, 'stop'),
    );

    const result = run(input);

    expect(contentOf(result)).toBe('Hi!');
    expect(deltasOf(result)[0]).toMatchObject({ content: '', reasoning_content: 'hm' });
  });

  test('leaves out the message so far that some send beside each delta', () => {
    const whole = (delta: object, content: string) => ({
      ...HEAD,
      choices: [{ ...choice(delta), message: { role: 'assistant', content } }],
    });
    const input = sse(whole({ content: 'a' }, 'a'), whole({ content: 'b' }, 'ab'), {
      ...HEAD,
      choices: [{ index: 0, message: { content: 'ab' }, finish_reason: 'stop' }],
    });

    const result = run(input);

    expect(contentOf(result)).toBe('ab');
    expect(result.text).not.toContain('message');
  });

  test('keeps what it does not know', () => {
    const filter = { hate: { filtered: false } };
    const input = sse(
      {
        ...HELLO,
        citations: ['u'],
        choices: [{ ...choice({ content: 'a' }), content_filter_results: filter }],
      },
      {
        ...HEAD,
        choices: [{ ...choice({}, 'stop'), content_filter_results: filter }],
        provider: 'p',
      },
    );

    const { chunks } = run(input);

    expect(chunks[0]).toMatchObject({
      citations: ['u'],
      choices: [{ content_filter_results: filter }],
    });
    expect(chunks[1]).toMatchObject({
      provider: 'p',
      choices: [{ content_filter_results: filter }],
    });
  });

  test('leaves out events that are no chunks', () => {
    const { chunks } = run(sse({ type: 'ping' }, HELLO, { ...HEAD, choices: [] }, STOP));

    expect(chunks).toHaveLength(2);
  });

  test('follows several choices side by side', () => {
    const input = sse(
      { ...HEAD, choices: [choice({ content: 'a' }, null, 0), choice({ content: 'x' }, null, 1)] },
      { ...HEAD, choices: [choice({}, 'stop', 1)] },
      { ...HEAD, choices: [choice({ content: 'b' }, 'length', 0)] },
      '[DONE]',
    );

    const result = run(input);

    const ends = result.chunks.flatMap(({ choices }) => choices).filter((c) => c.finish_reason);
    expect(ends.map(({ index, finish_reason }) => [index, finish_reason])).toEqual([
      [0, 'length'],
      [1, 'stop'],
    ]);
    expect(deltasOf(result).filter((delta) => delta['role'] === 'assistant')).toHaveLength(2);
  });
});
