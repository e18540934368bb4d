import { ask, post, startApp, type TestApp } from '../support/app.js';
import { answers, FakeUpstream, refuses, sends, type Behaviour } from '../support/fake-upstream.js';

/** A whole answer of Bedrock’s Converse API. */
const CONVERSED = {
  output: { message: { role: 'assistant', content: [{ text: 'Guten Tag.' }] } },
  stopReason: 'end_turn',
  usage: { inputTokens: 1_000_000, outputTokens: 1, totalTokens: 1_000_001 },
};
const converses: Behaviour = sends(200, JSON.stringify(CONVERSED));

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  const at = (path: string) => upstream.baseUrl.replace('/v1', path);
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  bedrock-eu: { kind: bedrock, base_url: "${at('/eu')}", place: { region: eu-central-1 }, aws: { access_key_id: id-eu, secret_access_key: secret-eu } }
  bedrock-us: { kind: bedrock, base_url: "${at('/us')}", place: { region: us-east-1 }, aws: { access_key_id: id-us, secret_access_key: secret-us } }
  azure-1: { kind: azure-deployments, base_url: "${at('/one/openai')}", place: { api_version: 2024-10-21 }, api_key: key-1, models: [chat] }
  azure-2: { kind: azure-deployments, base_url: "${at('/two/openai')}", place: { api_version: 2025-01-01 }, api_key: key-2, models: [chat] }
  openai-2: { kind: openai, base_url: "${at('/second')}", api_key: key-2 }
  openai: { base_url: "${at('/first')}", api_key: key-1 }
  gpu-1: { kind: vllm, base_url: "${at('/gpu')}", models: [qwen] }
models:
  amazon/nova-pro:
    prices: { bedrock: { input: 3, output: 3 }, bedrock-us: { input: 9, output: 9 } }
