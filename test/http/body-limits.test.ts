import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { ask, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, sends } from '../support/fake-upstream.js';

const MAX_BYTES = 2_000;

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
providers:
  simulation: {}
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [small] }
router: { predictor: heuristic }
server: { max_body_bytes: ${MAX_BYTES}, max_upload_bytes: ${MAX_BYTES} }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** A chat request of exactly this many bytes. */
function chatOf(bytes: number): Buffer {
  const empty = JSON.stringify(ask('simulation/nano', '')).length;
  return Buffer.from(JSON.stringify(ask('simulation/nano', 'x'.repeat(bytes - empty))));
}

/** In one chunk, without a length. */
const chunked = (body: Buffer): ReadableStream =>
  new ReadableStream({
    start: (controller) => {
      controller.enqueue(body);
      controller.close();
    },
  });

const send = async (
  path: string,
  body: NonNullable<RequestInit['body']>,
  headers: Record<string, string> = {},
): Promise<number> => {
  const reply = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    duplex: 'half',
  });
  await reply.text();
  return reply.status;
};

const CHAT = '/v1/chat/completions';
const UPLOAD = '/v1/files?provider=acme';
const BINARY = { 'content-type': 'application/octet-stream' };

test.each([
  ['with a content-length', (bytes: number) => send(CHAT, chatOf(bytes))],
  ['without a content-length', (bytes: number) => send(CHAT, chunked(chatOf(bytes)))],
  [
    'that is compressed',
    (bytes: number) => send(CHAT, gzipSync(chatOf(bytes)), { 'content-encoding': 'gzip' }),
  ],
  [
    'of an upload with a content-length',
    (bytes: number) => {
      upstream.always(sends(200, '{}'));
      return send(UPLOAD, Buffer.alloc(bytes, 'x'), BINARY);
    },
  ],
  [
    'of an upload without a content-length',
    (bytes: number) => {
      upstream.always(sends(200, '{}'));
      return send(UPLOAD, chunked(Buffer.alloc(bytes, 'x')), BINARY);
    },
  ],
])('a body %s is accepted at the limit, and rejected one byte above it', async (_, sent) => {
  expect([await sent(MAX_BYTES), await sent(MAX_BYTES + 1)]).toEqual([200, 413]);
});

test('a connection is closed after a body that is too large, so that its rest is no request', async () => {
  const hidden = `GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n`;
  const reply = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', reject);
    socket.on('close', () => {
      resolve(text);
    });
    socket.write(
      `POST ${CHAT} HTTP/1.1\r\nhost: x\r\ncontent-length: ${MAX_BYTES + 1}\r\n\r\n${hidden}`,
    );
  });

  expect(reply.match(/HTTP\/1\.1 \d+/gu)).toEqual(['HTTP/1.1 413']);
  expect(reply.toLowerCase()).toContain('connection: close');
});
