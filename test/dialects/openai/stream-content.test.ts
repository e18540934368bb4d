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

describe('OpenAI stream content', () => {
  test.each([
    { name: 'reasoning_content', delta: { reasoning_content: 'hm' } },
    { name: 'reasoning', delta: { reasoning: 'hm', reasoning_details: [{ text: 'hm' }] } },
    { name: 'reasoning_details', delta: { reasoning_details: [{ type: 'x', text: 'hm' }] } },
  ])('keeps reasoning as $name', ({ delta }) => {
    const result = run(sse(chunk({ role: 'assistant', ...delta }), STOP));

    expect(deltasOf(result)[0]).toEqual({ role: 'assistant', ...delta });
    expect(result.stream.summary.outputChars).toBe(2);
  });

  test('is plain text for Mistral’s content arrays', () => {
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

  test('omits the accumulated message that some providers send with each delta', () => {
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

  test('keeps unknown members', () => {
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

  test('omits events that are not chunks', () => {
    const { chunks } = run(sse({ type: 'ping' }, HELLO, { ...HEAD, choices: [] }, STOP));

    expect(chunks).toHaveLength(2);
  });

  test('keeps several choices apart', () => {
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
