import { connect } from 'node:net';
import { ask, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
providers: { simulation: {}, acme: { base_url: "${upstream.baseUrl}" } }
router: { predictor: heuristic }
server: { header_timeout_ms: 300, body_timeout_ms: 400 }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** Everything a client receives that sends these bytes and then waits. */
function rawExchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
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

const head = (path: string, bytes: number, more = '') =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\nx-request-id: client-77\r\ncontent-length: ${bytes}\r\n${more}\r\n`;

const errorCounts = async (): Promise<Record<string, number>> => {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const found = text.matchAll(/^suffice_errors_total\{code="(\w+)"\} (\d+)$/gmu);
  return Object.fromEntries([...found].map(([, code = '', count]) => [code, Number(count)]));
};

test.each([
  ['of a chat', head('/v1/chat/completions', 100), '"code":"request_timeout"'],
  ['of a message', head('/v1/messages', 100), '"type":"error"'],
  ['of an embedding', head('/v1/embeddings', 100), '"code":"request_timeout"'],
])('an incomplete body %s is answered with 408 and logged once', async (_, bytes, words) => {
  const lines = gateway.logged().length;
  const before = await errorCounts();

  const reply = await rawExchange(`${bytes}{"mo`);

  const logged = gateway.logged().slice(lines);
  const after = await errorCounts();
  expect(reply).toMatch(/^HTTP\/1.1 408 /u);
  expect(reply.toLowerCase()).toContain('connection: close');
  expect(reply).toContain(words);
  expect(logged).toEqual([
    expect.objectContaining({
      error: 'request_timeout',
      status: 408,
      method: 'POST',
      path: /^POST ([^ ?]+)/u.exec(bytes)?.[1],
      caller: 'anonymous',
      clientRequestId: 'client-77',
      requestId: /x-request-id: (\S+)/u.exec(reply)?.[1],
    }),
  ]);
  expect(after['request_timeout']).toBe((before['request_timeout'] ?? 0) + 1);
  expect(after['client_closed']).toBe(before['client_closed']);
});

test('an incomplete upload is answered with 408 and logged once', async () => {
  const lines = gateway.logged().length;
  const form = 'content-type: multipart/form-data; boundary=b\r\n';

  const reply = await rawExchange(`${head('/v1/files?provider=acme', 100, form)}--b`);

  expect(reply).toMatch(/^HTTP\/1.1 408 /u);
  expect(reply).toContain('"code":"request_timeout"');
  expect(gateway.logged().slice(lines)).toEqual([
    expect.objectContaining({
      error: 'request_timeout',
      clientRequestId: 'client-77',
      decisionId: /x-request-id: (\S+)/u.exec(reply)?.[1],
    }),
  ]);
});

test('an incomplete body of a rejected request is logged only once', async () => {
  const lines = gateway.logged().length;

  const reply = await rawExchange(`${head('/v1/nothing', 100)}{"mo`);

  expect(reply.match(/HTTP\/1\.1 \d+/gu)).toEqual(['HTTP/1.1 404']);
  expect(gateway.logged()).toHaveLength(lines + 1);
});

test('a malformed chunked body is rejected by the handler of the path', async () => {
  const lines = gateway.logged().length;
  const chunked =
    'POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n';

  const reply = await rawExchange(chunked);

  expect(reply.match(/HTTP\/1\.1 \d+/gu)).toEqual(['HTTP/1.1 400']);
  expect(gateway.logged().slice(lines)).toEqual([
    expect.objectContaining({ error: 'invalid_request', path: '/v1/chat/completions' }),
  ]);
});

test('incomplete headers are answered with 408 and logged with the request id', async () => {
  const reply = await rawExchange('GET / HTTP/1.1\r\nhost: x\r\n');

  expect(reply).toMatch(/^HTTP\/1.1 408 /u);
  expect(gateway.logged().at(-1)).toMatchObject({
    error: 'request_timeout',
    requestId: /x-request-id: (\S+)/u.exec(reply)?.[1],
  });
});

test('a client that disconnects while sending is logged as client_closed', async () => {
  const lines = gateway.logged().length;
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.write(`${head('/v1/chat/completions', 100)}{"mo`, () =>
    setTimeout(() => socket.destroy(), 50),
  );
  while (gateway.logged().length === lines) await new Promise((resolve) => setImmediate(resolve));

  expect(gateway.logged().slice(lines)).toEqual([
    expect.objectContaining({ error: 'client_closed', path: '/v1/chat/completions' }),
  ]);
});

test('an incomplete second request on a connection is answered with 408', async () => {
  const body = JSON.stringify(ask('simulation/nano', 'hi'));
  const whole = `${head('/v1/chat/completions', body.length)}${body}`;

  const reply = await rawExchange(`${whole}${head('/v1/chat/completions', 100)}{"mo`);

  expect(reply.match(/HTTP\/1\.1 \d+/gu)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 408']);
});
