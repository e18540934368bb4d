import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { ask, post, startApp, type TestApp } from '../support/app.js';

let gateway: TestApp;

beforeAll(async () => {
  gateway = await startApp(
    `
providers: { simulation: {} }
router: { predictor: heuristic }
server: { max_body_bytes: 100000, max_header_bytes: 4096, header_timeout_ms: 300, body_timeout_ms: 400 }
`,
  );
});

afterAll(async () => {
  await gateway.close();
});

describe('faulty requests', () => {
  test.each([
    { fault: 'broken JSON', body: '{"model": "auto", ', code: 'invalid_json', status: 400 },
    { fault: 'an empty body', body: '', code: 'invalid_json', status: 400 },
    { fault: 'an array as the body', body: '[]', code: 'invalid_request', status: 400 },
    { fault: 'no model', body: '{"messages":[]}', code: 'invalid_request', param: 'model' },
    {
      fault: 'a number as the model',
      body: '{"model":1}',
      code: 'invalid_request',
      param: 'model',
    },
    { fault: 'no messages', body: '{"model":"auto"}', code: 'invalid_request', param: 'messages' },
    {
      fault: 'a message that is not an object',
      body: { model: 'auto', messages: ['hi'] },
      code: 'invalid_request',
      param: 'messages[0]',
    },
    {
      fault: 'content of a wrong type',
      body: { model: 'auto', messages: [{ role: 'user', content: 7 }] },
      code: 'invalid_request',
      param: 'messages[0].content',
    },
    {
      fault: 'a string for stream',
      body: ask('auto', 'hi', { stream: 'yes' }),
      code: 'invalid_request',
      param: 'stream',
    },
    {
      fault: 'an unknown model',
      body: ask('gpt-99', 'hi'),
      code: 'model_not_found',
      status: 404,
      param: 'model',
    },
    {
      fault: 'an unknown policy',
      body: ask('auto/chaep', 'hi'),
      code: 'model_not_found',
      status: 404,
      param: 'model',
    },
  ])('with $fault are rejected in OpenAI’s error format', async ({ body, code, status, param }) => {
    const reply = await post(`${gateway.url}/v1/chat/completions`, body);

    expect(reply.status).toBe(status ?? 400);
    expect(reply.json).toEqual({
      error: {
        message: expect.stringMatching(/.{10,}/u),
        type: expect.any(String),
        param: param ?? null,
        code,
      },
    });
  });

  test('for an unknown model refer to GET /v1/models', async () => {
    const reply = await post(`${gateway.url}/v1/chat/completions`, ask('zzzz-unheard-of', 'hi'));

    expect(reply.json).toMatchObject({
      error: {
        message:
          'There is no model or policy "zzzz-unheard-of". GET /v1/models lists the available names.',
      },
    });
  });

  test('with a misspelt name receive the nearest name', async () => {
    const policy = await post(`${gateway.url}/v1/chat/completions`, ask('auto/chaep', 'hi'));
    const model = await post(`${gateway.url}/v1/chat/completions`, ask('simulation/smal', 'hi'));

    expect(policy.text).toContain('did you mean \\"auto/cheap\\"?');
    expect(model.text).toContain('did you mean \\"simulation/small\\"?');
  });

  test.each([
    ['simulation/small:nitro', 'simulation/small'],
    ['small:floor', 'simulation/small'],
    ['openrouter/auto', 'auto'],
    ['azure/small', 'simulation/small'],
    ['@openai/small', 'simulation/small'],
    ['simulation:small', 'simulation/small'],
    ['auto:cheap', 'auto/cheap'],
  ])('for %s, as other gateways write it, receive the name here: %s', async (name, meant) => {
    const { text } = await post(`${gateway.url}/v1/chat/completions`, ask(name, 'hi'));

    expect(text).toContain(`did you mean \\"${meant}\\"?`);
  });

  test('receive no suggestion that would not be accepted either', async () => {
    const { text } = await post(`${gateway.url}/v1/chat/completions`, ask('chat', 'hi'));

    expect(text).not.toContain('did you mean');
  });

  test('for a known model that is not served are told where it runs', async () => {
    const { status, text } = await post(
      `${gateway.url}/v1/chat/completions`,
      ask('openai/gpt-4o', 'hi'),
    );

    expect(status).toBe(404);
    expect(text).toMatch(/no configured provider serves it; it is available from .*openai/u);
  });

  test.each([
    { how: 'with a content-length', chunked: false },
    { how: 'without a content-length', chunked: true },
  ])('with a body over the limit, $how, are rejected with 413', async ({ chunked }) => {
    const body = JSON.stringify(ask('auto', 'x'.repeat(200_000)));

    const { status, text } = await send(body, chunked);

    expect(status).toBe(413);
    expect(JSON.parse(text)).toMatchObject({ error: { code: 'request_too_large' } });
  });

  test('with an unsupported content-encoding are rejected with 400', async () => {
    const { status, text } = await post(`${gateway.url}/v1/chat/completions`, 'zzz', {
      'Content-Encoding': 'zstd',
    });

    expect(status).toBe(400);
    expect(text).toContain('Content-Encoding');
  });

  test.each([
    { method: 'GET', path: '/v1/chat/completions', status: 405 },
    { method: 'GET', path: '/v1/nothing', status: 404 },
    { method: 'POST', path: '/v1/decisions/dec_1', status: 404 },
    { method: 'GET', path: '/v1/decisions/dec_unknown', status: 404 },
    { method: 'GET', path: '/v1/models/gpt-99', status: 404 },
    { method: 'GET', path: '/v1/models/%ff', status: 400 },
  ])('$method $path is answered with $status', async ({ method, path, status }) => {
    const response = await fetch(`${gateway.url}${path}`, { method });

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code: expect.any(String) } });
  });
});

