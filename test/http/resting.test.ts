import { answers, DONE, FakeUpstream, streamsAndBreaks } from '../support/fake-upstream.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';

const HALF_AN =
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{"role":"assistant","content":"Half an"},"finish_reason":null}]}\n\n';

const FINISH =
  'data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"small","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [small] }
router: { predictor: heuristic }
`);
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const resting = async (): Promise<unknown> => {
  const response = await fetch(`${gateway.url}/readyz`);
  return ((await response.json()) as Record<string, unknown>)['resting'];
};

test('an upstream with broken streams leaves the resting state after a complete answer', async () => {
  const url = `${gateway.url}/v1/chat/completions`;
  for (let i = 0; i < 3; i++) {
    upstream.next(streamsAndBreaks(HALF_AN));
    await post(url, ask('acme/small', 'hi', { stream: true })).catch(() => null);
  }
  const before = await resting();
  upstream.next(answers());

  await post(url, ask('acme/small', 'hi'));

  expect([before, await resting()]).toEqual([['acme/small'], []]);
});

test('a connection that breaks after a complete stream does not count as a failure', async () => {
  const url = `${gateway.url}/v1/chat/completions`;
  for (let i = 0; i < 3; i++) {
    upstream.next(({ response, socket }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(HALF_AN + FINISH + DONE, () => setTimeout(() => socket.destroy(), 20));
    });
    await post(url, ask('acme/small', 'hi', { stream: true }));
  }

  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(await resting()).toEqual([]);
  expect(metrics).not.toMatch(/suffice_errors_total\{/u);
  expect(gateway.logged().filter(({ msg }) => msg === 'request')).toHaveLength(3);
});
