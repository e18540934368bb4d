import { ask, post, startApp, type TestApp } from '../support/app.js';
import { answers, FakeUpstream, refuses, sends, type Behaviour } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

const KEY = 'client-key-0123456789';

function config(baseUrl: string, more = ''): string {
  return `
router: { predictor: heuristic }
keys: [{ name: tester, key: ${KEY} }]
providers:
  acme: { base_url: "${baseUrl}", api_key: sk-acme, models: [small] }
  claude: { base_url: "${baseUrl}", api_key: sk-ant, dialect: anthropic, models: [large] }
models:
  acme/small:
    capabilities: [tools, json_mode]
    benchmarks: { mmlu_pro: 60, gpqa_diamond: 50 }
    hosts: [{ provider: acme, model: small, price: { input: 0.1, output: 0.4, as_of: 2026-11-01, source: test } }]
  claude/large:
    capabilities: [tools, vision, json_schema, json_mode, reasoning]
    benchmarks: { mmlu_pro: 85, gpqa_diamond: 85 }
    hosts: [{ provider: claude, model: large, price: { input: 10, output: 40, cache_read: 1, as_of: 2026-11-01, source: test } }]
auto: { models: ['acme/*', 'claude/*'] }
${more}`;
}

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'large-2026',
  content: [{ type: 'text', text: 'Hello from Claude.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 100, cache_read_input_tokens: 900, output_tokens: 10 },
};

/** Speaks both dialects, each at its own path. */
const both: Behaviour = (exchange) => {
  if (exchange.request.path.startsWith('/v1/messages'))
    sends(200, JSON.stringify(MESSAGE))(exchange);
  else answers('Hello from OpenAI.')(exchange);
};

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  upstream.always(both);
  gateway = await startApp(config(upstream.baseUrl));
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const messages = (body: unknown, headers: Record<string, string> = {}) =>
  post(`${gateway.url}/v1/messages`, body, { 'x-api-key': KEY, ...headers });

const hi = (model: string, more: object = {}) => ({
  model,
  max_tokens: 64,
  messages: [{ role: 'user', content: 'hi' }],
  ...more,
});

describe('POST /v1/messages', () => {
  test('reaches a provider of the same dialect byte for byte, with Anthropic’s headers', async () => {
    const body = `{"model" : "claude/large","max_tokens":64,"messages":[{"role":"user","content":"caf\\u00e9"}],
      "x_future": {"model":"untouched"}}`;

    const reply = await messages(body, {
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'never-heard-of-2030-01-01',
    });

    const [seen] = upstream.requests;
    expect(seen?.body).toBe(body.replace('"claude/large"', '"large"'));
    expect(seen?.path).toBe('/v1/messages');
    expect(seen?.headers).toMatchObject({
      'x-api-key': 'sk-ant',
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'never-heard-of-2030-01-01',
    });
    expect(seen?.headers).not.toHaveProperty('authorization');
    expect(reply.text).toBe(JSON.stringify(MESSAGE));
  });

  test('prices cached input at the cache rate', async () => {
    const reply = await messages(hi('claude/large'));

    // 100 at 10, 900 at 1 and 10 at 40 dollars a million.
    expect(reply.headers.get('x-suffice-cost-usd')).toBe('0.0023');
    expect(gateway.logged().at(-1)).toMatchObject({ inputTokens: 1000, outputTokens: 10 });
  });

  test('routes a policy name, and translates the answer', async () => {
    const reply = await messages(hi('auto/cheap'));

    expect(reply.headers.get('x-suffice-model')).toBe('acme/small');
    expect(reply.headers.get('x-suffice-decision')).toMatch(/^dec_/);
    expect(reply.json).toMatchObject({
      type: 'message',
      content: [{ type: 'text', text: 'Hello from OpenAI.' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 11, output_tokens: 7 },
    });
  });

  test('falls back to a provider of another dialect', async () => {
    upstream.next(refuses(503, 'down'));

    const reply = await messages(hi('auto/cheap'));

    expect(reply.headers.get('x-suffice-reason')).toBe('fallback');
    expect(reply.json).toMatchObject({ content: [{ text: 'Hello from Claude.' }] });
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/v1/chat/completions',
      '/v1/messages',
    ]);
  });

  test('accepts both authorization headers, and rejects in Anthropic’s error format', async () => {
    const bearer = await post(`${gateway.url}/v1/messages`, hi('claude/large'), {
      authorization: `Bearer ${KEY}`,
    });
    const wrong = await messages(hi('claude/large'), { 'x-api-key': 'wrong' });
    const unknown = await messages(hi('claude/tiny'));
    const broken = await messages('{');

    expect(bearer.status).toBe(200);
    expect(wrong).toMatchObject({ status: 401, json: { error: { type: 'authentication_error' } } });
    expect(unknown).toMatchObject({ status: 404, json: { error: { type: 'not_found_error' } } });
    expect(broken).toMatchObject({
      status: 400,
      json: { type: 'error', error: { type: 'invalid_request_error' } },
    });
  });

  test('forwards an overload with its Retry-After', async () => {
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    upstream.always(sends(529, JSON.stringify({ type: 'error', error }), { 'retry-after': '3' }));

    const reply = await messages(hi('claude/large'));

    expect(reply).toMatchObject({ status: 529, json: { type: 'error', error } });
    expect(reply.headers.get('retry-after')).toBe('3');
  });
});