describe('faulty connections', () => {
  test.each([
    {
      what: 'headers over the limit',
      bytes: `GET / HTTP/1.1\r\nx: ${'y'.repeat(8000)}\r\n\r\n`,
      status: 431,
    },
    { what: 'bytes that are not HTTP', bytes: 'EHLO there\r\n\r\n', status: 400 },
    { what: 'incomplete headers', bytes: 'GET / HTTP/1.1\r\nhost: x\r\n', status: 408 },
    {
      what: 'an incomplete body',
      bytes: 'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"m',
      status: 408,
    },
  ])('with $what are answered with $status and closed', async ({ bytes, status }) => {
    const answer = await rawExchange(bytes);

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `, 'u'));
    expect(answer).toContain('"error"');
  });
});

test('the gateway serves requests after faulty ones', async () => {
  const { status } = await post(`${gateway.url}/v1/chat/completions`, ask('simulation/nano', 'hi'));

  expect(status).toBe(200);
});

function send(body: string, chunked: boolean): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = chunked ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { method: 'POST', headers };
    const client = httpRequest(`${gateway.url}/v1/chat/completions`, options, (res) => {
      let text = '';
      res.setEncoding('utf8');
      res.on('data', (chunk: string) => (text += chunk));
      res.on('end', () => {
        resolve({ status: res.statusCode ?? 0, text });
      });
    });
    // The server may close while the rest of the body is still being written.
    client.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    client.end(body);
  });
}

function rawExchange(bytes: string): Promise<string> {
  const { port } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(bytes);
  });
}

describe('log of rejected requests', () => {
  const last = () => gateway.logged().findLast(({ msg }) => msg === 'request refused');

  test('contains caller, path and reason under the request id of the reply, without the query', async () => {
    const { headers } = await post(`${gateway.url}/v1/chat/completions?key=AIza-1`, ask('gpt', ''));

    expect(last()).toMatchObject({
      requestId: headers.get('x-request-id'),
      method: 'POST',
      path: '/v1/chat/completions',
      caller: 'anonymous',
      error: 'model_not_found',
      message: expect.stringContaining('no model or policy "gpt"'),
    });
    expect(JSON.stringify(last())).not.toContain('AIza');
  });

  test('omits messages that may quote the body', async () => {
    await post(`${gateway.url}/v1/chat/completions`, '{"messages": "my secret');

    expect(last()).toMatchObject({ error: 'invalid_json' });
    expect(last()).not.toHaveProperty('message');
  });

  test('contains bytes that are not HTTP, which the error metric counts too', async () => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.end('NONSENSE\r\n\r\n');
    await new Promise((resolve) => socket.on('close', resolve).resume());

    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(last()).toMatchObject({ error: 'invalid_request', address: '127.0.0.1' });
    expect(metrics).toMatch(/suffice_errors_total\{code="invalid_request"\} \d/u);
  });

  test('contains nothing for a connection without a request', async () => {
    const lines = gateway.logged().length;
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');

    await new Promise((resolve) => socket.on('close', resolve).resume());

    expect(gateway.logged()).toHaveLength(lines);
  });
});

test.each([
  ['/v1/chat/completions', 'invalid_request_error'],
  ['/v1/messages', 'permission_error'],
  ['/v1/files', 'invalid_request_error'],
  ['/v1/cache/purge', 'invalid_request_error'],
])('a cross-origin POST to %s without a preflight is rejected', async (path, type) => {
  const lines = gateway.logged().length;
  const body = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hi' }] });

  const reply = await fetch(gateway.url + path, {
    method: 'POST',
    headers: { origin: 'https://evil.example', 'content-type': 'text/plain' },
    body,
  });

  expect(reply.status).toBe(403);
  expect(reply.headers.get('access-control-allow-origin')).toBeNull();
  expect(await reply.json()).toMatchObject({ error: { type } });
  expect(gateway.logged().slice(lines)).toEqual([
    expect.objectContaining({
      error: 'page_refused',
      requestId: reply.headers.get('x-request-id'),
    }),
  ]);
});
