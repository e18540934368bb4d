import { anthropic } from '../../../src/dialects/anthropic/anthropic.js';
import { GatewayError } from '../../../src/core/errors.js';
import { eventsIn, RULES, streamed } from '../../support/translated.js';

const ANSWER = {
  id: 'msg_1',
  content: [
    { type: 'text', text: 'hi' },
    { type: 'from_the_future', x: 1 },
  ],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, cache_read_input_tokens: 4, output_tokens: 5 },
};
const usage = { inputTokens: 7, cacheReadTokens: 4, outputTokens: 5 };

const STREAM = [
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":3,"cache_read_input_tokens":4,"output_tokens":1}}}\n\n',
  'event: ping\ndata: {"type": "ping"}\n\n',
  'event: content_block_start\ndata: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}\n\n',
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"h\\u00e9"}}\n\n',
  'event: future\ndata: {"type":"future","z":1e400}\n\n',
  'event: content_block_stop\ndata: {"type":"content_block_stop","index":0}\n\n',
  'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":5}}\n\n',
  'event: message_stop\ndata: {"type":"message_stop"}\n\n',
];

describe('Anthropic answer for an Anthropic client', () => {
  test('is passed on byte for byte and summarised', () => {
    const bytes = Buffer.from(JSON.stringify(ANSWER, null, 2));

    const { body, summary } = anthropic.readAnswer(bytes, RULES);

    expect(body).toBe(bytes);
    expect(summary).toMatchObject({ usage, finishReason: 'stop', outputChars: 2 });
  });

  test('has one-hour cache writes counted separately', () => {
    const cache_creation = { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 6 };
    const told = { input_tokens: 3, cache_creation_input_tokens: 8, cache_creation };
    const bytes = Buffer.from(JSON.stringify({ ...ANSWER, usage: { ...told, output_tokens: 5 } }));

    const { summary } = anthropic.readAnswer(bytes, RULES);

    const kept = { inputTokens: 11, cacheWriteTokens: 8, cacheWriteHourTokens: 6 };
    expect(summary).toMatchObject({ usage: kept });
  });

  test('is streamed with every event unchanged, known or not', () => {
    const { text, stream } = streamed('anthropic', 'anthropic', [Buffer.from(STREAM.join(''))]);

    expect(text).toBe(STREAM.join(''));
    expect(stream).toMatchObject({
      failure: null,
      summary: { usage, finishReason: 'stop', outputChars: 2 },
    });
  });

  test('is streamed without events after the end or of other dialects', () => {
    const late = Buffer.from('data: {"type":"ping"}\n\n');
    const { text } = streamed('anthropic', 'anthropic', [
      Buffer.from('data: [DONE]\n\n' + STREAM.join('')),
      late,
    ]);

    expect(text).toBe(STREAM.join(''));
  });

  test.each([['anthropic'], ['openai'], ['gemini'], ['responses']] as const)(
    'has its input tokens counted, cache included, when the stream breaks off (client: %s)',
    (client) => {
      const { stream } = streamed(client, 'anthropic', [Buffer.from(STREAM.slice(0, 4).join(''))]);

      const input = { inputTokens: 7, cacheReadTokens: 4 };
      expect(stream.summary).toMatchObject({ usage: null, input, outputChars: 2 });
    },
  );

  test('has no usage if a token count is impossible', () => {
    const told = { ...ANSWER, usage: { input_tokens: 1e300, output_tokens: 5 } };

    const { summary } = anthropic.readAnswer(Buffer.from(JSON.stringify(told)), RULES);

    expect(summary.usage).toBeNull();
  });

  test.each([
    [
      'an error event',
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"later"}}\n\n',
      529,
    ],
    ['a premature end', '', 502],
    ['an error instead of a stream', null, 429],
  ])('fails on %s', (_what, tail, status) => {
    const error = { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } };
    const bytes = tail === null ? JSON.stringify(error) : STREAM.slice(0, 4).join('') + tail;

    const { text, stream } = streamed('anthropic', 'anthropic', [Buffer.from(bytes)]);

    expect(stream.failure).toMatchObject({ status });
    expect(text).toBe(tail === null ? '' : STREAM.slice(0, 4).join(''));
    expect(stream.fail(new GatewayError('upstream_cut', 'cut')).toString()).toContain(
      'event: error',
    );
  });
});

test('an Anthropic message sent instead of a stream is converted to a stream', () => {
  const use = '{"type":"tool_use","id":"t","name":"f","input":{"id":1234567890123456789}}';
  const whole = JSON.stringify({ ...ANSWER, stop_reason: 'tool_use' });
  const bytes = whole.replace('"content":[', `"content":[${use},`);

  const { text, stream } = streamed('anthropic', 'anthropic', [
    Buffer.from(bytes.slice(0, 40)),
    Buffer.from(bytes.slice(40)),
  ]);

  expect(stream.failure).toBeNull();
  expect(stream.summary).toMatchObject({ usage, finishReason: 'tool_calls' });
  expect(eventsIn(text).map(({ type }) => type)).toEqual([
    'message_start',
    ...['content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_delta', 'content_block_stop'],
    ...['content_block_start', 'content_block_stop'],
    'message_delta',
    'message_stop',
  ]);
  expect(text).toContain(JSON.stringify('{"id":1234567890123456789}'));
  expect(text).toContain('{"type":"from_the_future","x":1}');
});

