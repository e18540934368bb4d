import { ask, post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, refuses } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: k, models: [large] }
`);
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

test.each([
  [429, { 'retry-after': '7' }, 429, '7'],
  [429, { 'retry-after-ms': '1500' }, 429, '2'],
  [429, { 'retry-after-ms': '1500', 'retry-after': '60' }, 429, '2'],
  [429, { 'retry-after-ms': 'soon', 'retry-after': '7' }, 429, '7'],
  [529, { 'retry-after': '7' }, 529, '7'],
  [503, { 'retry-after': '9' }, 502, '9'],
])('the client receives the provider’s wait time with %d %j', async (says, waits, status, told) => {
  upstream.always(refuses(says, 'slow down', waits));

  const reply = await post(`${gateway.url}/v1/chat/completions`, ask('acme/large', 'hi'));

  expect([reply.status, reply.headers.get('retry-after')]).toEqual([status, told]);
});