describe('GET /v1/models for an Anthropic client', () => {
  const get = async (path: string): Promise<unknown> => {
    const headers = { 'x-api-key': KEY, 'anthropic-version': '2023-06-01' };
    return (await fetch(`${gateway.url}${path}`, { headers })).json();
  };

  test('lists models in Anthropic’s format', async () => {
    const one = {
      type: 'model',
      id: 'claude/large',
      display_name: expect.any(String),
      created_at: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/),
    };

    expect(await get('/v1/models')).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining(one)]),
      has_more: false,
      first_id: expect.any(String),
      last_id: expect.any(String),
    });
    expect(await get('/v1/models/claude/large')).toMatchObject(one);
    expect(await get('/v1/models/auto')).toMatchObject({ id: 'auto', display_name: 'auto' });
  });
});

describe('members that the provider’s dialect cannot express', () => {
  const lossy = (model: string) => hi(model, { top_k: 3, container: 'c1', my_secret_name: 1 });

  test('are dropped, named in a header, and counted without unknown names', async () => {
    const reply = await messages(lossy('acme/small'));

    expect(reply.status).toBe(200);
    expect(reply.headers.get('x-suffice-dropped')).toBe('container, my_secret_name, top_k');
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toContain('suffice_dropped_fields_total{what="top_k"} 1');
    expect(metrics).toContain('suffice_dropped_fields_total{what="unknown member"} 1');
    expect(metrics).not.toContain('my_secret_name');
  });

  test('are forwarded when the dialects are the same', async () => {
    const reply = await messages(lossy('claude/large'));

    expect(reply.headers.has('x-suffice-dropped')).toBe(false);
    expect(upstream.requests[0]?.json).toMatchObject({ top_k: 3, container: 'c1' });
  });

  test('are limited in the header', async () => {
    const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`field_${i}`, 1]));

    const reply = await messages(hi('acme/small', many));

    expect(reply.headers.get('x-suffice-dropped')).toMatch(/^field_0, .*, and 28 more$/);
  });

  test('are rejected with on_loss: refuse', async () => {
    await gateway.close();
    gateway = await startApp(config(upstream.baseUrl, 'translation: { on_loss: refuse }'));

    const reply = await messages(hi('acme/small', { top_k: 3 }));
    const chat = await post(
      `${gateway.url}/v1/chat/completions`,
      ask('claude/large', 'hi', { seed: 7 }),
      { 'x-api-key': KEY },
    );

    expect(reply).toMatchObject({
      status: 400,
      json: { error: { type: 'invalid_request_error' } },
    });
    expect(reply.text).toContain('top_k');
    expect(chat).toMatchObject({ status: 400, json: { error: { param: 'seed' } } });
    expect(upstream.requests).toEqual([]);
  });
});

describe('POST /v1/messages/count_tokens', () => {
  const count = (model: string) =>
    post(`${gateway.url}/v1/messages/count_tokens?beta=true`, hi(model), {
      'x-api-key': KEY,
      'anthropic-beta': 'token-counting-2024-11-01',
    });

  test('asks a provider that can count', async () => {
    upstream.always(sends(200, '{"input_tokens":42}'));

    const reply = await count('claude/large');

    expect(reply.json).toEqual({ input_tokens: 42 });
    expect(reply.headers.has('x-suffice-estimated')).toBe(false);
    expect(upstream.requests[0]).toMatchObject({
      path: '/v1/messages/count_tokens',
      headers: { 'anthropic-beta': 'token-counting-2024-11-01' },
      json: { model: 'large' },
    });
  });

  test.each(['acme/small', 'auto'])(
    'returns an estimate for %s, marked as estimated',
    async (model) => {
      const reply = await count(model);

      expect(reply.json['input_tokens']).toBeGreaterThan(0);
      expect(reply.headers.get('x-suffice-estimated')).toBe('true');
      expect(upstream.requests).toEqual([]);
    },
  );

  test.each([
    [
      'the rejection of the provider',
      sends(404, '{"type":"error","error":{"type":"not_found_error","message":"no"}}'),
      404,
    ],
    ['an error when the reply has no count', sends(200, '{"tokens":42}'), 502],
  ])('fails with %s', async (_what, behaviour, status) => {
    upstream.always(behaviour);

    const reply = await count('claude/large');

    expect(reply).toMatchObject({ status, json: { type: 'error' } });
  });

  test('logs a rejection without its message, which may quote the prompt', async () => {
    upstream.always(sends(400, '{"type":"error","error":{"type":"x","message":"bad: my secret"}}'));

    const reply = await count('claude/large');

    const line = gateway.logged().findLast(({ msg }) => msg === 'request refused');
    expect(reply.status).toBe(400);
    expect(line).toMatchObject({ error: 'upstream_rejected', status: 400 });
    expect(JSON.stringify(line)).not.toContain('my secret');
  });
});
