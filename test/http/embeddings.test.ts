import { post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, refuses, sends, type Behaviour } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

const KEY = 'client-key-0123456789';
const VECTORS = {
  object: 'list',
  data: [{ object: 'embedding', index: 0, embedding: [1, 2] }],
  model: 'vec-there',
  usage: { prompt_tokens: 1_000, total_tokens: 1_000 },
};

const both: Behaviour = (exchange) => {
  const isGemini = exchange.request.path.includes(':');
  const answer = isGemini ? { embeddings: [{ values: [3] }] } : VECTORS;
  sends(200, JSON.stringify(answer))(exchange);
};

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
keys: [{ name: tester, key: ${KEY} }]
providers:
  acme: { base_url: "${upstream.baseUrl}?v=1", api_key: sk-acme, models: [vec, chat, gpt-5-mini] }
  spare: { base_url: "${upstream.baseUrl}/spare", api_key: sk-spare }
  goog: { base_url: "${upstream.baseUrl}", api_key: sk-goog, dialect: gemini, models: [gvec] }
  aws: { base_url: "${upstream.baseUrl}/aws", api_key: sk-aws, dialect: bedrock, models: ["titan-embed-text-v2:0"] }
  claude: { base_url: "${upstream.baseUrl}", api_key: sk-ant, dialect: anthropic, models: [large] }
  simulation: { enabled: true }
models:
  acme/vec:
    capabilities: [embeddings]
    hosts:
      - { provider: acme, model: vec, price: { input: 0.5, output: null, as_of: 2026-11-01, source: test } }
      - { provider: spare, model: vec-spare, price: null }
  openai/gpt-5-mini:
    hosts: [{ provider: acme, model: gpt-5-mini, price: null }]
