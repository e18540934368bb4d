import { ask, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, streamsAndStalls, textEvents } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
timeouts: { idle_ms: 200 }
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [small] }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

test('a stream whose upstream falls silent is aborted, so that it does not look complete', async () => {
  upstream.next(streamsAndStalls(...textEvents('Half an').slice(0, 2)));

  const response = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(ask('acme/small', 'hi', { stream: true })),
  });

  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  expect(gateway.logged().at(-1)).toMatchObject({ error: 'upstream_timeout', status: 200 });
});
