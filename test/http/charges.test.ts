import { setImmediate as passing } from 'node:timers/promises';
import { ask, post, startApp, type TestApp } from '../support/app.js';
import {
  answers,
  type Behaviour,
  FakeUpstream,
  sse,
  stalls,
  streams,
  textEvents,
} from '../support/fake-upstream.js';

let upstream: FakeUpstream;
let gateway: TestApp;

beforeAll(async () => {
  upstream = await FakeUpstream.start();
  const { baseUrl } = upstream;
  gateway = await startApp(`
router: { predictor: heuristic }
timeouts: { first_byte_ms: 200 }
providers:
  acme: { base_url: "${baseUrl}", api_key: sk-acme, models: [both, claude] }
  beta: { base_url: "${baseUrl}", api_key: sk-b }
  claude: { base_url: "${baseUrl}", api_key: sk-c, dialect: anthropic, models: [claude] }
  narrow: { base_url: "${baseUrl}", api_key: sk-n, connections: 1, models: [one] }
models:
  narrow/one: { hosts: [{ provider: narrow, model: one, price: { input: 10, output: 40 } }] }
  acme/slow:
    hosts:
      - { provider: acme, model: both, price: { input: 10, output: 40 } }
      - { provider: beta, model: both, price: { input: 1, output: 2 } }
  claude/both:
    hosts:
      - { provider: claude, model: claude, price: { input: 10, output: 40 } }
      - { provider: acme, model: claude, price: { input: 1, output: 2 } }
`);
});

afterAll(async () => {
  await gateway.close();
  await upstream.close();
});

beforeEach(() => {
  upstream.requests.length = 0;
});

/** The usage that the fake reports, 11 tokens in and 7 out, at the second host's rates. */
const ANSWER_USD = (11 * 1 + 7 * 2) / 1e6;

const chat = (body: unknown, signal: AbortSignal | null = null): Promise<Response> =>
  fetch(`${gateway.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal,
  });

interface Attempt {
  readonly outcome: string;
  readonly cost_usd?: number;
  readonly usage?: { readonly input_tokens: number };
}

/** The recorded attempts of a request, and its whole cost. */
async function costOf(
  body: unknown,
): Promise<{ attempts: readonly Attempt[]; usd: number; basis: string | null }> {
  const response = await chat(body);
  await response.text();
  const id = response.headers.get('x-suffice-decision') ?? '';
  const decision = await fetch(`${gateway.url}/v1/decisions/${id}`);
  const { outcome } = (await decision.json()) as {
    outcome: { attempts: readonly Attempt[]; cost_usd: number };
  };
  const basis = response.headers.get('x-suffice-cost-basis');
  return { attempts: outcome.attempts, usd: outcome.cost_usd, basis };
}

describe('a failed attempt', () => {
  test('that timed out while the provider was answering is charged at its input', async () => {
    upstream.next(stalls, answers());

    const { attempts, usd, basis } = await costOf(ask('acme/slow', 'Hello there, how are you?'));

    const [failed, answered] = attempts;
    const tokens = failed?.usage?.input_tokens ?? 0;
    expect(attempts).toMatchObject([{ outcome: 'upstream_timeout' }, { outcome: 'ok' }]);
    expect(tokens).toBeGreaterThan(4);
    expect(failed?.cost_usd).toBeCloseTo((tokens * 10) / 1e6, 12);
    expect(answered).not.toHaveProperty('cost_usd');
    expect(usd).toBeCloseTo((tokens * 10) / 1e6 + ANSWER_USD, 12);
    expect(basis).toBe('estimated');
  });

  test('that reported its input before an error event is charged at that input', async () => {
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [],
      usage: { input_tokens: 2_000, output_tokens: 1 },
    };
    const error = { type: 'overloaded_error', message: 'Overloaded' };
    upstream.next(
      streams(
        `event: message_start\n${sse({ type: 'message_start', message })}`,
        `event: error\n${sse({ type: 'error', error })}`,
      ),
      answers(),
    );

    const { attempts, usd } = await costOf(ask('claude/both', 'Hello?', { stream: true }));

    const [failed] = attempts;
    expect(attempts).toMatchObject([{ usage: { input_tokens: 2_000 } }, { outcome: 'ok' }]);
    expect(failed?.cost_usd).toBeCloseTo((2_000 * 10) / 1e6, 12);
    expect(usd).toBeCloseTo((2_000 * 10) / 1e6 + ANSWER_USD, 12);
  });
});

test('a request that waited for a free connection when its client disconnected costs nothing', async () => {
  let finish = (): void => undefined;
  const held: Behaviour = (exchange) => {
    exchange.response.writeHead(200, { 'content-type': 'text/event-stream' });
    const [opening = '', word = '', ...rest] = textEvents('Hello there.', exchange.request);
    exchange.response.write(opening + word);
    finish = () => exchange.response.end(`${rest.join('')}data: [DONE]\n\n`);
  };
  upstream.next(held);
  const first = await chat(ask('narrow/one', 'first', { stream: true }));
  const lines = gateway.logged().length;
  const client = new AbortController();
  const waiting = chat(ask('narrow/one', 'second'), client.signal);
  waiting.catch(() => undefined);
  while (!(await metrics()).includes('suffice_requests_in_flight 2\n')) await passing();

  client.abort();
  while (gateway.logged().length === lines) await passing();
  finish();
  await first.text();

  expect(gateway.logged()[lines]).toMatchObject({
    status: 499,
    error: 'client_closed',
    costUsd: null,
  });
  expect(gateway.logged()[lines]).not.toHaveProperty('failedUsd');
  expect(upstream.requests).toHaveLength(1);
});

const metrics = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();

test('the expected cost of a request grows with the number of answers', async () => {
  const expected = async (n: number): Promise<{ cost_usd: number; output_tokens: number }> => {
    const { json } = await post(
      `${gateway.url}/v1/route`,
      ask('auto', 'Why is the sky blue?', { n }),
    );
    const candidates = json['candidates'] as {
      model: string;
      cost_usd: number;
      output_tokens: number;
    }[];
    const found = candidates.find(({ model }) => model === 'narrow/one');
    if (found === undefined) throw new Error('the model is no candidate');
    return found;
  };

  const [one, three] = [await expected(1), await expected(3)];

  expect(one.output_tokens).toBeGreaterThan(0);
  expect(three.cost_usd - one.cost_usd).toBeCloseTo((2 * one.output_tokens * 40) / 1e6, 9);
});
