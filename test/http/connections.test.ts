import { once } from 'node:events';
import { connect } from 'node:net';
import { startApp, type TestApp } from '../support/app.js';

const SIMULATED = `
providers: { simulation: {} }
router: { predictor: heuristic }
server: { keep_alive_timeout_ms: 620000 }
`;

/** More than Node’s default backlog (511), fewer than the limit of Linux (4096). */
const CLIENTS = 600;
/** A connection beyond the backlog is retried after a second. */
const RETRIED_MS = 900;

let gateway: TestApp;

beforeAll(async () => {
  gateway = await startApp(SIMULATED);
});

afterAll(() => gateway.close());

test('keeps idle connections open for the configured keep-alive timeout', async () => {
  const { headers } = await fetch(`${gateway.url}/healthz`);

  expect(headers.get('keep-alive')).toBe('timeout=620');
});

test('queues simultaneous connections while the gateway is busy, without refusing any', async () => {
  const port = Number(new URL(gateway.url).port);

  const startedMs = performance.now();
  // All start before the server, which runs on this thread, can accept one.
  const sockets = Array.from({ length: CLIENTS }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const tookMs = performance.now() - startedMs;

  for (const socket of sockets) socket.destroy();
  expect(tookMs).toBeLessThan(RETRIED_MS);
});
