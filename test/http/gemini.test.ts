import { post, startApp, type TestApp } from '../support/app.js';
import { answers, FakeUpstream, sends, type Behaviour } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

const KEY = 'client-key-0123456789';
const HELLO = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };
const RESPONSE = {
  candidates: [{ content: { parts: [{ text: 'Hello.' }], role: 'model' }, finishReason: 'STOP' }],
  usageMetadata: { promptTokenCount: 100, candidatesTokenCount: 10, totalTokenCount: 110 },
  modelVersion: 'gemini-there',
  responseId: 'r1',
};

/** Speaks both dialects, each at its own path. */
const both: Behaviour = (exchange) => {
  if (!exchange.request.path.startsWith('/v1/models/')) answers('Hello from OpenAI.')(exchange);
  else if (exchange.request.path.includes(':stream')) {
    exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
    exchange.response.end(`data: ${JSON.stringify(RESPONSE)}\r\n\r\n`);
  } else sends(200, JSON.stringify(RESPONSE))(exchange);
};

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
keys: [{ name: tester, key: ${KEY} }]
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: ["small:8b"] }
  goog: { base_url: "${upstream.baseUrl}", api_key: sk-goog, dialect: gemini, models: [flash, vec] }
models:
  goog/flash:
    display_name: Flash
    context_window: 1000
    hosts: [{ provider: goog, model: flash, price: { input: 1, output: 4, as_of: 2026-11-01, source: test } }]
  goog/vec:
    capabilities: [embeddings]
    hosts: [{ provider: goog, model: vec }]
auto: { models: ['acme/*'] }
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

const generate = (path: string, body: unknown = HELLO, headers: Record<string, string> = {}) =>
  post(`${gateway.url}${path}`, body, { 'x-goog-api-key': KEY, ...headers });

