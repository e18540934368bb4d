import { startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, sends, streamsAndBreaks } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [large] }
models:
  acme/large:
    capabilities: [vision]
    hosts: [{ provider: acme, model: large, price: { input: 10, output: 40 } }]
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** What came of a request, as the gateway tells afterwards; the answer may break off. */
async function outcomeOf(path: string, body: unknown): Promise<Record<string, unknown>> {
  const response = await fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text().catch(() => null);
  const id = response.headers.get('x-suffice-decision') ?? '';
  const decision = await fetch(`${gateway.url}/v1/decisions/${id}`);
  return ((await decision.json()) as { outcome: Record<string, unknown> }).outcome;
}

test('an answer that broke off is booked at what a picture costs, not at its bytes', async () => {
  const choices = [{ index: 0, delta: { content: 'Half an answ' } }];
  upstream.next(streamsAndBreaks(`data: ${JSON.stringify({ choices })}\n\n`));
  const url = `data:image/png;base64,${'A'.repeat(400_000)}`;
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];

  const { error, usage } = await outcomeOf('/v1/chat/completions', {
    model: 'acme/large',
    messages,
    stream: true,
  });

  expect(error).toBe('upstream_cut');
  expect(usage).toMatchObject({ estimated: true, output_tokens: 3 });
  const { input_tokens: inputTokens } = usage as Record<string, number>;
  expect(inputTokens).toBeGreaterThan(0);
  expect(inputTokens).toBeLessThan(2_000);
});

test.each([
  ['less than nothing', { input_tokens: 1, output_tokens: -5_000 }],
  ['more than there is', { input_tokens: 1e300, output_tokens: 1 }],
])('usage of %s is booked as none where a request goes through', async (_what, usage) => {
  upstream.next(sends(200, JSON.stringify({ usage })));

  const outcome = await outcomeOf('/v1/images/generations', { model: 'acme/large', prompt: 'x' });

  expect(outcome).toMatchObject({ status: 200, error: null, usage: null, cost_usd: null });
});
