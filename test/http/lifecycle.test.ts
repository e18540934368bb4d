import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { setImmediate as passing } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ask, post, SHIPPED, startApp, type TestApp } from '../support/app.js';
import { answers, FakeUpstream, sends, stalls, type Exchange } from '../support/fake-upstream.js';
import { FakeClock, hurriedClock } from '../support/fake-clock.js';

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

const metricsText = async () => (await fetch(`${gateway.url}/metrics`)).text();

describe('reload', () => {
  test('applies a changed configuration', async () => {
    gateway = await simulated();
    await writeFile(
      path.join(gateway.folder, 'suffice.yaml'),
      `${SIMULATED}aliases: { mine: simulation/nano }`,
    );

    const taken = await gateway.app.reload();

    const { headers } = await post(`${gateway.url}/v1/chat/completions`, ask('mine', 'hi'));
    expect(taken).toBe(true);
    expect(headers.get('x-suffice-model')).toBe('simulation/nano');
  });

  test('keeps the old configuration when the new one is faulty, and reports it in /readyz, metrics and the log', async () => {
    gateway = await simulated();
    await writeFile(path.join(gateway.folder, 'suffice.yaml'), `${SIMULATED}alaises: {}`);

    const taken = await gateway.app.reload();

    const { status } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
    const ready = await get('/readyz');
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect([taken, status, ready.status]).toEqual([false, 200, 200]);
    expect(ready.json).toMatchObject({
      stale: true,
      faults: [expect.stringMatching(/suffice\.yaml:4:1: error: .*did you mean "aliases"/u)],
    });
    expect(metrics).toMatch(/suffice_config_stale 1/u);
    expect(gateway.logged()).toContainEqual(expect.objectContaining({ level: 'error' }));
  });

  test('keeps the old configuration when an artefact cannot be read', async () => {
    const catalog = path.join(await mkdtemp(path.join(tmpdir(), 'shipped-')), 'catalog');
    await symlink(SHIPPED.catalog, catalog);
    gateway = await simulated('', { shipped: { catalog } });
    await rm(catalog);

    const taken = await gateway.app.reload();

    const { status } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
    expect([taken, status]).toEqual([false, 200]);
    expect((await get('/readyz')).json).toMatchObject({
      stale: true,
      faults: [expect.stringContaining('ENOENT')],
    });
    await symlink(SHIPPED.catalog, catalog);
    expect(await gateway.app.reload()).toBe(true);
    expect((await get('/readyz')).json).toMatchObject({ stale: false, faults: [] });
  });

  test('runs after a reload that is in progress', async () => {
    gateway = await simulated();
    const file = path.join(gateway.folder, 'suffice.yaml');
    await writeFile(file, `${SIMULATED}alaises: {}`);

    const refused = gateway.app.reload();
    await writeFile(file, `${SIMULATED}aliases: { mine: simulation/nano }`);
    const taken = gateway.app.reload();

    await refused;
    expect(await taken).toBe(true);
    expect((await get('/readyz')).json).toMatchObject({ stale: false });
  });

  test('keeps the old rules when a test of the new ones fails', async () => {
    const rules = (model: string) => `
version: 1
policies: { auto: {} }
rules: [{ name: pin-it, pin: simulation/${model} }]
`;
    const tests = `
version: 1
tests:
  - { name: small answers, policy: auto, input: hi, expect: { model: simulation/small, rule: pin-it } }
`;
    gateway = await simulated('rules: my.yaml', {
      files: { 'my.yaml': rules('small'), 'my.test.yaml': tests },
    });
    await writeFile(path.join(gateway.folder, 'my.yaml'), rules('frontier'));

    const taken = await gateway.app.reload();

    const { headers } = await post(`${gateway.url}/v1/chat/completions`, ask('auto', 'hi'));
    expect(taken).toBe(false);
    expect(headers.get('x-suffice-model')).toBe('simulation/small');
    expect((await get('/readyz')).json).toMatchObject({
      faults: [expect.stringContaining('small answers')],
    });
  });

  test('lets requests in flight finish with their configuration', async () => {
    const upstream = await FakeUpstream.start();
    const config = (name: string) => `
providers: { acme: { base_url: "${upstream.baseUrl}", models: [${name}] } }
router: { predictor: heuristic }
`;
    gateway = await startApp(config('one'));
    const held: Exchange[] = [];
    upstream.next((exchange) => held.push(exchange));
    const reply = post(`${gateway.url}/v1/chat/completions`, ask('acme/one', 'hi'));
    await upstream.received();

    await writeFile(path.join(gateway.folder, 'suffice.yaml'), config('two'));
    await gateway.app.reload();
    for (const exchange of held) answers()(exchange);

    expect((await reply).status).toBe(200);
    expect((await post(`${gateway.url}/v1/chat/completions`, ask('acme/two', 'hi'))).status).toBe(
      200,
    );
    await upstream.close();
  });

  test('lets a token count in flight finish', async () => {
    const upstream = await FakeUpstream.start();
    const config = `
providers: { claude: { base_url: "${upstream.baseUrl}", dialect: anthropic, models: [large] } }
router: { predictor: heuristic }
`;
    gateway = await startApp(config);
    const held: Exchange[] = [];
    upstream.next((exchange) => held.push(exchange));
    const reply = post(`${gateway.url}/v1/messages/count_tokens`, ask('claude/large', 'hi'));
    await upstream.received();

    await gateway.app.reload();
    for (const exchange of held) sends(200, '{"input_tokens":42}')(exchange);

    expect((await reply).json).toEqual({ input_tokens: 42 });
    await upstream.close();
  });

  test('lets a request that was waiting for a shared answer make its own', async () => {
    const upstream = await FakeUpstream.start();
    const config = `
providers: { acme: { base_url: "${upstream.baseUrl}", models: [one] } }
router: { predictor: heuristic }
cache: { mode: exact, max_entry_bytes: 1024 }
`;
    gateway = await startApp(config);
    const held: Exchange[] = [];
    upstream.next((exchange) => held.push(exchange));
    const url = `${gateway.url}/v1/chat/completions`;
    const streamed = post(url, ask('acme/one', 'hi', { stream: true }));
    await upstream.received();
    const waits = post(url, ask('acme/one', 'hi'));
    while (!(await metricsText()).includes('suffice_requests_in_flight 2')) await passing();

    await gateway.app.reload();
    // Too long to be cached, so that the stream cannot be shared as a whole answer.
    for (const exchange of held) answers('x'.repeat(5_000))(exchange);

    expect((await streamed).status).toBe(200);
    expect((await waits).status).toBe(200);
    expect(upstream.requests).toHaveLength(2);
    await upstream.close();
  });
});

