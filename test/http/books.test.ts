import { ask, post, startApp, type TestApp } from '../support/app.js';
import {
  answers,
  type Behaviour,
  FakeUpstream,
  refuses,
  sends,
  stalls,
  streams,
  streamsAndBreaks,
  textEvents,
} from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [large, both, vectors] }
  co: { base_url: "${upstream.baseUrl}", api_key: sk-co, dialect: cohere, models: [vectors] }
  beta: { base_url: "${upstream.baseUrl}", api_key: sk-beta, models: [both] }
models:
  acme/large:
    capabilities: [vision]
    hosts: [{ provider: acme, model: large, price: { input: 10, output: 40 } }]
  acme/vectors:
    capabilities: [embeddings]
    hosts: [{ provider: acme, model: vectors, price: { input: 10, output: 0 } }]
  co/vectors:
    capabilities: [embeddings]
    hosts: [{ provider: co, model: vectors, price: { input: 10, output: 0 } }]
  acme/both:
    hosts:
      - { provider: acme, model: both, price: { input: 10, output: 40 } }
      - { provider: beta, model: both, price: { input: 1, output: 2 } }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

/** The recorded outcome of a request, whose answer may break off. */
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

test('an interrupted answer to an image request is accounted at the tokens of the image, not at its bytes', async () => {
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
  ['negative tokens', { input_tokens: 1, output_tokens: -5_000 }],
  ['implausibly many tokens', { input_tokens: 1e300, output_tokens: 1 }],
])('usage of %s is ignored in a pass-through request', async (_what, usage) => {
  upstream.next(sends(200, JSON.stringify({ usage })));

  const outcome = await outcomeOf('/v1/images/generations', { model: 'acme/large', prompt: 'x' });

  expect(outcome).toMatchObject({ status: 200, error: null, usage: null, cost_usd: null });
});

test.each([
  ['GET', '/v1/batches/b1'],
  ['POST', '/v1/batches/b1/cancel'],
])('%s %s is not accounted at the usage of the whole batch', async (method, path) => {
  const told = { input_tokens: 1_000_000, output_tokens: 2_000_000 };
  upstream.next(sends(200, JSON.stringify({ id: 'b1', object: 'batch', usage: told })));
  const before = await metric('suffice_tokens_total');

  const reply = await fetch(`${gateway.url}${path}?provider=acme`, { method });

  expect(await reply.json()).toMatchObject({ usage: told });
  expect(gateway.logged().at(-1)).not.toHaveProperty('inputTokens');
  expect(await metric('suffice_tokens_total')).toBe(before);
});

/** A success of both hosts: one that had failed too often would be tried last. */
async function bothAnswer(): Promise<void> {
  await outcomeOf('/v1/chat/completions', ask('acme/both', 'Hello?'));
}

/** The usage that the fake reports, 11 tokens in and 7 out, at beta's rates. */
const BETA_USD = (11 * 1 + 7 * 2) / 1e6;

/** The sum of a metric over all its series. */
async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const found = [...text.matchAll(new RegExp(`^${name}\\{.*\\} (\\S+)$`, 'gmu'))];
  return found.reduce((sum, [, value]) => sum + Number(value), 0);
}

const EMPTY = textEvents('x')[0] ?? '';

const usage = { prompt_tokens: 200, completion_tokens: 0, total_tokens: 200 };

test.each<[string, Behaviour, number | null]>([
  ['broke off after its first event', streamsAndBreaks(EMPTY), null],
  [
    'reported usage but no text',
    streams(`data: ${JSON.stringify({ choices: [], usage })}\n\n`),
    200,
  ],
])(
  'an attempt that %s is accounted beside the answer of another host',
  async (_, behaviour, told) => {
    await bothAnswer();
    upstream.next(behaviour, answers());
    const before = await metric('suffice_cost_usd_total');

    const outcome = await outcomeOf(
      '/v1/chat/completions',
      ask('acme/both', 'Hello?', { stream: true }),
    );

    const [failed, answered] = outcome['attempts'] as Record<string, Record<string, number>>[];
    const tokens = failed?.['usage']?.['input_tokens'] ?? 0;
    expect(failed).toMatchObject({ usage: { output_tokens: 0, estimated: true } });
    expect(tokens).toBe(told ?? tokens);
    expect(tokens).toBeGreaterThan(1);
    expect(failed?.['cost_usd']).toBeCloseTo((tokens * 10) / 1e6, 12);
    expect(answered).not.toHaveProperty('cost_usd');
    const total = (tokens * 10) / 1e6 + BETA_USD;
    expect(outcome).toMatchObject({ error: null, usage: { input_tokens: 11, estimated: false } });
    expect(outcome['cost_usd']).toBeCloseTo(total, 12);
    expect((await metric('suffice_cost_usd_total')) - before).toBeCloseTo(total, 12);
    const line = gateway.logged().at(-1);
    expect(line?.['costUsd']).toBeCloseTo(total, 12);
    expect(line?.['failedUsd']).toBeCloseTo((tokens * 10) / 1e6, 12);
  },
);

