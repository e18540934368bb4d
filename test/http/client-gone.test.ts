import { setImmediate as passing } from 'node:timers/promises';
import { ask, startApp, type TestApp } from '../support/app.js';
import {
  type Behaviour,
  FakeUpstream,
  stalls,
  streamsAndStalls,
  textEvents,
} from '../support/fake-upstream.js';

const USD_PER_INPUT_TOKEN = 10 / 1e6;
const USD_PER_OUTPUT_TOKEN = 40 / 1e6;

let upstream: FakeUpstream;
let gateway: TestApp;

beforeEach(async () => {
  upstream = await FakeUpstream.start();
  gateway = await startApp(`
router: { predictor: heuristic }
providers:
  acme: { base_url: "${upstream.baseUrl}", api_key: sk-acme, models: [small] }
  beta: { base_url: "${upstream.baseUrl}", api_key: sk-beta, models: [small] }
models:
  acme/small:
    hosts:
      - { provider: acme, model: small, price: { input: 10, output: 40 } }
      - { provider: beta, model: small, price: { input: 10, output: 40 } }
`);
});

afterEach(async () => {
  await gateway.close();
  await upstream.close();
});

const [OPENING = '', ...WORDS] = textEvents('Half an answer and no more.');
const HALF_STREAM = [OPENING, ...WORDS.slice(0, 3)];

const halfBody: Behaviour = ({ response }) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write('{"id":"c1","choices":[');
};

const pass = { model: 'acme/small', prompt: 'A cat' };
const chat = ask('acme/small', 'Hello there, how are you?');
const stream = ask('acme/small', 'Hello there, how are you?', { stream: true });

interface Phase {
  readonly phase: string;
  readonly path: string;
  readonly body: unknown;
  readonly behaviour: Behaviour;
  /** The client has received the beginning of the answer. */
  readonly hasBegun: boolean;
}

const phases: readonly Phase[] = [
  { phase: 'before a whole answer', body: chat, behaviour: stalls },
  { phase: 'in the middle of a whole answer', body: chat, behaviour: halfBody },
  { phase: 'before a stream', body: stream, behaviour: stalls },
  { phase: 'before the first event of a stream', body: stream, behaviour: streamsAndStalls() },
  { phase: 'before the first word', body: stream, behaviour: streamsAndStalls(OPENING) },
  {
    phase: 'in the middle of a stream',
    body: stream,
    behaviour: streamsAndStalls(...HALF_STREAM),
    hasBegun: true,
  },
  {
    phase: 'in the middle of a pass-through answer',
    path: '/v1/images/generations',
    body: pass,
    behaviour: halfBody,
    hasBegun: true,
  },
].map((one) => ({ path: '/v1/chat/completions', hasBegun: false, ...one }));

/** Sends a request and disconnects in its phase. */
async function disconnectIn({ path, body, hasBegun }: Phase): Promise<void> {
  const before = upstream.requests.length;
  const client = new AbortController();
  const reply = fetch(`${gateway.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: client.signal,
  });
  reply.catch(() => undefined);
  await upstream.received(before + 1);
  if (hasBegun) await (await reply).body?.getReader().read();
  client.abort();
  await upstream.requests[before]?.closed;
}

async function logLines(count: number): Promise<readonly Record<string, unknown>[]> {
  const lines = () => gateway.logged().filter(({ msg }) => msg === 'request');
  while (lines().length < count) await passing();
  return lines();
}

describe('a client that disconnects', () => {
  test.each(phases)(
    '$phase ends the upstream request, is not retried, and leaves nothing in flight',
    async (phase) => {
      upstream.always(phase.behaviour);

      // As many as would make the place rest if it were at fault.
      for (let i = 0; i < 3; i++) await disconnectIn(phase);

      const lines = await logLines(3);
      const ready = await fetch(`${gateway.url}/readyz`);
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      expect(lines).toHaveLength(3);
      for (const line of lines) {
        expect(line).toMatchObject({ status: 499, error: 'client_closed', attempts: 1 });
      }
      expect(upstream.requests).toHaveLength(3);
      expect(await ready.json()).toMatchObject({ resting: [] });
      expect(metrics).toContain('suffice_requests_in_flight 0\n');
    },
  );

  test('in the middle of a stream is charged for what was written until then', async () => {
    const phase = phases.find((one) => one.phase === 'in the middle of a stream');
    if (phase === undefined) throw new Error('there is no such phase');
    upstream.always(phase.behaviour);

    await disconnectIn(phase);

    const [line] = await logLines(1);
    const { inputTokens, outputTokens, costUsd } = line as Record<string, number>;
    expect(line).toMatchObject({ estimated: true });
    expect(inputTokens).toBeGreaterThan(4);
    expect(outputTokens).toBe(Math.ceil('Half an answer'.length / 4));
    expect(costUsd).toBeCloseTo(
      (inputTokens ?? 0) * USD_PER_INPUT_TOKEN + (outputTokens ?? 0) * USD_PER_OUTPUT_TOKEN,
      12,
    );
  });
});

test('a request that failed is no longer in flight', async () => {
  upstream.always(({ socket }) => socket.destroy());

  const reply = await fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(chat),
  });

  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(reply.status).toBe(502);
  expect(metrics).toContain('suffice_requests_in_flight 0\n');
});