describe('Anthropic request for an Anthropic provider', () => {
  test('is passed on byte for byte, with only the model replaced', () => {
    const body = `{ "model":"auto", "max_tokens":1,"stream":true,
      "messages":[{"role":"user","content":"caf\\u00e9"}], "x_future": 9007199254740993 }`;
    const request = anthropic.readRequest(Buffer.from(body));

    const sent = anthropic.editRequest(request, { model: 'claude-haiku-4-5', askUsage: true });

    expect(sent.toString()).toBe(body.replace('"auto"', '"claude-haiku-4-5"'));
  });

  test('is passed on with its anthropic-version and anthropic-beta headers', () => {
    const body = Buffer.from('{"model":"m","messages":[{"role":"user","content":"x"}]}');
    const headers = {
      'anthropic-beta': ['a', 'b'],
      'anthropic-version': '2026-10-21',
      cookie: 'c',
    };

    const { forwarded } = anthropic.readRequest(body, headers);

    expect(forwarded).toEqual(['anthropic-version', '2026-10-21', 'anthropic-beta', 'a,b']);
  });

  test.each([
    [{ messages: [] }, 'model'],
    [{ model: 'm' }, 'messages'],
    [{ model: 'm', messages: {} }, 'messages'],
    [{ model: 'm', messages: [] }, 'messages'],
    [{ model: 'm', messages: ['x'] }, 'messages[0]'],
    [{ model: 'm', messages: [{ role: 'tool', content: 'x' }] }, 'messages[0].role'],
    [{ model: 'm', messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ model: 'm', messages: [{ role: 'user', content: ['x'] }] }, 'messages[0].content[0]'],
    [{ model: 'm', messages: [{ role: 'user', content: [{}] }] }, 'messages[0].content[0].type'],
    [{ model: 'm', messages: [{ role: 'user', content: 'x' }], max_tokens: 'x' }, 'max_tokens'],
    [{ model: 'm', messages: [{ role: 'user', content: 'x' }], tools: ['x'] }, 'tools'],
    [{ model: 'm', messages: [{ role: 'user', content: 'x' }], system: 7 }, 'system'],
    [{ model: 'm', messages: [{ role: 'user', content: 'x' }], thinking: true }, 'thinking'],
  ])('is rejected with the faulty field named: %j', (body, param) => {
    const read = () => anthropic.readRequest(Buffer.from(JSON.stringify(body)));

    expect(read).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });

  test('is presented to the router as a conversation', () => {
    const { conversation, metadata, includeUsage } = anthropic.readRequest(
      Buffer.from(
        JSON.stringify({
          model: 'auto',
          max_tokens: 9,
          system: 'Be brief.',
          metadata: { user_id: 'u1' },
          thinking: { type: 'enabled', budget_tokens: 20_000 },
          tools: [{ name: 'f', description: 'does', input_schema: { type: 'object' } }],
          tool_choice: { type: 'any' },
          messages: [
            {
              role: 'user',
              content: [
                {
                  type: 'image',
                  source: { type: 'base64', media_type: 'image/png', data: 'AA==' },
                },
                { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
                { type: 'text', text: 'see' },
              ],
            },
            {
              role: 'assistant',
              content: [
                { type: 'thinking', thinking: 'hm', signature: 's' },
                { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
              ],
            },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'one' }] },
          ],
        }),
      ),
    );

    expect(metadata).toEqual({ user_id: 'u1' });
    expect(includeUsage).toBe(true);
    expect(conversation()).toEqual({
      messages: [
        { role: 'system', parts: [{ kind: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          parts: [{ kind: 'image' }, { kind: 'text', text: 'x' }, { kind: 'text', text: 'see' }],
        },
        { role: 'assistant', parts: [{ kind: 'tool_call', name: 'f', arguments: '{"x":1}' }] },
        { role: 'tool', parts: [{ kind: 'tool_result', text: 'one' }] },
      ],
      tools: [
        {
          name: 'f',
          description: 'does',
          parameters: { type: 'object' },
          definitionLength: 22,
        },
      ],
      toolRequired: true,
      parallelTools: null,
      format: 'text',
      maxOutputTokens: 9,
      choices: 1,
      reasoningEffort: 'high',
      bound: [{ at: 'messages[1].content[0]', dialects: ['anthropic', 'bedrock'], isFirm: false }],
    });
  });

  test('presents PDFs to the router as files and text documents as text, also in tool results', () => {
    const text = {
      type: 'document',
      source: { type: 'text', media_type: 'text/plain', data: 'x' },
    };
    const pdf = {
      type: 'document',
      source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' },
    };
    const result = { type: 'tool_result', tool_use_id: 'a', content: [text, pdf] };
    const { conversation } = anthropic.readRequest(
      Buffer.from(
        JSON.stringify({
          model: 'auto',
          max_tokens: 9,
          messages: [
            { role: 'user', content: [text, pdf] },
            { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] },
            { role: 'user', content: [result] },
          ],
        }),
      ),
    );

    const parts = conversation().messages.map((message) => message.parts);
    expect(parts[0]).toMatchObject([{ kind: 'text', text: 'x' }, { kind: 'file' }]);
    expect(parts[2]).toMatchObject([{ kind: 'tool_result', text: 'x' }, { kind: 'file' }]);
  });
});