`);
});

beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always(both);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const embed = (body: unknown, path = '/v1/embeddings') =>
  post(`${gateway.url}${path}`, body, { authorization: `Bearer ${KEY}` });

describe('POST /v1/embeddings', () => {
  test('splits into single requests for a provider that takes one text at a time, and fails as one', async () => {
    const titan: Behaviour = (exchange) => {
      const { inputText } = JSON.parse(exchange.request.body) as { inputText: string };
      const answer = { embedding: [Number(inputText)], inputTextTokenCount: 2 };
      const isBad = inputText === '-1';
      sends(isBad ? 400 : 200, JSON.stringify(isBad ? { message: 'no' } : answer))(exchange);
    };
    upstream.always(titan);
    const input = Array.from({ length: 20 }, (_, i) => `${i}`);

    const whole = await embed({ model: 'aws/titan-embed-text-v2:0', input });
    const failed = await embed({ model: 'aws/titan-embed-text-v2:0', input: ['-1', ...input] });

    expect(whole.json).toMatchObject({
      data: input.map((text, index) => ({ index, embedding: [Number(text)] })),
      usage: { prompt_tokens: 40 },
    });
    expect(failed).toMatchObject({ status: 400, json: { error: { message: 'no' } } });
    // Only those in flight when the first one failed.
    expect(upstream.requests.length).toBeLessThan(20 + 21);
  });

  test('is answered by the named model, with cost and decision recorded', async () => {
    const reply = await embed({ model: 'acme/vec', input: ['a'] });

    expect(upstream.requests[0]).toMatchObject({
      path: '/v1/embeddings?v=1',
      body: '{"model":"vec","input":["a"]}',
      headers: { authorization: 'Bearer sk-acme' },
    });
    expect(reply.json).toEqual(VECTORS);
    expect(reply.headers.get('x-suffice-model')).toBe('acme/vec');
    expect(reply.headers.get('x-suffice-cost-usd')).toBe('0.0005');
    expect(gateway.logged().at(-1)).toMatchObject({
      caller: 'tester',
      requested: 'acme/vec',
      inputTokens: 1_000,
      outputTokens: 0,
      costUsd: 0.0005,
    });
    const id = reply.headers.get('x-suffice-decision') ?? '';
    const decision = await fetch(`${gateway.url}/v1/decisions/${id}`, {
      headers: { authorization: `Bearer ${KEY}` },
    });
    expect(await decision.json()).toMatchObject({ reason: 'requested', outcome: { status: 200 } });
  });

  test('fails over to the next host of the model', async () => {
    upstream.next(refuses(503, 'down'));

    const reply = await embed({ model: 'acme/vec', input: 'a' });

    expect(reply.status).toBe(200);
    expect(upstream.requests.map(({ path, json }) => [path, json['model']])).toEqual([
      ['/v1/embeddings?v=1', 'vec'],
      ['/v1/spare/embeddings', 'vec-spare'],
    ]);
  });

  test('is translated for Gemini, with estimated usage', async () => {
    const reply = await embed({
      model: 'goog/gvec',
      input: ['hello there'],
      encoding_format: 'base64',
    });

    expect(upstream.requests[0]?.path).toBe('/v1/models/gvec:batchEmbedContents');
    expect(reply.json).toMatchObject({
      data: [{ embedding: 'AABAQA==' }],
      model: 'goog/gvec',
      usage: { prompt_tokens: expect.any(Number) },
    });
    expect(gateway.logged().at(-1)).toMatchObject({ estimated: true });
  });

  test('accepts Gemini’s format, with the API key in the query', async () => {
    const content = { parts: [{ text: 'a' }] };
    const path = `${gateway.url}/v1beta/models/acme/vec`;

    const one = await post(`${path}:embedContent?key=${KEY}`, { content });
    const all = await post(`${path}:batchEmbedContents?key=${KEY}`, { requests: [{ content }] });
    const wrong = await post(`${path}:embedContent?key=wrong`, { content });

    expect(one.json).toMatchObject({ embedding: { values: [1, 2] } });
    expect(all.json).toMatchObject({ embeddings: [{ values: [1, 2] }] });
    expect(wrong).toMatchObject({ status: 401, json: { error: { status: 'UNAUTHENTICATED' } } });
  });

  test.each([
    ['a policy', { model: 'auto', input: 'a' }, 400, 'model'],
    ['a model without embeddings', { model: 'openai/gpt-5-mini', input: 'a' }, 400, 'model'],
    ['a simulated model', { model: 'simulation/small', input: 'a' }, 400, 'model'],
    ['a dialect without embeddings', { model: 'claude/large', input: 'a' }, 400, 'model'],
    ['an unknown model', { model: 'acme/none', input: 'a' }, 404, 'model'],
    ['nothing to embed', { model: 'acme/vec' }, 400, 'input'],
  ])('rejects %s', async (_what, body, status, param) => {
    const reply = await embed(body);

    expect(reply).toMatchObject({ status, json: { error: { param } } });
    expect(upstream.requests).toEqual([]);
  });

  test('returns the provider’s rejection', async () => {
    upstream.always(refuses(400, 'too long'));

    const reply = await embed({ model: 'acme/vec', input: 'a' });

    expect(reply).toMatchObject({ status: 400, json: { error: { message: 'too long' } } });
    expect(reply.headers.get('x-suffice-decision')).toMatch(/^dec_/);
  });

  test('is accounted by an estimate when the reported usage is implausible', async () => {
    const usage = { prompt_tokens: -5_000, total_tokens: -5_000 };
    upstream.always(sends(200, JSON.stringify({ ...VECTORS, usage })));

    const reply = await embed({ model: 'acme/vec', input: 'hello there' });

    const { inputTokens = 0 } = gateway.logged().at(-1) as { inputTokens?: number };
    expect(reply.status).toBe(200);
    expect(gateway.logged().at(-1)).toMatchObject({ estimated: true });
    expect(inputTokens).toBeGreaterThan(0);
    expect(Number(reply.headers.get('x-suffice-cost-usd'))).toBeGreaterThan(0);
  });

  test('is rejected for a simulated chat model', async () => {
    const reply = await embed({ model: 'simulation/nano', input: 'a' });

    expect(reply).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_request', param: 'model' } },
    });
  });

  test('embedding models are not candidates of the router', async () => {
    const { json } = await embed(
      { model: 'auto', messages: [{ role: 'user', content: 'hi' }] },
      '/v1/route',
    );

    const models = (json['candidates'] as { model: string }[]).map(({ model }) => model);
    expect(models).toContain('acme/chat');
    expect(models).not.toContain('acme/vec');
  });
});