test.each<[string, Behaviour]>([
  ['refused', refuses(503, 'later')],
  ['answered with an error event only', streams('data: {"error":{"message":"overloaded"}}\n\n')],
])('an attempt that was %s costs nothing', async (_, behaviour) => {
  await bothAnswer();
  upstream.next(behaviour, answers());

  const outcome = await outcomeOf(
    '/v1/chat/completions',
    ask('acme/both', 'Hello?', { stream: true }),
  );

  expect(outcome['attempts']).toMatchObject([{ upstream: 'acme/both' }, { outcome: 'ok' }]);
  expect(outcome['cost_usd']).toBeCloseTo(BETA_USD, 12);
  expect(gateway.logged().at(-1)).not.toHaveProperty('failedUsd');
});

test.each([
  ['a non-streamed answer', '/v1/chat/completions', ask('acme/large', 'Hello there, how are you?')],
  [
    'a stream',
    '/v1/chat/completions',
    ask('acme/large', 'Hello there, how are you?', { stream: true }),
  ],
  [
    'an embeddings request',
    '/v1/embeddings',
    { model: 'acme/vectors', input: 'Hello there, how are you?' },
  ],
])('%s that the client did not wait for is accounted at its input', async (_, path, body) => {
  const lines = gateway.logged().length;
  upstream.next(stalls);
  const { length } = upstream.requests;
  const gone = new AbortController();
  const answer = fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: gone.signal,
  });
  await upstream.received(length + 1);
  gone.abort();
  await expect(answer).rejects.toThrow('abort');

  while (gateway.logged().length === lines) await new Promise((resolve) => setImmediate(resolve));

  const line = gateway.logged().at(-1) as Record<string, number>;
  expect(line).toMatchObject({ status: 499, outputTokens: 0, estimated: true });
  expect(line['inputTokens']).toBeGreaterThan(4);
  expect(line['costUsd']).toBeCloseTo(((line['inputTokens'] ?? 0) * 10) / 1e6, 12);
});

test('a pass-through request that the client did not wait for has an unknown cost', async () => {
  const lines = gateway.logged().length;
  upstream.next(stalls);
  const { length } = upstream.requests;
  const gone = new AbortController();
  const answer = fetch(`${gateway.url}/v1/images/generations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'acme/large', prompt: 'x' }),
    signal: gone.signal,
  });
  await upstream.received(length + 1);
  gone.abort();
  await expect(answer).rejects.toThrow('abort');

  while (gateway.logged().length === lines) await new Promise((resolve) => setImmediate(resolve));

  expect(gateway.logged().at(-1)).toMatchObject({ status: 499, costUsd: null });
});

test('embeddings received before the rest of a split request failed are accounted', async () => {
  let isHalfDone = (): void => undefined;
  const half = new Promise<void>((resolve) => (isHalfDone = resolve));
  const embeddings = { float: Array.from({ length: 96 }, () => [0.1, 0.2]) };
  upstream.next(
    (exchange) => {
      exchange.response.once('close', isHalfDone);
      sends(200, JSON.stringify({ id: 'e', texts: [], embeddings }))(exchange);
    },
    (exchange) => {
      void half.then(() => {
        refuses(500, 'oops')(exchange);
      });
    },
  );

  const input = Array.from({ length: 192 }, (_, i) => `This is sentence number ${i}.`);
  const outcome = await outcomeOf('/v1/embeddings', { model: 'co/vectors', input });

  const { input_tokens: tokens = 0 } = outcome['usage'] as Record<string, number>;
  expect(outcome).toMatchObject({ error: 'upstream_failed', usage: { estimated: true } });
  expect(tokens).toBeGreaterThan(96 * 4);
  expect(tokens).toBeLessThan(96 * 10);
  expect(outcome['cost_usd']).toBeCloseTo((tokens * 10) / 1e6, 12);
});

test('x-suffice-cost-basis distinguishes reported from estimated usage', async () => {
  const choices = [
    { index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' },
  ];
  upstream.next(sends(200, JSON.stringify({ id: 'c', choices })), answers());
  const body = ask('acme/large', 'Hello?');

  const untold = await post(`${gateway.url}/v1/chat/completions`, body);
  const told = await post(`${gateway.url}/v1/chat/completions`, body);

  expect([untold, told].map(({ headers }) => headers.get('x-suffice-cost-basis'))).toEqual([
    'estimated',
    'usage',
  ]);
});
