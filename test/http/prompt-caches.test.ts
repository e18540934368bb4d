import { post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, refuses, sends } from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

const LONG = 'The parties agree on what follows, and on nothing else. '.repeat(200);

/** Two equally good models; the first is slightly more expensive, except for cached input. */
const config = (baseUrl: string, more = ''): string => `
providers:
  acme: { base_url: ${baseUrl}, api_key: sk-acme-secret, models: [first, second] }
models:
  acme/first:
    benchmarks: { mmlu_pro: 80 }
    hosts: [{ provider: acme, model: first, price: { input: 1.1, cache_read: 0.1, output: 4, as_of: 2026-11-01, source: test } }]
  acme/second:
    benchmarks: { mmlu_pro: 80 }
    hosts: [{ provider: acme, model: second, price: { input: 1, cache_read: 0.1, output: 4, as_of: 2026-11-01, source: test } }]
router: { predictor: heuristic${more} }
`;

/** A whole answer of the expected length that reports these cached tokens. */
const reportsCached = (cachedTokens: number) =>
  sends(
    200,
    JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: 'x',
      choices: [
        { index: 0, message: { role: 'assistant', content: 'Yes.' }, finish_reason: 'stop' },
      ],
      usage: {
        prompt_tokens: 2_400,
        completion_tokens: 480,
        total_tokens: 2_880,
        prompt_tokens_details: { cached_tokens: cachedTokens },
      },
    }),
  );

const turns = (count: number) => [
  { role: 'system', content: LONG },
  { role: 'user', content: 'Is it so?' },
  ...Array.from({ length: count - 1 }, (_, i) => [
    { role: 'assistant', content: 'Yes.' },
    { role: 'user', content: `And clause ${i + 2}?` },
  ]).flat(),
];

const turn = async (count: number): Promise<string | null> => {
  const body = { model: 'auto', messages: turns(count) };
  const { headers } = await post(`${gateway.url}/v1/chat/completions`, body);
  return headers.get('x-suffice-model');
};

/** The first turn goes to the more expensive model, since the other one fails. */
async function beginAtFirst(): Promise<void> {
  upstream.next(refuses(503, 'overloaded'));
  upstream.next(reportsCached(0));
  expect(await turn(1)).toBe('acme/first');
}

beforeEach(async () => {
  upstream = await FakeUpstream.start();
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

test('a long conversation stays with the model that has it cached, and its decision shows the cached tokens', async () => {
  gateway = await startApp(config(upstream.baseUrl));
  await beginAtFirst();

  const preview = await post(`${gateway.url}/v1/route`, { model: 'auto', messages: turns(2) });
  upstream.next(reportsCached(2_300));
  const answered = await turn(2);

  expect(answered).toBe('acme/first');
  expect(preview.json['candidates']).toEqual([
    expect.objectContaining({ model: 'acme/first', cached_tokens: 2_400 }),
    expect.objectContaining({ model: 'acme/second', cached_tokens: 0 }),
  ]);
});

test('a conversation moves on when the provider reports no cached tokens', async () => {
  gateway = await startApp(config(upstream.baseUrl));
  await beginAtFirst();
  upstream.next(reportsCached(0));

  const answered = [await turn(2), await turn(3)];

  expect(answered).toEqual(['acme/first', 'acme/second']);
});

test('prompt caches are ignored with prompt_cache_ms: 0', async () => {
  gateway = await startApp(config(upstream.baseUrl, ', prompt_cache_ms: 0'));
  await beginAtFirst();

  expect(await turn(2)).toBe('acme/second');
});
