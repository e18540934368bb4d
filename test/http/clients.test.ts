import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { isOriginAllowed } from '../../src/admit/origin-policy.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import { answers, FakeUpstream } from '../support/fake-upstream.js';
import { eventsIn } from '../support/translated.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [gpt] }
keys: [{ name: app, key: client-key }]
router: { predictor: heuristic }
server: { max_body_bytes: 4000 }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const KEY = { authorization: 'Bearer client-key' };
const HELLO = ask('acme/gpt', 'hi');
const chat = (body: unknown, headers: Record<string, string>) =>
  post(`${gateway.url}/v1/chat/completions`, body, headers);

describe('client authentication', () => {
  test.each([
    { authorization: 'bearer client-key' },
    { 'x-api-key': 'client-key' },
    { 'x-goog-api-key': 'client-key' },
    { 'api-key': 'client-key' },
    { 'x-portkey-api-key': 'client-key' },
    { 'x-api-key': 'for-another-server', authorization: 'Bearer client-key' },
  ])('accepts the key as %j', async (headers) => {
    expect(await chat(HELLO, headers as Record<string, string>)).toMatchObject({ status: 200 });
  });

  test('rejects a missing or unknown key', async () => {
    expect(await chat(HELLO, {})).toMatchObject({ status: 401 });
    expect(await chat(HELLO, { 'api-key': 'unknown' })).toMatchObject({ status: 401 });
  });
});

describe('request body', () => {
  const bytes = Buffer.from(JSON.stringify(HELLO));
  const send = async (body: Buffer, encoding: string) => {
    const headers = { ...KEY, 'content-type': 'application/json', 'content-encoding': encoding };
    const url = `${gateway.url}/v1/chat/completions`;
    const reply = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
    return { status: reply.status, text: await reply.text() };
  };

  test.each([
    ['gzip', gzipSync(bytes)],
    ['GZIP', gzipSync(bytes)],
    ['deflate', deflateSync(bytes)],
    ['br', brotliCompressSync(bytes)],
    ['identity', bytes],
  ])('accepts content-encoding %s', async (encoding, body) => {
    expect(await send(body, encoding)).toMatchObject({ status: 200 });
    expect(upstream.requests.at(-1)?.json).toMatchObject({ model: 'gpt' });
  });

  test.each([
    ['gzip', Buffer.from('not packed'), 400, /not valid gzip/],
    ['zstd', bytes, 400, /zstd.* is not supported/],
    ['gzip', gzipSync(Buffer.alloc(100_000, ' ')), 413, /exceeds the limit of 4000 bytes/],
  ])('rejects a faulty %s encoding', async (encoding, body, status, said) => {
    const reply = await send(body, encoding);

    expect(reply.status).toBe(status);
    expect(reply.text).toMatch(said);
  });

  test('accepts a byte order mark', async () => {
    expect(await chat(`\uFEFF${JSON.stringify(HELLO)}`, KEY)).toMatchObject({ status: 200 });
  });
});

describe('model in the URL', () => {
  const azure = (path: string, body: unknown) =>
    post(`${gateway.url}/openai/deployments/${path}?api-version=1`, body, KEY);

  test.each([
    ['is used when the body names none', { messages: [{ role: 'user', content: 'hi' }] }],
    ['takes precedence over the one in the body', ask('gpt-4', 'hi')],
  ])('%s', async (_what, body) => {
    expect(await azure('acme/gpt/chat/completions', body)).toMatchObject({ status: 200 });
    expect(upstream.requests.at(-1)?.json).toMatchObject({ model: 'gpt' });
  });

  test('is used for embeddings too', async () => {
    await azure('acme%2Fgpt/embeddings', { input: 'hi' });

    expect(upstream.requests.at(-1)).toMatchObject({
      path: '/v1/embeddings',
      json: { model: 'gpt', input: 'hi' },
    });
  });

  test('does not mask a faulty body', async () => {
    expect(await azure('acme/gpt/chat/completions', '{')).toMatchObject({
      status: 400,
      json: { error: { code: 'invalid_json' } },
    });
    expect(await azure('acme/gpt/chat/completions', '{}')).toMatchObject({
      status: 400,
      json: { error: { param: 'messages' } },
    });
  });
});

