import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ask, post, ROOT, startApp, type TestApp } from '../support/app.js';
import { hurriedClock } from '../support/fake-clock.js';

const SIMULATED = `
providers: { simulation: {} }
router: { predictor: heuristic }
`;

let gateway: TestApp;

afterEach(async () => {
  await gateway.close();
});

const simulated = (more = '', options: Parameters<typeof startApp>[1] = {}): Promise<TestApp> =>
  startApp(SIMULATED + more, { ...options, clock: hurriedClock });

const get = async (place: string) => {
  const response = await fetch(`${gateway.url}${place}`);
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};

describe('GET /v1/models', () => {
  test('lists policies and models, with prices and capabilities', async () => {
    gateway = await simulated();

    const { json } = await get('/v1/models');

    const data = json['data'] as Record<string, unknown>[];
    expect(data.find(({ id }) => id === 'auto')).toMatchObject({
      owned_by: 'suffice',
      policy: true,
    });
    expect(data.find(({ id }) => id === 'simulation/frontier')).toMatchObject({
      object: 'model',
      simulated: true,
      capabilities: expect.arrayContaining(['tools', 'vision']),
      pricing: { input: 5, output: 25, unit: 'USD per million tokens' },
    });
  });

  test('returns one model, also by a name with a slash', async () => {
    gateway = await simulated();

    expect((await get('/v1/models/simulation/nano')).json).toMatchObject({ id: 'simulation/nano' });
    expect((await get('/v1/models/simulation%2Fnano')).json).toMatchObject({
      id: 'simulation/nano',
    });
    expect((await get('/v1/models/auto%2Fcheap')).json).toMatchObject({ id: 'auto/cheap' });
  });
});

describe('POST /v1/route', () => {
  test('returns a decision without calling a provider', async () => {
    gateway = await simulated();

    const { status, json } = await post(`${gateway.url}/v1/route`, ask('auto', 'hi'));

    expect(status).toBe(200);
    expect(json).toMatchObject({
      object: 'decision',
      policy: 'auto',
      model: expect.stringMatching(/^simulation\//u),
      candidates: expect.arrayContaining([
        expect.objectContaining({ model: 'simulation/nano', success: expect.any(Number) }),
      ]),
      receipt: { rules: expect.any(String), predictor: 'heuristic', catalog: expect.any(String) },
    });
    expect(gateway.logged().filter(({ msg }) => msg === 'request')).toHaveLength(0);
  });
});

test('previews of POST /v1/route are not counted, and do not affect prices', async () => {
  gateway = await simulated();
  for (let i = 0; i < 20; i++) await post(`${gateway.url}/v1/route`, ask('auto', `hi ${i}`));

  const { json } = await post(`${gateway.url}/v1/route`, ask('auto', 'hi'));

  // The heuristic brings no usual prompts: without traffic there is nothing to find a price from.
  expect(json).toMatchObject({ receipt: { price: null } });
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).not.toMatch(/^suffice_decisions_total\{/mu);
});

describe('GET /v1/decisions/:id', () => {
  test('returns a decision with its outcome, without the prompt', async () => {
    gateway = await simulated();
    const { headers } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));

    const { json } = await get(`/v1/decisions/${headers.get('x-suffice-decision') ?? ''}`);

    expect(json).toMatchObject({
      model: headers.get('x-suffice-model'),
      reason: headers.get('x-suffice-reason'),
      flips: expect.any(Array),
      features: { language: expect.any(String), needs: [] },
      outcome: {
        status: 200,
        error: null,
        usage: { estimated: false },
        cost_usd: expect.any(Number),
      },
    });
    expect(JSON.stringify(json)).not.toContain('"hi"');
  });

  test('shows a key only its own decisions, unless it has decisions: all', async () => {
    gateway = await simulated(`keys:
  - { name: one, key: key-number-one }
  - { name: two, key: key-number-two }
  - { name: ops, key: key-number-three, decisions: all }
`);
    const as = (key: string) => ({ authorization: `Bearer ${key}` });
    const body = ask('auto', 'hi');
    const { headers } = await post(
      `${gateway.url}/v1/chat/completions`,
      body,
      as('key-number-one'),
    );
    const url = `${gateway.url}/v1/decisions/${headers.get('x-suffice-decision') ?? ''}`;

    const replies = await Promise.all(
      ['key-number-one', 'key-number-two', 'key-number-three'].map((key) =>
        fetch(url, { headers: as(key) }),
      ),
    );

    expect(replies.map(({ status }) => status)).toEqual([200, 404, 200]);
    expect(await replies[1]?.text()).toContain('decisions: all');
  });
});

