import { answered, eventsIn, streamed } from '../../support/translated.js';

const usageMetadata = { promptTokenCount: 5, candidatesTokenCount: 3 };
const text = (said: string) => ({ content: { parts: [{ text: said }] } });

function whole(candidate: object, more: object = {}) {
  const body = { candidates: [candidate], usageMetadata, responseId: 'r1', ...more };
  return answered('openai', 'gemini', body).json as {
    choices: { message: Record<string, unknown>; finish_reason: string }[];
    usage: Record<string, unknown>;
  };
}

describe('Gemini answer', () => {
  test.each([
    ['STOP', 'stop'],
    [1, 'stop'],
    ['MAX_TOKENS', 'length'],
    [2, 'length'],
    ['SAFETY', 'content_filter'],
    ['MODEL_ARMOR', 'content_filter'],
    ['SOMETHING_NEW_THAT_BLOCKS', 'content_filter'],
    ['UNEXPECTED_TOOL_CALL', 'stop'],
    ['TOO_MANY_TOOL_CALLS', 'stop'],
    ['OTHER', 'stop'],
    ['MALFORMED_FUNCTION_CALL', 'stop'],
  ])('maps finish reason %s to %s', (finishReason, expected) => {
    expect(whole({ ...text('hi'), finishReason }).choices[0]?.finish_reason).toBe(expected);
  });

  const message = 'Malformed function call: print(f())';
  const broken = { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: message };

  test.each([
    broken,
    { ...broken, content: { role: 'model' } },
    { ...broken, content: { parts: [{ text: 'Hm', thought: true }] } },
    { ...broken, finishReason: 'UNEXPECTED_TOOL_CALL' },
    { ...broken, finishReason: 'TOO_MANY_TOOL_CALLS' },
  ])('fails if it is nothing but a malformed function call: %j', (candidate) => {
    const failure = expect.objectContaining({
      code: 'upstream_failed',
      message: expect.stringContaining(message),
    });
    const response = Buffer.from(`data: ${JSON.stringify({ candidates: [candidate] })}\r\n\r\n`);

    expect(() => whole(candidate)).toThrow(failure);
    expect(streamed('anthropic', 'gemini', [response]).stream.failure).toEqual(failure);
  });

  test('reaches Gemini clients even with a malformed function call', () => {
    const body = { candidates: [broken] };

    expect(answered('gemini', 'gemini', body).json).toEqual(body);
    const response = Buffer.from(`data: ${JSON.stringify(body)}\r\n\r\n`);
    expect(streamed('gemini', 'gemini', [response]).stream.failure).toBeNull();
  });

  test('can lack content, or candidates if it has a block reason', () => {
    expect(whole({ finishReason: 'SAFETY' }).choices).toMatchObject([
      { message: { content: '' }, finish_reason: 'content_filter' },
    ]);
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata };
    expect(answered('openai', 'gemini', blocked).json).toMatchObject({
      choices: [{ finish_reason: 'content_filter' }],
    });
    expect(() => answered('openai', 'gemini', { usageMetadata })).toThrow(
      expect.objectContaining({ code: 'upstream_failed' }),
    );
  });

  test('has a unique id for every tool call', () => {
    const twice = { functionCall: { name: 'f', args: { x: 1 } } };
    const { choices } = whole({
      content: { parts: [twice, twice, { functionCall: { id: 'own', name: 'g' } }] },
      finishReason: 'STOP',
    });

    const calls = choices[0]?.message['tool_calls'] as { id: string; function: object }[];
    expect(choices[0]?.finish_reason).toBe('tool_calls');
    expect(calls.map((call) => call.function)).toEqual([
      { name: 'f', arguments: '{"x":1}' },
      { name: 'f', arguments: '{"x":1}' },
      { name: 'g', arguments: '{}' },
    ]);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
    expect(calls[2]?.id).toBe('own');
  });

  test('counts thoughts as output and tool-use prompts as input', () => {
    const { usage } = whole(
      { ...text('hi'), finishReason: 'STOP' },
      {
        usageMetadata: {
          promptTokenCount: 10,
          toolUsePromptTokenCount: 5,
          cachedContentTokenCount: 4,
          thoughtsTokenCount: 7,
        },
      },
    );

    expect(usage).toEqual({
      prompt_tokens: 15,
      completion_tokens: 7,
      total_tokens: 22,
      prompt_tokens_details: { cached_tokens: 4 },
      completion_tokens_details: { reasoning_tokens: 7 },
    });
  });

  test('has each source once and omits server tools', () => {
    const { choices } = whole({
      content: {
        parts: [
          { executableCode: { language: 'PYTHON', code: 'x' } },
          { codeExecutionResult: { outcome: 'OUTCOME_OK' } },
          { text: 'So', thoughtSignature: 'c2ln' },
        ],
      },
      groundingMetadata: {
        groundingChunks: [
          { web: { uri: 'https://a.example', title: 'A' } },
          { web: { uri: 'https://a.example', title: 'A' } },
          { retrievedContext: {} },
        ],
      },
      finishReason: 'STOP',
    });

    expect(choices[0]?.message).toMatchObject({
      content: 'So',
      annotations: [{ url_citation: { url: 'https://a.example', title: 'A' } }],
    });
    expect(choices[0]?.message['annotations']).toHaveLength(1);
  });
});

