import { FakeUpstream, refuses, sends } from '../support/fake-upstream.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';

/** Tests of the request members that clients of other gateways send beside `model`. */
let acme: FakeUpstream;
let router: FakeUpstream;
let gateway: TestApp;

const RULES = `
version: 1
policies:
  auto: { only: [acme/talker, acme/thinker] }
  refuser: { pin: acme/refuser }
  short: { pin: acme/short, fallbacks: [acme/as-short, acme/long] }
`;

beforeAll(async () => {
  acme = await FakeUpstream.start();
  router = await FakeUpstream.start();
  const price = (usd: number) => `{ input: ${usd}, output: ${usd}, source: test }`;
  gateway = await startApp(
    `
providers:
  acme: { base_url: '${acme.baseUrl}', api_key: sk-a, models: [alone, other, both-at-acme, routed-at-acme, short-at-acme] }
  groq: { base_url: '${acme.baseUrl}', api_key: sk-g }
  xai: { base_url: '${acme.baseUrl}', api_key: sk-x }
  openrouter: { base_url: '${router.baseUrl}', api_key: sk-o }
models:
  acme/both:
    hosts:
      - { provider: acme, model: both-at-acme, price: ${price(2)} }
      - { provider: groq, model: both-at-groq, price: ${price(1)} }
  acme/routed:
    hosts:
      - { provider: acme, model: routed-at-acme, price: ${price(2)} }
      - { provider: openrouter, model: routed-at-openrouter, price: ${price(2)} }
  acme/wide:
    hosts:
      - { provider: groq, model: wide-at-groq }
      - { provider: xai, model: wide-at-xai }
      - { provider: openrouter, model: wide-at-openrouter }
  acme/thinker:
    capabilities: [reasoning]
    hosts: [{ provider: groq, model: thinker }]
  acme/talker:
    hosts: [{ provider: groq, model: talker }]
  acme/refuser: { capabilities: [reasoning], hosts: [{ provider: groq, model: qwen }] }
  acme/short:
    context_window: 8192
    hosts: [{ provider: acme, model: short-at-acme }, { provider: groq, model: short-at-groq }]
  acme/as-short: { context_window: 8192, hosts: [{ provider: groq, model: as-short }] }
  acme/long: { context_window: 131072, hosts: [{ provider: groq, model: long }] }
auto: { models: [acme/talker, acme/thinker, acme/refuser, acme/short, acme/as-short, acme/long] }
router: { predictor: heuristic }
rules: rules.yaml
`,
    { files: { 'rules.yaml': RULES } },
  );
});

afterAll(async () => {
  await gateway.close();
  await acme.close();
  await router.close();
});

beforeEach(async () => {
  // A success, so that failures of another test do not leave the host resting.
  await chat('acme/alone', {});
  acme.requests.length = 0;
  router.requests.length = 0;
});

const chat = (model: string, more: Record<string, unknown>) =>
  post(`${gateway.url}/v1/chat/completions`, ask(model, 'hi', more));
const asked = (): unknown[] =>
  [...acme.requests, ...router.requests].map(({ json }) => json['model']);

