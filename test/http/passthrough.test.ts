import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, refuses, sends } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;
/** Answers at the first bytes of a body. */
let hasty: Server;

const KEY = 'client-key-0123456789';

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  hasty = createServer((req, res) => {
    req.once('data', (chunk: Buffer) => res.end(JSON.stringify({ first: chunk.toString() })));
  });
  await new Promise<void>((resolve) => hasty.listen(0, '127.0.0.1', resolve));
  const { port } = hasty.address() as AddressInfo;
  gateway = await startApp(`
router: { predictor: heuristic }
server: { max_upload_bytes: 2097152 }
keys: [{ name: tester, key: ${KEY} }]
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [draw, paint] }
  hasty: { base_url: "http://127.0.0.1:${port}", api_key: sk-hasty }
  other: { base_url: "${upstream.baseUrl}/other", api_key: sk-other }
  claude: { base_url: "${upstream.baseUrl}", api_key: sk-ant, dialect: anthropic }
  vertex-anthropic: { base_url: "${upstream.baseUrl}/vertex", api_key: sk-vertex }
models:
  acme/paint:
    hosts:
      - { provider: other, model: paint-there, price: null }
      - { provider: acme, model: paint, price: null }
  acme/draw:
    hosts: [{ provider: acme, model: draw, price: { input: 10, output: 40, as_of: 2026-11-01, source: test } }]
`);
});

beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always(sends(200, '{"ok":true}'));
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
  hasty.closeAllConnections();
  await new Promise((resolve) => hasty.close(resolve));
});

function ask(method: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: `Bearer ${KEY}`, ...(init.headers as Record<string, string>) };
  return fetch(`${gateway.url}${path}`, { ...init, method, headers });
}