describe('/metrics', () => {
  test('counts requests, tokens, cost, decisions and errors, and separates overhead from upstream time', async () => {
    gateway = await simulated();
    await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
    await post(`${gateway.url}/v1/chat/completions`, '{');

    const text = await (await fetch(`${gateway.url}/metrics`)).text();

    expect(text).toMatch(/suffice_requests_total\{model="simulation\/\w+",status="200"\} 1/u);
    expect(text).toMatch(
      /suffice_decisions_total\{policy="auto",reason="\w+",model="simulation\/\w+"\} 1/u,
    );
    expect(text).toMatch(/suffice_tokens_total\{model="simulation\/\w+",kind="output"\} \d+/u);
    expect(text).toMatch(/suffice_errors_total\{code="invalid_json"\} 1/u);
    expect(text).toMatch(/suffice_overhead_seconds_count 1/u);
    expect(text).toMatch(/suffice_upstream_first_byte_seconds_count 1/u);
    expect(text).toMatch(/suffice_requests_in_flight 0/u);
  });
});

describe('API keys', () => {
  test('are required everywhere except at the health checks', async () => {
    gateway = await simulated(
      `keys: [{ name: web, key: sk-web-0123456789abcdef, metadata: { tier: paid } }]`,
    );

    const refused = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
    const admitted = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'), {
      authorization: 'Bearer sk-web-0123456789abcdef',
    });

    expect(refused.status).toBe(401);
    expect(refused.json).toMatchObject({ error: { code: 'invalid_api_key' } });
    expect(admitted.status).toBe(200);
    expect((await fetch(`${gateway.url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${gateway.url}/readyz`)).status).toBe(200);
    expect(gateway.logged()).toContainEqual(expect.objectContaining({ caller: 'web' }));
  });
});

describe('predictor artefacts', () => {
  test('that are missing leave the gateway answering with degraded decisions', async () => {
    gateway = await startApp('providers: { simulation: {} }', {
      clock: hurriedClock,
      shipped: { artefacts: path.join('/nonexistent', 'artefacts') },
    });

    const { status, headers } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));

    expect(status).toBe(200);
    expect(headers.get('x-suffice-degraded')).toBe('predictor_unavailable');
    expect(headers.get('x-suffice-reason')).toBe('heuristic');
    expect((await get('/readyz')).json).toMatchObject({ degraded: 'predictor_unavailable' });
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/suffice_degraded_decisions_total\{cause="predictor_unavailable"\} 1/u);
  });

  test('that were altered are rejected by their hash, with the file in the log', async () => {
    const artefacts = await mkdtemp(path.join(tmpdir(), 'artefacts-'));
    for (const name of ['manifest.json', 'embedder.bin', 'predictor.bin']) {
      await copyFile(path.join(ROOT, 'models', name), path.join(artefacts, name));
    }
    const file = await open(path.join(artefacts, 'predictor.bin'), 'r+');
    await file.write(Buffer.from([7]), 0, 1, 5000);
    await file.close();

    gateway = await startApp('providers: { simulation: {} }', {
      clock: hurriedClock,
      shipped: { artefacts },
    });

    const { headers } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
    expect(headers.get('x-suffice-degraded')).toBe('predictor_unavailable');
    expect(gateway.logged()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        reason: expect.stringMatching(/predictor\.bin: expected SHA-256/u),
      }),
    );
    await rm(artefacts, { recursive: true });
  });
});

describe('client request id', () => {
  const ids = () =>
    gateway
      .logged()
      .filter(({ msg }) => msg === 'request' || msg === 'request refused')
      .map(({ clientRequestId }) => clientRequestId);

  test('is logged for served, cached and rejected requests', async () => {
    gateway = await simulated('cache: { mode: exact }');
    const send = (model: string, headers: Record<string, string>) =>
      post(`${gateway.url}/v1/chat/completions`, ask(model, 'hi'), headers);

    await send('auto', { 'x-client-request-id': 'app-1', 'x-request-id': 'proxy-1' });
    await send('auto', { 'x-request-id': 'proxy-2' });
    await send('gpt-99', { 'x-request-id': 'x'.repeat(200) });
    await send('auto', {});

    expect(ids()).toEqual(['app-1', 'proxy-2', 'x'.repeat(128), undefined]);
    expect(gateway.logged().filter(({ reason }) => reason === 'cached')).toHaveLength(2);
  });
});

describe('control headers of other gateways', () => {
  test.each([
    ['/v1/chat/completions', ask('simulation/small', 'hi')],
    ['/v1/chat/completions', ask('simulation/nothing', 'hi')],
    ['/v1/embeddings', { model: 'simulation/nothing', input: 'hi' }],
  ])('are named in x-suffice-ignored: %s', async (path, body) => {
    gateway = await simulated();

    const { headers } = await post(`${gateway.url}${path}`, body, {
      'x-portkey-api-key': 'pk',
      'x-portkey-config': '{"retry":{"attempts":3}}',
      'Helicone-Cache-Enabled': 'true',
      'cf-aig-skip-cache': 'true',
    });

    expect(headers.get('x-suffice-ignored')).toBe(
      'x-portkey-config, helicone-cache-enabled, cf-aig-skip-cache',
    );
  });

  test('cause no x-suffice-ignored when there are none', async () => {
    gateway = await simulated();
    const headers = { 'x-portkey-api-key': 'pk', 'x-stainless-lang': 'js' };

    const reply = await post(
      `${gateway.url}/v1/chat/completions`,
      ask('simulation/small', 'hi'),
      headers,
    );

    expect(reply.headers.has('x-suffice-ignored')).toBe(false);
  });
});
