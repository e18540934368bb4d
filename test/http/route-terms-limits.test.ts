import { ask, post, startApp, type TestApp } from '../support/app.js';
import { FakeUpstream, refuses, sends } from '../support/fake-upstream.js';

const RULES = `
version: 1
policies:
  auto: { only: [acme/two-dialects] }
  both: { only: [acme/priced, acme/routed] }
`;

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(
    `
router: { predictor: heuristic }
rules: rules.yaml
providers:
  acme: { base_url: '${upstream.baseUrl}', api_key: sk-a, models: [two-dialects, unpriced] }
  groq: { base_url: '${upstream.baseUrl}', api_key: sk-g }
  claude: { base_url: '${upstream.baseUrl}', api_key: sk-c, dialect: anthropic }
  openrouter: { base_url: '${upstream.baseUrl}', api_key: sk-o }
models:
  acme/priced:
    hosts:
      - { provider: acme, model: unpriced, price: null }
      - { provider: groq, model: priced, price: { input: 1, output: 2 } }
  acme/routed:
    hosts:
      - { provider: openrouter, model: routed-at-openrouter }
      - { provider: groq, model: routed-at-groq }
  acme/two-dialects:
    hosts:
      - { provider: acme, model: two-dialects }
      - { provider: claude, model: two-dialects-at-claude }
auto: { models: [acme/two-dialects, acme/priced, acme/routed] }
`,
    { files: { 'rules.yaml': RULES } },
  );
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

beforeEach(() => {
  upstream.requests.length = 0;
});

const chat = (model: string, more: Record<string, unknown> = {}) =>
  post(`${gateway.url}/v1/chat/completions`, ask(model, 'hi', more));

const asked = () => upstream.requests.map(({ json }) => json['model']);

test.each([{ prompt: 100 }, { completion: 100 }])(
  'a host of unknown price is excluded by max_price %j',
  async (max_price) => {
    upstream.next(refuses(503, 'later'));

    const { status } = await chat('acme/priced', { provider: { max_price } });

    expect(status).toBe(502);
    expect(asked()).toEqual(['priced']);
  },
);

test('OpenRouter is not called when the client ignores it', async () => {
  const { status } = await chat('acme/routed', { provider: { ignore: ['openrouter'] } });

  expect(status).toBe(200);
  expect(asked()).toEqual(['routed-at-groq']);
});

test.each([{ prompt: 1 }, { completion: 1 }])(
  'max_price %j is rejected for a policy',
  async (max_price) => {
    const { status, json } = await chat('auto', { provider: { max_price } });

    expect(status).toBe(400);
    expect(json['error']).toMatchObject({ param: 'provider' });
    expect(asked()).toEqual([]);
  },
);

test('content that a provider filters is not sent to another model of the policy', async () => {
  const error = { message: 'filtered', type: 'invalid_request_error', code: 'content_filter' };
  upstream.next(sends(400, JSON.stringify({ error })));

  const { status } = await chat('both');

  expect(status).toBe(400);
  expect(asked()).toHaveLength(1);
});

test('a policy does not fall back to a host that speaks another dialect than the first', async () => {
  upstream.next(refuses(503, 'later'));

  const { status } = await chat('auto');

  expect(status).toBe(502);
  expect(asked()).toEqual(['two-dialects']);
});