describe('close', () => {
  test('lets requests in flight finish, and accepts no new ones', async () => {
    const upstream = await FakeUpstream.start();
    gateway = await startApp(`
providers: { acme: { base_url: "${upstream.baseUrl}", models: [one] } }
router: { predictor: heuristic }
`);
    const held: Exchange[] = [];
    upstream.next((exchange) => held.push(exchange));
    const reply = post(`${gateway.url}/v1/chat/completions`, ask('acme/one', 'hi'));
    await upstream.received();

    const closed = gateway.app.close();
    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow();
    for (const exchange of held) answers()(exchange);

    expect((await reply).status).toBe(200);
    await closed;
    await upstream.close();
    gateway = await simulated();
  });

  test('announces draining for the configured delay, during which requests are served', async () => {
    const upstream = await FakeUpstream.start();
    upstream.always(answers());
    const clock = new FakeClock();
    gateway = await startApp(
      `
providers: { acme: { base_url: "${upstream.baseUrl}", models: [one] } }
router: { predictor: heuristic }
server: { drain_delay_ms: 5000 }
`,
      { clock },
    );
    const before = await fetch(`${gateway.url}/readyz`);

    const closed = gateway.app.close();
    clock.advance(4_999);
    const ready = await fetch(`${gateway.url}/readyz`);
    const reply = await post(`${gateway.url}/v1/chat/completions`, ask('acme/one', 'hi'));
    clock.advance(1);

    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow();
    await closed;
    expect([before.status, ready.status, reply.status]).toEqual([200, 503, 200]);
    expect(await ready.json()).toMatchObject({ status: 'draining' });
    const said = [before.headers, ready.headers, reply.headers].map((all) => all.get('connection'));
    expect(said).toEqual(['keep-alive', 'close', 'close']);
    await upstream.close();
    await rm(gateway.folder, { recursive: true, force: true });
    gateway = await simulated();
  });

  test('skips the rest of the delay after cutOff', async () => {
    const clock = new FakeClock();
    gateway = await startApp(`${SIMULATED}server: { drain_delay_ms: 5000 }`, { clock });

    const closed = gateway.app.close();
    gateway.app.cutOff();

    await closed;
    await expect(fetch(`${gateway.url}/healthz`)).rejects.toThrow();
    await rm(gateway.folder, { recursive: true, force: true });
    gateway = await simulated();
  });

  test('aborts requests in flight after cutOff', async () => {
    const upstream = await FakeUpstream.start();
    upstream.always(stalls);
    gateway = await startApp(`
providers: { acme: { base_url: "${upstream.baseUrl}", models: [one] } }
router: { predictor: heuristic }
`);
    const failed = post(`${gateway.url}/v1/chat/completions`, ask('acme/one', 'hi')).then(
      () => false,
      () => true,
    );
    await upstream.received();

    const closed = gateway.app.close();
    gateway.app.cutOff();

    await closed;
    expect(await failed).toBe(true);
    await upstream.close();
    await rm(gateway.folder, { recursive: true, force: true });
    gateway = await simulated();
  });

  test('aborts requests in flight at the drain timeout', async () => {
    const upstream = await FakeUpstream.start();
    upstream.always(stalls);
    gateway = await startApp(`
providers: { acme: { base_url: "${upstream.baseUrl}", models: [one] } }
router: { predictor: heuristic }
server: { drain_timeout_ms: 100 }
models: { acme/one: { hosts: [{ provider: acme, model: one, price: { input: 10, output: 40 } }] } }
`);
    const reply = post(`${gateway.url}/v1/chat/completions`, ask('acme/one', 'hi'));
    const failed = reply.then(
      () => false,
      () => true,
    );
    await upstream.received();

    await gateway.app.close();

    expect(await failed).toBe(true);
    expect(gateway.logged().at(-1)).toMatchObject({
      error: 'client_closed',
      estimated: true,
      costUsd: expect.any(Number),
    });
    await upstream.close();
    await rm(gateway.folder, { recursive: true, force: true });
    gateway = await simulated();
  });
});