auto: { models: [amazon/nova-pro] }
`);
});

beforeEach(() => {
  upstream.requests.length = 0;
  upstream.always(converses);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

const chat = (body: unknown) => post(`${gateway.url}/v1/chat/completions`, body);
const asked = () => upstream.requests.map(({ path }) => path);

describe('several providers of one kind', () => {
  test('serve the catalog’s models, each signed for its own region, in order', async () => {
    upstream.next(refuses(503, 'away'));

    const reply = await chat(ask('amazon/nova-pro', 'hi'));

    expect(asked()).toEqual([
      '/eu/model/amazon.nova-pro-v1%3A0/converse',
      '/us/model/amazon.nova-pro-v1%3A0/converse',
    ]);
    const [eu, us] = upstream.requests.map(({ headers }) => headers.authorization);
    expect(eu).toMatch(/Credential=id-eu\/\d+\/eu-central-1\/bedrock\//u);
    expect(us).toMatch(/Credential=id-us\/\d+\/us-east-1\/bedrock\//u);
    expect(reply.json).toMatchObject({ choices: [{ message: { content: 'Guten Tag.' } }] });
    expect(reply.headers.get('x-suffice-cost-usd')).toBe('9.000009');
  });

  test('have the catalog’s prices unless the kind or the provider has its own', async () => {
    const models = (await (await fetch(`${gateway.url}/v1/models`)).json()) as {
      data: { id: string; upstreams: { id: string; pricing: { input: number } | null }[] }[];
    };

    const places = models.data.find(({ id }) => id === 'amazon/nova-pro')?.upstreams;
    expect(places?.map(({ id, pricing }) => [id, pricing?.input])).toEqual([
      ['bedrock-eu/amazon.nova-pro-v1:0', 3],
      ['bedrock-us/amazon.nova-pro-v1:0', 9],
    ]);
    expect(models.data.find(({ id }) => id === 'gpu-1/qwen')?.upstreams).toMatchObject([
      { pricing: { input: 0 } },
    ]);
  });

  test('use the paths and API versions of their kind', async () => {
    await chat(ask('azure-1/chat', 'hi'));
    await chat(ask('azure-2/chat', 'hi'));

    expect(asked()).toEqual([
      '/one/openai/deployments/chat/chat/completions?api-version=2024-10-21',
      '/two/openai/deployments/chat/chat/completions?api-version=2025-01-01',
    ]);
    expect(upstream.requests.map(({ headers }) => headers['api-key'])).toEqual(['key-1', 'key-2']);
  });

  test('are tried one after another before another model is', async () => {
    upstream.next(refuses(503, 'away'));

    const reply = await chat(ask('auto', 'hi'));

    expect(asked().map((path) => path.slice(0, 3))).toEqual(['/eu', '/us']);
    expect(reply.headers.get('x-suffice-model')).toBe('amazon/nova-pro');
    expect(reply.headers.get('x-suffice-reason')).not.toBe('fallback');
  });

  test('receive provider options of their kind and of their own name', async () => {
    upstream.always(answers());
    const messages = [{ role: 'user', content: 'hi' }];
    const options = { 'azure-deployments': { seed: 5, top_p: 1 }, 'azure-1': { seed: 6 } };
    const more = { max_tokens: 9, messages, provider_options: options };
    await post(`${gateway.url}/v1/messages`, { ...more, model: 'azure-1/chat' });
    const tiered = { ...more, model: 'openai-2/gpt-4o', service_tier: 'standard_only' };
    const reply = await post(`${gateway.url}/v1/messages`, tiered);

    expect(upstream.requests[0]?.json).toMatchObject({ seed: 6, top_p: 1 });
    expect(upstream.requests[1]?.json).toMatchObject({ service_tier: 'default' });
    expect(reply.headers.get('x-suffice-dropped')).toBeNull();
  });

  test.each([
    ['amazon/nova-pro', { only: ['amazon-bedrock'] }, '/eu'],
    ['amazon/nova-pro', { order: ['Bedrock-US'] }, '/us'],
    ['amazon/nova-pro', { order: ['bedrock'] }, '/eu'],
    ['openai/gpt-4o', { order: ['openai'] }, '/first'],
    ['openai/gpt-4o', { only: ['openai-2'] }, '/second'],
    ['openai/gpt-4o', { ignore: ['openai'] }, '/second'],
  ])(
    'are addressed by the kind unless a provider has that name: %s %j',
    async (model, provider, at) => {
      if (model.startsWith('openai/')) upstream.always(answers());
      await chat(ask(model, 'hi', { provider }));

      expect(asked()[0]).toMatch(new RegExp(`^${at}/`, 'u'));
    },
  );

  test('are excluded when the client ignores their kind', async () => {
    const provider = { ignore: ['amazon-bedrock'] };

    expect((await chat(ask('amazon/nova-pro', 'hi', { provider }))).status).toBe(422);
  });
});

describe('an OpenRouter provider under another name', () => {
  let routing: TestApp;

  beforeAll(async () => {
    const at = upstream.baseUrl;
    routing = await startApp(`
providers:
  gpu-1: { kind: vllm, base_url: "${at}" }
  router-2: { kind: openrouter, base_url: "${at}/router", api_key: key-r }
models:
  acme/routed:
    hosts: [{ provider: gpu-1, model: qwen }, { provider: router-2, model: acme/routed }]
`);
  });

  beforeEach(() => {
    upstream.always(answers());
  });

  afterAll(async () => {
    await routing.close();
  });

  test.each([
    [{ only: ['router-2'] }, {}],
    [{ only: ['OpenRouter', 'deepinfra'], zdr: true }, { zdr: true }],
    [{ order: ['openrouter'], allow_fallbacks: false }, { allow_fallbacks: false }],
    [{ order: ['router-2', 'groq'] }, { order: ['groq'] }],
    [
      { ignore: ['gpu-1'], only: ['groq'] },
      { ignore: ['gpu-1'], only: ['groq'] },
    ],
  ])('is not named in the provider preferences that it receives: %j', async (provider, told) => {
    const body = ask('acme/routed', 'hi', { seed: 1, provider, user: 'x' });
    await post(`${routing.url}/v1/chat/completions`, body);

    expect(asked()).toEqual(['/v1/router/chat/completions']);
    expect(upstream.requests[0]?.json).toEqual({
      ...(body as object),
      model: 'acme/routed',
      provider: told,
    });
  });
});