describe('models listed in a request', () => {
  test.each([
    ['models', ['acme/other']],
    ['models', ['acme/alone', 'acme/other']],
    ['fallbacks', ['acme/other']],
    ['fallbacks', [{ model: 'acme/other' }]],
  ])('are tried in order after the first has failed: %s %j', async (name, list) => {
    acme.next(refuses(503, 'down'));

    const { status, headers } = await chat('acme/alone', { [name]: list, route: 'fallback' });

    expect(status).toBe(200);
    expect(asked()).toEqual(['alone', 'other']);
    expect(headers.get('x-suffice-model')).toBe('acme/other');
    expect(headers.get('x-suffice-reason')).toBe('fallback');
  });

  test('are all tried, whatever the limit of attempts per model', async () => {
    acme.next(refuses(503, 'down'), refuses(503, 'down'), refuses(503, 'down'));

    const { status } = await chat('acme/alone', { models: ['acme/both', 'acme/other'] });

    expect(status).toBe(200);
    expect(asked()).toEqual(['alone', 'both-at-acme', 'both-at-groq', 'other']);
  });

  test('are tried only after hosts of the first model that are not resting', async () => {
    acme.next(...Array.from({ length: 6 }, () => refuses(503, 'down')));
    for (let i = 0; i < 3; i += 1) await chat('acme/wide', {});
    acme.requests.length = 0;

    await chat('acme/wide', { models: ['acme/other'] });

    expect(asked()).toEqual(['wide-at-openrouter']);
  });

  test('are tried when the context of the first is too short', async () => {
    const error = { message: 'too long', code: 'context_length_exceeded' };
    acme.next(sends(400, JSON.stringify({ error })));

    const { status } = await chat('acme/alone', { models: ['acme/other'] });

    expect(status).toBe(200);
    expect(asked()).toEqual(['alone', 'other']);
  });

  test('are not required for a policy: a request too long for one model goes to another', async () => {
    const error = { message: 'too long', code: 'context_length_exceeded' };
    acme.next(sends(400, JSON.stringify({ error })));

    const { status, headers } = await chat('auto', {});

    expect(status).toBe(200);
    expect(headers.get('x-suffice-reason')).toBe('fallback');
  });

  test('are not required for a policy: a request too long for one model goes to one with a longer context, not to another host', async () => {
    const error = { message: 'too long', code: 'context_length_exceeded' };
    acme.next(sends(400, JSON.stringify({ error })));

    const { status } = await chat('short', {});

    expect(status).toBe(200);
    expect(asked()).toEqual(['short-at-acme', 'long']);
  });

  test('are not tried when the request itself is faulty', async () => {
    acme.next(refuses(400, 'no such role'));

    expect((await chat('acme/alone', { models: ['acme/other'] })).status).toBe(400);
    expect(asked()).toEqual(['alone']);
  });

  test('replace a missing model', async () => {
    const body = { models: ['acme/other'], messages: [{ role: 'user', content: 'hi' }] };
    const { status } = await post(`${gateway.url}/v1/chat/completions`, body);

    expect(status).toBe(200);
    expect(asked()).toEqual(['other']);
  });

  test('are shown by POST /v1/route, which calls no provider', async () => {
    const body = ask('acme/alone', 'hi', { models: ['acme/both', 'acme/alone', 'acme/other'] });
    const { json } = await post(`${gateway.url}/v1/route`, body);

    expect(json).toMatchObject({ model: 'acme/alone', fallbacks: ['acme/both', 'acme/other'] });
    expect(asked()).toEqual([]);
  });

  test('are not forwarded to providers', async () => {
    await chat('acme/routed', { models: ['acme/other'], route: 'fallback', fallbacks: [] });

    expect(Object.keys(acme.requests[0]?.json ?? {})).toEqual(['model', 'messages']);
  });

  test.each([
    [{ models: ['acme/alone', 'acme/nothing'] }, 404, 'models[1]', /no model or policy/u],
    [{ models: ['auto'] }, 400, 'models[0]', /"auto" is a policy/u],
    [{ models: 'acme/other' }, 400, 'models', /must be an array of models/u],
    [{ fallbacks: [{ 'acme/alone': ['x'] }] }, 400, 'fallbacks[0]', /must be a model name/u],
  ])('are rejected when they are invalid: %j', async (more, wanted, param, message) => {
    const { status, json } = await chat('acme/alone', more);

    expect(status).toBe(wanted);
    expect(json['error']).toMatchObject({ param, message: expect.stringMatching(message) });
    expect(asked()).toEqual([]);
  });
});