describe('cross-origin requests', () => {
  const from = (method: string, more: Record<string, string>) =>
    fetch(`${gateway.url}/v1/models`, {
      method,
      headers: { origin: 'https://chat.example', ...more },
    });

  test('pass a preflight without a key', async () => {
    const reply = await from('OPTIONS', {
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-stainless-os',
    });

    expect(reply.status).toBe(204);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'access-control-allow-origin': 'https://chat.example',
      'access-control-allow-headers': 'authorization,x-stainless-os',
      'access-control-allow-methods': expect.stringContaining('POST'),
    });
  });

  test('may read the answer and its headers', async () => {
    const reply = await from('GET', KEY);

    expect(reply.status).toBe(200);
    expect(reply.headers.get('access-control-expose-headers')).toBe('*');
    expect(reply.headers.get('vary')).toBe('origin');
  });

  test.each([
    ['/readyz', 'https://chat.example', null],
    ['/metrics', 'https://chat.example', null],
    ['/METRICS/', 'https://chat.example', null],
    ['/metrics', 'http://localhost:3000', 'http://localhost:3000'],
    ['/healthz', 'https://chat.example', 'https://chat.example'],
  ])('may read %s from %s, which needs no key: %s', async (path, origin, allowed) => {
    const reply = await fetch(gateway.url + path, { headers: { origin } });

    expect(reply.status).toBe(200);
    expect(reply.headers.get('access-control-allow-origin')).toBe(allowed);
  });

  test.each<[string, string[] | null, boolean, boolean]>([
    ['https://any.example', null, true, true],
    ['https://any.example', null, false, false],
    ['http://localhost:3000', null, false, true],
    ['http://127.0.0.1:5173', null, false, true],
    ['https://localhost.example', null, false, false],
    ['https://chat.example', ['https://chat.example'], true, true],
    ['https://any.example', ['https://chat.example'], true, false],
    ['https://any.example', ['*'], false, true],
    ['http://localhost:3000', [], true, false],
  ])(
    'from %s are allowed with %j configured and a key required (%s): %s',
    (origin, allowed, key, may) => {
      expect(isOriginAllowed(origin, allowed, key)).toBe(may);
    },
  );
});

test('GET / identifies the gateway', async () => {
  const reply = await fetch(`${gateway.url}/`);

  expect(await reply.json()).toMatchObject({ name: 'suffice' });
});

test('closes idle connections on shutdown', async () => {
  const stopping = await startApp(
    'router: { predictor: heuristic }\nproviders: { simulation: {} }',
  );
  const { port } = new URL(stopping.url);
  const silent = connect(Number(port), '127.0.0.1');
  silent.on('error', () => undefined);
  await once(silent, 'connect');

  const closed = stopping.close();

  await once(silent, 'close');
  await expect(closed).resolves.toBeUndefined();
});

test('serves legacy completions with a chat model, whole and streamed', async () => {
  const upstream = await FakeUpstream.start();
  upstream.always(answers('upon a time.'));
  const gateway = await startApp(`
router: { predictor: heuristic }
providers: { acme: { base_url: "${upstream.baseUrl}", api_key: sk, models: [small] } }`);
  const ask = (more: object) =>
    post(`${gateway.url}/v1/completions`, { model: 'acme/small', prompt: 'Once', ...more });

  const whole = await ask({});
  const streamed = await ask({ stream: true, stream_options: { include_usage: true } });
  const lossy = await ask({ suffix: 'The end.' });
  const faulty = await ask({ prompt: [1] });
  const got = await fetch(`${gateway.url}/v1/completions`);
  await gateway.close();
  await upstream.close();

  expect(whole.json).toMatchObject({
    object: 'text_completion',
    choices: [{ text: 'upon a time.', finish_reason: 'stop' }],
  });
  const said = eventsIn(streamed.text).flatMap(
    ({ choices }) => (choices as { text: string }[])[0]?.text ?? [],
  );
  expect(said.join('')).toBe('upon a time.');
  expect(lossy.headers.get('x-suffice-dropped')).toBe('suffix');
  expect(faulty).toMatchObject({ status: 400, json: { error: { param: 'prompt' } } });
  expect(got.status).toBe(405);
});