const postJson = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  ask('POST', path, {
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const logged = () => gateway.logged().findLast(({ msg }) => msg === 'request');

describe('pass-through requests', () => {
  test('reach the provider of the model byte for byte, and are accounted', async () => {
    const usage = { input_tokens: 10, output_tokens: 100 };
    upstream.always(sends(200, JSON.stringify({ data: [{ b64_json: 'AAAA' }], usage })));
    const body = `{"prompt" : "caf\\u00e9", "model":"acme/draw","x":1}`;

    const headers = { 'openai-beta': 'b=1', 'x-request-id': 'app-7' };
    const reply = await postJson('/v1/images/generations?v=2', body, headers);

    const [seen] = upstream.requests;
    expect(seen).toMatchObject({
      method: 'POST',
      path: '/v1/images/generations?v=2',
      body: body.replace('acme/draw', 'draw'),
      headers: { authorization: 'Bearer sk-acme', 'openai-beta': 'b=1' },
    });
    expect(await reply.json()).toEqual({ data: [{ b64_json: 'AAAA' }], usage });
    expect(reply.headers.get('x-suffice-model')).toBe('acme/draw');
    expect(logged()).toMatchObject({
      clientRequestId: 'app-7',
      caller: 'tester',
      served: 'acme/draw',
      inputTokens: 10,
      outputTokens: 100,
      costUsd: 0.0041,
    });
  });

  test('fail over to the next host of the model, except uploads', async () => {
    const failing = refuses(503, 'busy');
    upstream.always((exchange) => {
      const isFirst = exchange.request.path.startsWith('/v1/other/');
      (isFirst ? failing : sends(200, '{"ok":true}'))(exchange);
    });
    const form = new FormData();
    form.set('model', 'acme/paint');
    form.set('image', new Blob(['x']));

    const drawn = await postJson('/v1/images/generations', { model: 'acme/paint', prompt: 'a' });
    const edited = await ask('POST', '/v1/images/edits', { body: form });

    expect(drawn.status).toBe(200);
    expect(edited.status).toBe(502);
    expect(upstream.requests.map(({ path, json }) => [path, json['model']])).toEqual([
      ['/v1/other/images/generations', 'paint-there'],
      ['/v1/images/generations', 'paint'],
      ['/v1/other/images/edits', undefined],
    ]);
  });

  test('accept an unlisted model under its provider’s name', async () => {
    const reply = await postJson('/v1/moderations', { model: 'other/omni/mod', input: 'hi' });

    expect(upstream.requests[0]).toMatchObject({
      path: '/v1/other/moderations',
      json: { model: 'omni/mod' },
    });
    expect(reply.headers.get('x-suffice-model')).toBe('other/*');
    expect(logged()).toMatchObject({
      requested: 'other/omni/mod',
      served: 'other/*',
      costUsd: null,
    });
  });

  test.each([
    ['in the query', '/v1/files?provider=other&limit=2', {}],
    ['in a header', '/v1/files?limit=2', { 'x-suffice-provider': 'other' }],
  ])('accept the provider %s', async (_where, path, headers: Record<string, string>) => {
    const reply = await ask('GET', path, { headers });

    expect(upstream.requests[0]).toMatchObject({
      method: 'GET',
      path: '/v1/other/files?limit=2',
      body: '',
    });
    expect(upstream.requests[0]?.headers).not.toHaveProperty('x-suffice-provider');
    expect(await reply.text()).toBe('{"ok":true}');
  });

  test('preserve status, content type and content disposition of the reply', async () => {
    const bytes = Buffer.from([0, 255, 10, 13, 0]);
    upstream.always(({ response }) => {
      response.writeHead(201, {
        'content-type': 'audio/mpeg',
        'content-disposition': 'attachment; filename="a.mp3"',
      });
      response.end(bytes);
    });

    const reply = await postJson('/v1/audio/speech', { model: 'acme/tts', input: 'hi' });

    expect(reply.status).toBe(201);
    expect(reply.headers.get('content-type')).toBe('audio/mpeg');
    expect(reply.headers.get('content-disposition')).toBe('attachment; filename="a.mp3"');
    expect(Buffer.from(await reply.arrayBuffer())).toEqual(bytes);
  });

  test('support DELETE', async () => {
    await ask('DELETE', '/v1/files/file%2F1?provider=acme');

    expect(upstream.requests[0]).toMatchObject({ method: 'DELETE', path: '/v1/files/file%2F1' });
  });

  test('forward the whole query except the provider', async () => {
    await ask('GET', '/v1/files?purpose=why?&provider=acme&after=a');

    expect(upstream.requests[0]?.path).toBe('/v1/files?purpose=why?&after=a');
  });

  test('in Anthropic’s dialect go to the only provider that speaks it', async () => {
    const version = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'files-api' };
    const reply = await ask('GET', '/v1/messages/batches/b1/results', { headers: version });
    upstream.always(refuses(404, 'no batch'));
    const missing = await ask('GET', '/v1/messages/batches/b2', { headers: version });

    expect(reply.status).toBe(200);
    expect(upstream.requests[0]).toMatchObject({
      path: '/v1/messages/batches/b1/results',
      headers: { 'x-api-key': 'sk-ant', ...version },
    });
    expect(await missing.json()).toMatchObject({ type: 'error', error: { message: 'no batch' } });
  });

  test('end with an aborted reply when the upstream breaks off', async () => {
    upstream.always(({ response, socket }) => {
      response.writeHead(200, { 'content-type': 'audio/mpeg', 'content-length': '100' });
      response.write('half');
      setTimeout(() => socket.destroy(), 15);
    });

    const reply = await postJson('/v1/audio/speech', { model: 'acme/tts', input: 'hi' });

    await expect(reply.text()).rejects.toThrow();
  });
});

describe('rejected pass-through requests', () => {
  test.each([
    ['without a provider', 'GET', '/v1/files', 400, 'invalid_request'],
    ['to an unknown provider', 'GET', '/v1/files?provider=nobody', 404, 'not_found'],
    ['to the simulated provider', 'GET', '/v1/files?provider=simulation', 404, 'not_found'],
    ['with a wrong method', 'PUT', '/v1/files?provider=acme', 404, 'not_found'],
  ])('%s', async (_what, method, path, status, code) => {
    const reply = await ask(method, path);

    expect(reply.status).toBe(status);
    expect(await reply.json()).toMatchObject({ error: { code } });
    expect(upstream.requests).toEqual([]);
  });

  test.each([
    ['an unknown model', { model: 'nothing' }, 404],
    ['a policy', { model: 'auto' }, 400],
    ['no model', {}, 400],
  ])('with %s', async (_what, body, status) => {
    const reply = await postJson('/v1/moderations', body);

    expect(reply.status).toBe(status);
  });

  test('without a valid key; other refusals are those of the provider', async () => {
    const headers = { authorization: 'Bearer wrong' };
    const wrong = await ask('GET', '/v1/files?provider=acme', { headers });
    upstream.always(refuses(429, 'slow down', { 'retry-after': '2' }));
    const busy = await postJson('/v1/rerank', { model: 'acme/rank' });

    expect(wrong.status).toBe(401);
    expect(busy.status).toBe(429);
    expect(busy.headers.get('retry-after')).toBe('2');
    expect(await busy.json()).toMatchObject({ error: { message: 'slow down' } });
  });
});

describe('uploads', () => {
  const form = (parts: readonly (readonly [string, string | Blob])[]) => {
    const data = new FormData();
    for (const [name, value] of parts) data.append(name, value);
    return data;
  };
  const file = new Blob(['x'.repeat(100_000)], { type: 'audio/wav' });

  test.each([
    [
      'before',
      [
        ['model', 'acme/whisper'],
        ['file', file],
      ],
    ],
    [
      'after',
      [
        ['file', file],
        ['language', 'de'],
        ['model', 'acme/whisper'],
      ],
    ],
  ] as const)(
    'are forwarded with the model name replaced when it is %s the file',
    async (_where, parts) => {
      const reply = await ask('POST', '/v1/audio/transcriptions', { body: form(parts) });

      expect(reply.status).toBe(200);
      const [seen] = upstream.requests;
      expect(seen?.path).toBe('/v1/audio/transcriptions');
      expect(seen?.body).toContain('name="model"\r\n\r\nwhisper\r\n');
      expect(seen?.body).toContain('x'.repeat(100_000));
      expect(Number(seen?.headers['content-length'])).toBe(Buffer.byteLength(seen?.body ?? ''));
    },
  );

  test('are forwarded unchanged when the provider is given', async () => {
    const parts = [
      ['file', file],
      ['model', 'whisper'],
    ] as const;

    await ask('POST', '/v1/audio/translations?provider=acme', { body: form(parts) });

    expect(upstream.requests[0]?.body).toContain('name="model"\r\n\r\nwhisper\r\n');
  });

  test('over the limit are rejected, with or without a content-length', async () => {
    const big = new Blob(['x'.repeat(3_000_000)]);
    const announced = await ask('POST', '/v1/files?provider=acme', { body: form([['file', big]]) });
    const streamed = await chunked('POST', '/v1/files?provider=acme', [
      Buffer.alloc(3_000_000, 'x'),
    ]);

    expect(announced.status).toBe(413);
    expect(streamed.status).toBe(413);
    expect(upstream.requests.filter(({ body }) => body.length >= 3_000_000)).toEqual([]);
  });

  test('are forwarded before the client has sent everything', async () => {
    const headers = { authorization: `Bearer ${KEY}`, 'content-type': 'application/octet-stream' };
    const url = `${gateway.url}/v1/files?provider=hasty`;

    const first = await new Promise<string>((resolve, reject) => {
      const req = httpRequest(url, { method: 'POST', headers }, (res) => {
        res.once('data', (chunk: Buffer) => {
          resolve(chunk.toString());
          req.destroy();
        });
      });
      req.on('error', reject);
      req.write('the first piece');
    });

    expect(first).toBe('{"first":"the first piece"}');
  });

  test('of unknown length are forwarded as they arrive', async () => {
    const { status, text } = await chunked('POST', '/v1/files?provider=acme', [
      Buffer.from('one '),
      Buffer.from('two'),
    ]);

    expect([status, text]).toEqual([200, '{"ok":true}']);
    expect(upstream.requests[0]?.body).toBe('one two');
  });
});

/** Sends a body without a content-length. */
function chunked(
  method: string,
  path: string,
  pieces: readonly Buffer[],
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: `Bearer ${KEY}`,
      'content-type': 'multipart/form-data; boundary=b',
    };
    const req = httpRequest(`${gateway.url}${path}`, { method, headers }, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (more: string) => (text += more));
      res.on('end', () => {
        resolve({ status: res.statusCode ?? 0, text });
      });
    });
    req.on('error', reject);
    for (const piece of pieces) req.write(piece);
    req.end();
  });
}