describe('provider preferences in a request', () => {
  test.each([
    [{ order: ['groq'] }, 'both-at-groq'],
    [{ order: ['Groq'], allow_fallbacks: false }, 'both-at-groq'],
    [{ only: ['groq/fast', 'azure'] }, 'both-at-groq'],
    [{ ignore: ['acme'] }, 'both-at-groq'],
    [{ sort: 'price' }, 'both-at-groq'],
    [{ sort: { by: 'price', partition: 'none' } }, 'both-at-groq'],
    [{ max_price: { prompt: 1, completion: '1.5' } }, 'both-at-groq'],
    [{ only: [], data_collection: 'allow', zdr: false }, 'both-at-acme'],
  ])('decide which host is tried first: %j', async (provider, first) => {
    const { status } = await chat('acme/both', { provider });

    expect(status).toBe(200);
    expect(asked()).toEqual([first]);
    expect(acme.requests[0]?.json).not.toHaveProperty('provider');
  });

  test.each([
    [{ order: ['groq'], allow_fallbacks: false }],
    [{ allow_fallbacks: false }],
    [{ only: ['groq'] }],
  ])('restrict the hosts that are tried: %j', async (provider) => {
    acme.next(refuses(503, 'down'));

    expect((await chat('acme/both', { provider })).status).toBe(502);
    expect(asked()).toHaveLength(1);
  });

  test('that leave no host are rejected with the hosts of the model', async () => {
    const { status, json } = await chat('acme/both', { provider: { only: ['azure'] } });

    expect(status).toBe(422);
    expect(json['error']).toMatchObject({
      code: 'no_candidate',
      message: expect.stringContaining('"acme/both" is available from acme, groq'),
    });
  });

  test.each([
    [{ data_collection: 'deny' }, 'provider.data_collection'],
    [{ zdr: true }, 'provider.zdr'],
    [{ require_parameters: true }, 'provider.require_parameters'],
    [{ max_price: { image: 1 } }, 'provider.max_price.image'],
    [{ not_known_yet: ['x'] }, 'provider.not_known_yet'],
  ])('that the gateway cannot guarantee are rejected: %j', async (provider, param) => {
    const { status, json } = await chat('acme/both', { provider });

    expect(status).toBe(400);
    expect(json['error']).toMatchObject({ code: 'invalid_request', param });
    expect(asked()).toEqual([]);
  });

  test('are left to OpenRouter when it serves the model', async () => {
    const provider = { data_collection: 'deny', only: ['azure'] };
    const { status } = await chat('acme/routed', { provider, models: ['acme/routed'] });

    expect(status).toBe(200);
    expect(asked()).toEqual(['routed-at-openrouter']);
    expect(router.requests[0]?.json).toMatchObject({ provider });
  });

  test('with models that are unknown here are left to OpenRouter', async () => {
    const models = ['x-ai/grok-9', 'acme/alone'];

    const { status } = await chat('acme/routed', { models, route: 'fallback' });
    const unknown = await chat('acme/alone', { models });

    expect(status).toBe(200);
    expect(asked()).toEqual(['routed-at-openrouter']);
    expect(router.requests.at(-1)?.json).toMatchObject({ models, route: 'fallback' });
    expect(unknown.status).toBe(404);
  });

  test('that OpenRouter cannot satisfy do not make it rest', async () => {
    router.next(...Array.from({ length: 3 }, () => refuses(404, 'No endpoints found')));
    const terms = { provider: { order: ['openrouter'], zdr: true } };
    for (let i = 0; i < 3; i += 1) await chat('acme/routed', terms);
    router.requests.length = 0;
    acme.requests.length = 0;

    await chat('acme/routed', { provider: { order: ['openrouter'] } });

    expect(asked()).toEqual(['routed-at-openrouter']);
  });

  test('are rejected when OpenRouter’s dialect cannot express them', async () => {
    const other = await startApp(`
providers:
  openrouter: { base_url: '${router.baseUrl}', api_key: sk-o, dialect: anthropic }
models:
  acme/routed: { hosts: [{ provider: openrouter, model: routed }] }
`);
    const body = ask('acme/routed', 'hi', { provider: { zdr: true } });
    const { status } = await post(`${other.url}/v1/chat/completions`, body);
    await other.close();

    expect(status).toBe(400);
    expect(asked()).toEqual([]);
  });

  test('that are optional and not supported are named as dropped', async () => {
    const provider = { sort: 'throughput', preferred_max_latency: 3 };
    const { status, headers } = await chat('acme/both', { provider });

    expect(status).toBe(200);
    expect(headers.get('x-suffice-dropped')).toBe('provider.sort, provider.preferred_max_latency');
  });

  test.each([
    [{ provider: { only: ['groq'] } }, 'provider'],
    [{ provider: { data_collection: 'deny' } }, 'provider'],
    [{ models: ['acme/other'] }, 'models'],
  ])('are rejected for a policy: %j', async (more, param) => {
    const { status, json } = await chat('auto', more);

    expect(status).toBe(400);
    expect(json['error']).toMatchObject({ param, message: expect.stringContaining('is a policy') });
  });

  test('that are not an object are forwarded unchanged', async () => {
    await chat('acme/alone', { provider: 'x' });

    expect(acme.requests[0]?.json).toMatchObject({ provider: 'x' });
  });
});

describe('OpenRouter’s request members', () => {
  test.each([
    [{ reasoning: { effort: 'low' } }, { reasoning_effort: 'low' }],
    [{ reasoning: { max_tokens: 9_000 } }, { reasoning_effort: 'medium' }],
    [
      { reasoning: { enabled: true }, seed: 1 },
      { reasoning_effort: 'medium', seed: 1 },
    ],
    [{ reasoning: { enabled: false } }, { reasoning_effort: 'none' }],
    [{ reasoning: { effort: 'low' }, reasoning_effort: 'high' }, { reasoning_effort: 'high' }],
    [{ reasoning: {} }, {}],
  ])('reasoning sets the effort in the provider’s format: %j', async (more, sent) => {
    const { headers } = await chat('acme/thinker', more);

    expect(acme.requests[0]?.json).toEqual({ ...(ask('thinker', 'hi') as object), ...sent });
    expect(headers.has('x-suffice-dropped')).toBe(false);
  });

  test('reasoning is dropped, and named as dropped, for a model without reasoning', async () => {
    const { headers } = await chat('acme/talker', { reasoning: { effort: 'high', exclude: true } });

    expect(acme.requests[0]?.json).toEqual(ask('talker', 'hi'));
    expect(headers.get('x-suffice-dropped')).toBe('reasoning.exclude, reasoning');
  });

  test('reasoning is dropped for a model of a policy that rejects it', async () => {
    const { headers } = await chat('refuser', { reasoning: { effort: 'high' } });

    expect(acme.requests[0]?.json).toEqual(ask('qwen', 'hi'));
    expect(headers.get('x-suffice-dropped')).toBe('reasoning');
  });

  test('reasoning is forwarded to a provider that accepts the object', async () => {
    await chat('acme/alone', { reasoning: { effort: 'low' } });

    expect(acme.requests[0]?.json).toMatchObject({ reasoning: { effort: 'low' } });
  });

  test('usage and transforms are dropped for a model of a policy that rejects them', async () => {
    const { headers } = await chat('auto', {
      usage: { include: true },
      transforms: ['middle-out'],
    });

    expect(acme.requests[0]?.json).toEqual(ask('talker', 'hi'));
    expect(headers.get('x-suffice-dropped')).toBe('usage, transforms');
  });
});
