import { post, startApp, type TestApp } from '../support/app.js';
import { DONE, FakeUpstream, sends, streams } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;
let o3Gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  const at = `base_url: "${upstream.baseUrl}", api_key: sk-there`;
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  vertex-anthropic: { ${at}, models: [claude-sonnet-4-5] }
  minimax: { ${at}, models: [m2] }
  mistral: { ${at}, models: [small] }
  azure-deployments: { ${at}, models: [my-gpt, gpt-5-mini] }
  deepseek: { ${at}, models: [deepseek-v4-pro] }
  moonshot: { ${at}, models: [kimi-k2.6] }
  zai: { ${at}, models: [glm-5] }
  groq: { ${at}, models: [a-qwen] }
  openai: { ${at}, models: [gpt-4o, gpt-5-mini, gpt-5-chat-latest, o3] }
  own: { ${at}, models: [gpt-5-mini] }
`);
  o3Gateway = await startApp(`
router: { predictor: heuristic }
providers:
  openai: { ${at}, models: [o3] }
`);
});

afterAll(async () => {
  await o3Gateway.close();
  await gateway.close();
  await upstream.close();
});

const user = { role: 'user', content: 'hi' };

async function sent(model: string, body: object, path = '/v1/chat/completions') {
  await post(`${gateway.url}${path}`, { model, messages: [user], ...body });
  const seen = upstream.requests.at(-1);
  return { path: seen?.path, headers: seen?.headers, json: seen?.json };
}

describe('reasoning parameter of OpenRouter', () => {
  test.each([
    ['openai/gpt-5-mini', { enabled: false }, 'minimal', 'reasoning'],
    ['openai/o3', { effort: 'xhigh' }, 'high', 'reasoning'],
    ['openai/o3', { effort: 'low' }, 'low', null],
    ['mistral/magistral-medium', { max_tokens: 4000 }, 'high', 'reasoning'],
  ])(
    'is translated to an effort that the model supports: %s %j',
    async (model, reasoning, effort, dropped) => {
      const { headers } = await post(`${gateway.url}/v1/chat/completions`, {
        model,
        messages: [user],
        reasoning,
      });

      expect(upstream.requests.at(-1)?.json).toMatchObject({ reasoning_effort: effort });
      expect(upstream.requests.at(-1)?.json).not.toHaveProperty('reasoning');
      expect(headers.get('x-suffice-dropped')).toBe(dropped);
    },
  );
});

describe('provider-specific request fields', () => {
  test.each([
    ['/v1/chat/completions', {}],
    ['/v1/messages', { max_tokens: 9 }],
  ])(
    'include anthropic_version and the model path for Claude on Vertex AI (%s)',
    async (path, more) => {
      const { json, ...seen } = await sent('vertex-anthropic/claude-sonnet-4-5', more, path);

      expect(seen.path).toBe('/v1/claude-sonnet-4-5:rawPredict');
      expect(seen.headers).toMatchObject({ 'x-goog-api-key': 'sk-there' });
      expect(json).toMatchObject({ anthropic_version: 'vertex-2023-10-16', messages: [user] });
      expect(json).not.toHaveProperty('model');
    },
  );

  test('are set unless the client sets them', async () => {
    const usual = await sent('minimax/m2', {});
    const other = await sent('minimax/m2', { reasoning_split: false });

    expect([usual.json?.['reasoning_split'], other.json?.['reasoning_split']]).toEqual([
      true,
      false,
    ]);
  });

  test.each([
    ['openai/gpt-5-mini', { max_tokens: 9 }, { max_completion_tokens: 9 }],
    ['openai/o3', { max_tokens: 9, max_completion_tokens: 8 }, { max_completion_tokens: 8 }],
    ['openai/gpt-4o', { max_tokens: 9 }, { max_tokens: 9 }],
    ['openai/gpt-5-chat-latest', { max_tokens: 9 }, { max_tokens: 9 }],
    ['azure-deployments/gpt-5-mini', { max_tokens: 9 }, { max_completion_tokens: 9 }],
    ['own/gpt-5-mini', { max_tokens: 9 }, { max_tokens: 9 }],
  ])('use the name that %s has for the token limit: %j', async (model, said, there) => {
    const { json } = await sent(model, said);

    expect(json).toEqual({ model: model.replace(/^[\w-]+\//, ''), messages: [user], ...there });
  });

  test('include tool call ids of nine letters or digits, but no refusal, for Mistral', async () => {
    const calls = [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const messages = [
      user,
      { role: 'assistant', content: null, tool_calls: calls, refusal: null },
      { role: 'tool', tool_call_id: 'call_1', content: '1' },
    ];

    const { json } = await sent('mistral/small', { messages });

    const [, assistant, tool] = json?.['messages'] as Record<string, unknown>[];
    const [call] = assistant?.['tool_calls'] as { id: string }[];
    expect(call?.id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(tool?.['tool_call_id']).toBe(call?.id);
    expect(assistant).not.toHaveProperty('refusal');
  });

  test.each([
    ['deepseek/deepseek-v4-pro', ['Which?', ' ']],
    ['moonshot/kimi-k2.6', ['Which?', ' ']],
    ['zai/glm-5', ['Which?', undefined]],
    // Rejects unknown message members.
    ['groq/a-qwen', [undefined, undefined]],
  ])('carry earlier reasoning if %s accepts it', async (model, thoughts) => {
    const use = (id: string) => ({ type: 'tool_use', id, name: 'f', input: {} });
    const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: '1' });
    const thought = { type: 'thinking', thinking: 'Which?', signature: 'suffice-unproven-thought' };
    const messages = [
      user,
      { role: 'assistant', content: [thought, use('a')] },
      { role: 'user', content: [result('a')] },
      { role: 'assistant', content: [use('b')] },
      { role: 'user', content: [result('b')] },
    ];

    const { json } = await sent(model, { max_tokens: 9, messages }, '/v1/messages');

    const said = json?.['messages'] as Record<string, unknown>[];
    expect([said[1]?.['reasoning_content'], said[3]?.['reasoning_content']]).toEqual(thoughts);
  });

  test('include the deployment path, the API version and the api-key header for Azure', async () => {
    const { path, headers } = await sent('azure-deployments/my-gpt', {});

    expect(path).toBe('/v1/deployments/my-gpt/chat/completions?api-version=2024-10-21');
    expect(headers).toMatchObject({ 'api-key': 'sk-there' });
    expect(headers).not.toHaveProperty('authorization');
  });
});

describe('parameter that the model rejects', () => {
  const ask = async (model: string) => {
    const body = { model, messages: [user], temperature: 0.1 };
    const { headers } = await post(`${o3Gateway.url}/v1/chat/completions`, body);
    const told = upstream.requests.at(-1)?.json['temperature'];
    return { told, dropped: headers.get('x-suffice-dropped') };
  };

  test('is dropped and reported when the gateway chose the model', async () => {
    expect(await ask('auto')).toEqual({ told: undefined, dropped: 'temperature' });
  });

  test('is passed on when the client named the model', async () => {
    expect(await ask('openai/o3')).toEqual({ told: 0.1, dropped: null });
  });
});

describe('answer part without an equivalent in the client dialect', () => {
  const audio = { id: 'a', data: 'AA==' };
  const ask = (stream: boolean) =>
    post(`${o3Gateway.url}/v1/messages`, { model: 'o3', max_tokens: 9, messages: [user], stream });
  const counted = async () =>
    /what="answer\.audio"\} (\d+)/u.exec(
      await (await fetch(`${o3Gateway.url}/metrics`)).text(),
    )?.[1];

  test('is named in a header unless streamed, and counted in either case', async () => {
    const message = { role: 'assistant', content: 'hi', audio };
    upstream.next(sends(200, JSON.stringify({ choices: [{ message, finish_reason: 'stop' }] })));
    const whole = await ask(false);
    const before = await counted();
    const chunk = {
      choices: [{ index: 0, delta: { content: 'hi', audio }, finish_reason: 'stop' }],
    };
    upstream.next(streams(`data: ${JSON.stringify(chunk)}\n\n`, DONE));
    const stream = await ask(true);

    expect(whole.headers.get('x-suffice-dropped')).toBe('answer.audio');
    expect(stream.headers.get('x-suffice-dropped')).toBeNull();
    expect([before, await counted()]).toEqual(['1', '2']);
  });
});

describe('response schema', () => {
  const schema = { type: 'object', properties: { n: { $ref: '#/$defs/n' } }, $defs: { n: {} } };
  const told = {
    role: 'system',
    content: `Answer with JSON that matches this JSON schema, and with nothing else:\n${JSON.stringify(schema)}`,
  };
  const asked = { json_schema: { name: 'a', strict: true, schema }, type: 'json_schema' };

  test.each([
    ['/v1/chat/completions', { response_format: asked }, 'response_format'],
    [
      '/v1/messages',
      { max_tokens: 9, output_config: { format: { type: 'json_schema', schema } } },
      'output_config.format',
    ],
    [
      '/v1/responses',
      { input: 'hi', text: { format: { ...asked.json_schema, type: 'json_schema' } } },
      'text.format',
    ],
  ])('is put into the prompt for DeepSeek and reported as dropped (%s)', async (path, more, at) => {
    const body = { model: 'deepseek/deepseek-v4-pro', messages: [user], ...more };
    const reply = await post(`${gateway.url}${path}`, body);

    expect(upstream.requests.at(-1)?.json).toMatchObject({
      messages: [told, { role: 'user', content: 'hi' }],
      response_format: { type: 'json_object' },
    });
    expect(upstream.requests.at(-1)?.json['response_format']).toEqual({ type: 'json_object' });
    expect(reply.headers.get('x-suffice-dropped')).toContain(at);
  });

  test('is unchanged for other providers, as is JSON mode', async () => {
    const any = { response_format: { type: 'json_object' } };

    expect((await sent('zai/glm-5', { response_format: asked })).json).toMatchObject({
      messages: [user],
      response_format: asked,
    });
    expect((await sent('deepseek/deepseek-v4-pro', any)).json).toMatchObject({
      ...any,
      messages: [user],
    });
  });
});

test('JSON mode of a Gemini client adds an instruction for OpenAI unless the prompt mentions JSON', async () => {
  const path = '/v1beta/models/openai%2Fgpt-4o:generateContent';
  const say = async (text: string) => {
    const contents = [{ role: 'user', parts: [{ text }] }];
    const generationConfig = { responseMimeType: 'application/json' };
    await post(`${gateway.url}${path}`, { contents, generationConfig });
    return upstream.requests.at(-1)?.json['messages'];
  };

  expect(await say('List three.')).toEqual([
    { role: 'system', content: 'Answer with a JSON object and nothing else.' },
    { role: 'user', content: 'List three.' },
  ]);
  expect(await say('List three as Json.')).toHaveLength(1);
});
