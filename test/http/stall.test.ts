import { connect, type Socket } from 'node:net';
import { ask, startApp, type TestApp } from '../support/app.js';
import { FakeClock } from '../support/fake-clock.js';
import { FakeUpstream, sends, sse, type Behaviour } from '../support/fake-upstream.js';
import { settled } from '../upstream/support.js';

/** Much more than the buffers of two sockets hold. */
const BYTES = 40 * 1024 * 1024;
const STALL_MS = 60_000;

let upstream: FakeUpstream;
let gateway: TestApp;
let clock: FakeClock;
let client: Client;

beforeEach(async () => {
  clock = new FakeClock();
  upstream = await FakeUpstream.start();
  const config = `
providers:
  acme: { base_url: "${upstream.baseUrl}", models: [one] }
router: { predictor: heuristic }
server: { write_stall_timeout_ms: ${STALL_MS} }
`;
  gateway = await startApp(config, { clock });
});

afterEach(async () => {
  client.socket.destroy();
  await gateway.close();
  await upstream.close();
});

/** A client that reads only in `read`. */
class Client {
  readonly socket: Socket;
  bytes = 0;
  isClosed = false;

  constructor(body: unknown) {
    const text = JSON.stringify(body);
    this.socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    this.socket.on('data', (chunk: Buffer) => (this.bytes += chunk.length));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => (this.isClosed = true));
    this.socket.pause();
    this.socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${text.length}\r\n\r\n${text}`,
    );
  }

  /** Reads until that many bytes have come, or the connection has ended. */
  async read(bytes: number): Promise<void> {
    this.socket.resume();
    while (this.bytes < bytes && !this.isClosed) await tick();
    this.socket.pause();
  }
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

const logged = (msg: string) => gateway.logged().find((line) => line['msg'] === msg);

/** Advances time until the message is logged; it is not known when the buffers in between are full. */
async function stalledUntilLogged(msg: string): Promise<Record<string, unknown>> {
  while (logged(msg) === undefined) {
    await settled();
    clock.advance(STALL_MS / 2);
  }
  return untilLogged(msg);
}

async function untilLogged(msg: string): Promise<Record<string, unknown>> {
  for (;;) {
    const line = logged(msg);
    if (line !== undefined) return line;
    await tick();
  }
}

const whole = sends(
  200,
  JSON.stringify({
    id: 'c1',
    object: 'chat.completion',
    created: 1,
    model: 'one',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'x'.repeat(BYTES) },
        finish_reason: 'stop',
      },
    ],
  }),
);

const endless: Behaviour = ({ response }) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const choices = [{ index: 0, delta: { role: 'assistant', content: 'x'.repeat(60_000) } }];
  const chunk = sse({ id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm', choices });
  const pump = (): void => {
    while (!response.destroyed && response.write(chunk)) continue;
  };
  response.on('drain', pump);
  pump();
};

describe('a client that reads nothing', () => {
  test('of a whole answer is disconnected, and a log line reports it', async () => {
    upstream.next(whole);
    client = new Client(ask('acme/one', 'hi'));
    const { decisionId } = await untilLogged('request');
    const line = await stalledUntilLogged('stalled client disconnected');
    await client.read(Infinity);

    expect(line).toMatchObject({
      level: 'info',
      decisionId,
      message: 'The client read none of its answer for 60000 ms and was disconnected.',
    });
    expect(client.bytes).toBeLessThan(BYTES);
  });

  test('of a stream is disconnected, and its request log line reports it', async () => {
    upstream.next(endless);
    client = new Client(ask('acme/one', 'hi', { stream: true }));
    await upstream.received();

    const line = await stalledUntilLogged('request');
    await upstream.requests[0]?.closed;

    expect(line).toMatchObject({
      error: 'client_closed',
      message: 'The client read none of its answer for 60000 ms and was disconnected.',
    });
    expect(logged('stalled client disconnected')).toBeUndefined();
  });
});

test('a client that reads slowly receives the whole answer', async () => {
  upstream.next(whole);
  client = new Client(ask('acme/one', 'hi'));
  await untilLogged('request');

  for (let part = 1; part < 8; part++) {
    await client.read((BYTES / 8) * part);
    await settled();
    clock.advance(STALL_MS - 1);
  }
  await client.read(BYTES);

  expect(client.bytes).toBeGreaterThan(BYTES);
  expect(logged('stalled client disconnected')).toBeUndefined();
});

test('a client that disconnects by itself is not reported as stalled', async () => {
  upstream.next(endless);
  client = new Client(ask('acme/one', 'hi', { stream: true }));
  await upstream.received();
  await settled();

  client.socket.destroy();

  expect(await untilLogged('request')).toMatchObject({
    error: 'client_closed',
    message: expect.stringMatching(/client disconnected/iu),
  });
});

test('a fully read answer leaves no stall timer', async () => {
  upstream.next(whole);
  client = new Client(ask('acme/one', 'hi'));
  await client.read(BYTES);
  await settled();

  clock.advance(STALL_MS);

  expect(client.isClosed).toBe(false);
  expect(logged('stalled client disconnected')).toBeUndefined();
});