describe('Gemini stream', () => {
  const sse = (...all: object[]) =>
    all.map((one) => `data: ${JSON.stringify(one)}\r\n\r\n`).join('');
  const part = (one: object, more: object = {}) => ({
    candidates: [{ content: { parts: [one] }, ...more }],
    usageMetadata,
    responseId: 'r1',
  });
  const end = { finishReason: 'STOP' };
  const read = (bytes: string) => streamed('openai', 'gemini', [Buffer.from(bytes)]);

  test('can be a JSON list instead of events', () => {
    const { text: out, stream } = read(
      JSON.stringify([part({ text: 'a' }), part({ text: 'b' }, end)]),
    );

    expect(stream.failure).toBeNull();
    expect(out).toContain('"content":"a"');
    expect(out).toContain('"content":"b"');
    expect(out.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('assembles partial arguments by their JSON paths', () => {
    const partial = (jsonPath: string, value: object) =>
      part({ functionCall: { partialArgs: [{ jsonPath, ...value }], willContinue: true } });

    const { text: out } = read(
      sse(
        part({ functionCall: { name: 'f', willContinue: true }, thoughtSignature: 'c2ln' }),
        partial('$.a.b[0]', { stringValue: 'one ' }),
        partial('$.a.b[0]', { stringValue: 'more' }),
        partial('$.a.b[1].c', { numberValue: 2 }),
        partial("$['d e']", { boolValue: true }),
        partial('$.__proto__.x', { nullValue: 'NULL_VALUE' }),
        partial('nowhere', { stringValue: 'x' }),
        part({ functionCall: {} }, end),
      ),
    );

    const deltas = JSON.stringify(eventsIn(out).flatMap((event) => event['choices']));
    expect(deltas).toContain(
      JSON.stringify('{"a":{"b":["one more",{"c":2}]},"d e":true,"__proto__":{"x":null}}'),
    );
    expect(deltas).toContain('"format":"google-gemini-v1"');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test.each([
    [
      'an error',
      sse(part({ text: 'a' }), { error: { code: 503, message: 'no', status: 'UNAVAILABLE' } }),
      'upstream_failed',
    ],
    [
      'an error in a list',
      '[{"error":{"code":429,"message":"slow","status":"RESOURCE_EXHAUSTED"}}]',
      'upstream_rate_limited',
    ],
    ['an end without a finish reason', sse(part({ text: 'a' })), 'upstream_cut'],
    ['no bytes', '', 'upstream_failed'],
  ])('fails on %s', (_what, bytes, code) => {
    expect(read(bytes).stream.failure).toMatchObject({ code });
  });
});