describe('Gemini API: generateContent', () => {
  test.each(['/v1beta', '/v1', '/v1alpha'])(
    'forwards the request to Google byte for byte when called at %s',
    async (base) => {
      const body =
        '{"contents" : [{"parts":[{"text":"caf\\u00e9"}]}],"x_future":{"model":"untouched"}}';

      const reply = await generate(`${base}/models/goog/flash:generateContent`, body);

      const [seen] = upstream.requests;
      expect(seen?.body).toBe(body);
      expect(seen?.path).toBe('/v1/models/flash:generateContent');
      expect(seen?.headers).toMatchObject({ 'x-goog-api-key': 'sk-goog' });
      expect(reply.text).toBe(JSON.stringify(RESPONSE));
      expect(reply.headers.get('x-suffice-cost-usd')).toBe('0.00014');
    },
  );

  test('accepts a model name with an encoded slash and a colon', async () => {
    const reply = await generate('/v1beta/models/models%2Facme%2Fsmall%3A8b:generateContent');
    const plain = await generate('/v1beta/models/acme/small:8b:generateContent');

    expect(reply.json).toMatchObject({
      candidates: [{ content: { parts: [{ text: 'Hello from OpenAI.' }] } }],
    });
    expect(plain.status).toBe(200);
    expect(upstream.requests[1]?.json).toMatchObject({ model: 'small:8b' });
  });

  test('routes the model name auto', async () => {
    const reply = await generate('/v1beta/models/auto:generateContent');

    expect(reply.headers.get('x-suffice-model')).toBe('acme/small:8b');
    expect(reply.headers.get('x-suffice-decision')).toMatch(/^dec_/);
  });

  test('streams server-sent events with alt=sse, and a JSON array without', async () => {
    const events = await generate('/v1beta/models/goog/flash:streamGenerateContent?alt=sse');
    const list = await generate('/v1beta/models/goog/flash:streamGenerateContent');
    const translated = await generate('/v1beta/models/acme/small:8b:streamGenerateContent');

    expect(events.headers.get('content-type')).toMatch(/^text\/event-stream/);
    expect(events.text).toBe(`data: ${JSON.stringify(RESPONSE)}\r\n\r\n`);
    expect(list.headers.get('content-type')).toMatch(/^application\/json/);
    expect(JSON.parse(list.text)).toEqual([RESPONSE]);
    const said = (JSON.parse(translated.text) as (typeof RESPONSE)[]).flatMap(({ candidates }) =>
      candidates.flatMap(({ content }) => content.parts.map((part) => part.text)),
    );
    expect(said.join('')).toBe('Hello from OpenAI.');
  });

  test('ends the JSON array with an error when a stream breaks off', async () => {
    upstream.always(({ response }) => {
      const [candidate] = RESPONSE.candidates;
      const open = { ...RESPONSE, candidates: [{ content: candidate?.content }] };
      const error = { code: 503, message: 'gone', status: 'UNAVAILABLE' };
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(open)}\n\n`);
      // In one piece with the first event, the error would arrive before anything was sent.
      setTimeout(() => response.end(`data: ${JSON.stringify({ error })}\n\n`), 15);
    });

    const reply = await generate('/v1beta/models/goog/flash:streamGenerateContent');

    expect(JSON.parse(reply.text)).toMatchObject([
      { responseId: 'r1' },
      { error: { message: 'gone' } },
    ]);
  });

  test('accepts the API key in the query', async () => {
    const path = `${gateway.url}/v1beta/models/goog/flash:generateContent`;

    const right = await post(`${path}?key=${KEY}`, HELLO);
    const wrong = await post(`${path}?key=wrong`, HELLO);
    const none = await post(path, HELLO);

    expect(right.status).toBe(200);
    expect(upstream.requests[0]?.path).not.toContain(KEY);
    expect(wrong).toMatchObject({ status: 401, json: { error: { status: 'UNAUTHENTICATED' } } });
    expect(none.status).toBe(401);
  });

  test.each([
    ['an unknown model', '/v1beta/models/goog/tiny:generateContent', HELLO, 404, 'NOT_FOUND'],
    ['a malformed URL encoding', '/v1beta/models/%ff:generateContent', HELLO, 404, 'NOT_FOUND'],
    ['a broken body', '/v1beta/models/goog/flash:generateContent', '{', 400, 'INVALID_ARGUMENT'],
    ['an unknown verb', '/v1beta/models/goog/flash:sing', HELLO, 404, 'NOT_FOUND'],
  ])('reports %s in Google’s error format', async (_what, path, body, status, word) => {
    expect(await generate(path, body)).toMatchObject({
      status,
      json: { error: { code: status, status: word, message: expect.any(String) } },
    });
  });

  test('forwards a 429 with its Retry-After as a retryDelay', async () => {
    const error = { code: 429, message: 'Slow down', status: 'RESOURCE_EXHAUSTED' };
    upstream.always(sends(429, JSON.stringify({ error }), { 'retry-after': '3' }));

    const reply = await generate('/v1beta/models/goog/flash:generateContent');

    expect(reply).toMatchObject({ status: 429, json: { error } });
    expect(reply.headers.get('retry-after')).toBe('3');
    expect(reply.text).toContain('"retryDelay":"3s"');
  });

  test('includes thoughts only when they are requested', async () => {
    const message = { role: 'assistant', content: 'Yes', reasoning_content: 'Hm' };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    upstream.always(sends(200, JSON.stringify({ id: 'x', model: 'm', choices })));
    const path = '/v1beta/models/acme/small:8b:generateContent';

    const hidden = await generate(path);
    const shown = await generate(path, {
      ...HELLO,
      generationConfig: { thinkingConfig: { includeThoughts: true } },
    });

    expect(hidden.text).not.toContain('Hm');
    expect(shown.json).toMatchObject({
      candidates: [{ content: { parts: [{ text: 'Hm', thought: true }, { text: 'Yes' }] } }],
    });
  });
});

test('Gemini API: countTokens returns an estimate', async () => {
  const reply = await generate('/v1beta/models/acme/small:8b:countTokens', {
    generateContentRequest: HELLO,
  });

  expect(reply.json['totalTokens']).toBeGreaterThan(0);
  expect(reply.headers.get('x-suffice-estimated')).toBe('true');
});

describe('Gemini API: models', () => {
  const get = async (path: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${gateway.url}${path}`, { headers });
    return { status: response.status, json: (await response.json()) as Record<string, unknown> };
  };

  test.each([
    ['/v1beta/models?pageSize=50', { 'x-goog-api-key': KEY }],
    [`/v1beta/models?key=${KEY}`, {}],
    [`/v1/models?key=${KEY}`, {}],
    ['/v1/models', { 'x-goog-api-key': KEY }],
  ])('are listed in Google’s format at %s', async (path, headers: Record<string, string>) => {
    const { json } = await get(path, headers);

    expect(json['models']).toContainEqual(
      expect.objectContaining({
        name: 'models/goog/flash',
        displayName: 'Flash',
        inputTokenLimit: 1000,
        supportedGenerationMethods: expect.arrayContaining(['generateContent']),
      }),
    );
  });

  test('list the methods of an embedding model', async () => {
    const { json } = await get('/v1beta/models/goog/vec', { 'x-goog-api-key': KEY });

    expect(json['supportedGenerationMethods']).toEqual(['embedContent', 'batchEmbedContents']);
  });

  test('include policies, and keep OpenAI’s format for other clients', async () => {
    const one = await get('/v1beta/models/goog/flash', { 'x-goog-api-key': KEY });
    const policy = await get(`/v1/models/auto?key=${KEY}`);
    const none = await get('/v1beta/models/goog/tiny', { 'x-goog-api-key': KEY });
    const openai = await get('/v1/models', { authorization: `Bearer ${KEY}` });
    const single = await get('/v1/models/goog/flash', { authorization: `Bearer ${KEY}` });

    expect(one.json).toMatchObject({ name: 'models/goog/flash' });
    expect(policy.json).toMatchObject({ name: 'models/auto' });
    expect(none).toMatchObject({ status: 404, json: { error: { status: 'NOT_FOUND' } } });
    expect(openai.json).toMatchObject({ object: 'list' });
    expect(single.json).toMatchObject({ id: 'goog/flash', object: 'model' });
  });
});
