import { once } from 'node:events';
import { connect } from 'node:net';
import { startApp, type TestApp } from '../support/app.js';

const SIMULATED = `
providers: { simulation: {} }
router: { predictor: heuristic }
server: { keep_alive_timeout_ms: 620000 }
`;

/** More than Node has the system keep by default (511), fewer than Linux does (4096). */
const CLIENTS = 600;
/** A connection that the system could not keep is tried again after a second. */
const RETRIED_MS = 900;

let gateway: TestApp;

beforeAll(async () => {
  gateway = await startApp(SIMULATED);
});

afterAll(() => gateway.close());

test('idle connections are kept for as long as the load balancer in front needs them', async () => {
  const { headers } = await fetch(`${gateway.url}/healthz`);

  expect(headers.get('keep-alive')).toBe('timeout=620');
});

test('clients that all connect while the gateway is busy are kept waiting, not turned away', async () => {
  const port = Number(new URL(gateway.url).port);

  const startedMs = performance.now();
  // All of them before this thread, which is the server's too, can accept one.
  const sockets = Array.from({ length: CLIENTS }, () => connect(port, '127.0.0.1'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  const tookMs = performance.now() - startedMs;

  for (const socket of sockets) socket.destroy();
  expect(tookMs).toBeLessThan(RETRIED_MS);
});
