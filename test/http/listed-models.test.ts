import { ask, post, startApp } from '../support/app.js';
import { FakeUpstream } from '../support/fake-upstream.js';

test.each([
  ['vllm/Acme/Chat-8B-Instruct', 'as in the configuration'],
  ['vllm/acme/chat-8b-instruct', 'as in the list of models'],
  ['Acme/Chat-8B-Instruct', 'as at its provider'],
])('finds a listed model by the name %s (%s)', async (model) => {
  const upstream = await FakeUpstream.start();
  const gateway = await startApp(`
providers:
  vllm: { base_url: "${upstream.baseUrl}", api_key: sk-v, models: [Acme/Chat-8B-Instruct, twin] }
  other: { base_url: "${upstream.baseUrl}", api_key: sk-o, models: [twin] }
router: { predictor: heuristic }`);

  const { status } = await post(`${gateway.url}/v1/chat/completions`, ask(model, 'Hi'));
  const twin = await post(`${gateway.url}/v1/chat/completions`, ask('twin', 'Hi'));
  await gateway.close();
  await upstream.close();

  expect(status).toBe(200);
  expect(JSON.parse(upstream.requests[0]?.body ?? '')).toMatchObject({
    model: 'Acme/Chat-8B-Instruct',
  });
  // Two providers have it, and a guess could be expensive.
  expect(twin.status).toBe(404);
  expect(upstream.requests).toHaveLength(1);
});
