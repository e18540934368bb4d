import { AnswerLengthTracker } from '../../src/account/answer-length.js';
import { FakeUpstream, sends, type Behaviour } from '../support/fake-upstream.js';
import { ask, post, startApp, type TestApp } from '../support/app.js';

/** The length factor after `answers` answers, each `times` as long as predicted. */
function expectedAfter(
  tracker: AnswerLengthTracker,
  times: number,
  answers: number,
  thinks = false,
): number {
  for (let i = 0; i < answers; i++) {
    const tokens = 100 * tracker.factorOf('m', false);
    const outputTokens = 100 * times;
    const reasoningTokens = thinks ? outputTokens - 100 : 0;
    tracker.record('m', { tokens, withTools: false }, { outputTokens, reasoningTokens });
  }
  return tracker.factorOf('m', false);
}

test('the length factor of a model is 1 before any answer is recorded', () => {
  expect(new AnswerLengthTracker().factorOf('m', false)).toBe(1);
});

test.each([0.2, 8])(
  'the length factor approaches %d as answers of that relative length are recorded',
  (times) => {
    const tracker = new AnswerLengthTracker();

    const afterOne = expectedAfter(tracker, times, 1);
    const afterMany = expectedAfter(tracker, times, 39);

    expect(Math.abs(Math.log(afterOne))).toBeLessThan(0.6 * Math.abs(Math.log(times)));
    expect(Math.abs(Math.log(afterMany / times))).toBeLessThan(0.5);
    expect(tracker.factorOf('m', true)).toBe(1);
  },
);

test('the visible length of all answers counts for an unknown model, the reasoning of one model does not', () => {
  const [terse, thoughtful] = [new AnswerLengthTracker(), new AnswerLengthTracker()];

  expect(expectedAfter(terse, 0.4, 60)).toBeLessThan(0.5);
  expect(expectedAfter(thoughtful, 12, 60, true)).toBeGreaterThan(9);

  expect(terse.factorOf('another', false)).toBeLessThan(0.6);
  expect(thoughtful.factorOf('another', false)).toBeCloseTo(1);
});

test('recent answers weigh more than old ones in the length factor', () => {
  const tracker = new AnswerLengthTracker();
  expectedAfter(tracker, 10, 100);

  expect(expectedAfter(tracker, 1, 150)).toBeLessThan(2);
});

test('a single outlier changes the length factor by a bounded amount', () => {
  const tracker = new AnswerLengthTracker();
  expectedAfter(tracker, 1, 20);

  expect(expectedAfter(tracker, 10_000, 1)).toBeLessThan(3.5);
});

describe('answer-length tracking in the gateway', () => {
  let upstream: FakeUpstream;
  let gateway: TestApp;

  beforeAll(async () => {
    upstream = await FakeUpstream.start();
    gateway = await startApp(`
providers: { acme: { base_url: '${upstream.baseUrl}', models: [thinker] } }
models: { acme/thinker: { hosts: [{ provider: acme, model: thinker, price: { input: 1, output: 2 } }] } }
router: { predictor: heuristic }`);
  });

  afterAll(async () => {
    await gateway.close();
    await upstream.close();
  });

  /** The expected output tokens and cost of an answer. */
  async function expected(): Promise<{ output_tokens: number; cost_usd: number }> {
    const { json } = await post(`${gateway.url}/v1/route`, ask('auto', 'Why is the sky blue?'));
    const [candidate] = (json as { candidates: { output_tokens: number; cost_usd: number }[] })
      .candidates;
    if (candidate === undefined) throw new Error('there is no candidate');
    return candidate;
  }

  function reasoningAnswer(tokens: number, finish = 'stop'): Behaviour {
    const message = { role: 'assistant', content: 'Rayleigh.' };
    const completion_tokens_details = { reasoning_tokens: tokens - 9 };
    const usage = { prompt_tokens: 9, completion_tokens: tokens, completion_tokens_details };
    const choices = [{ index: 0, message, finish_reason: finish }];
    return sends(200, JSON.stringify({ id: 'a', object: 'chat.completion', choices, usage }));
  }

  async function answer(behaviour: Behaviour, more: Record<string, unknown> = {}): Promise<void> {
    upstream.next(behaviour);
    const { status } = await post(
      `${gateway.url}/v1/chat/completions`,
      ask('auto', 'Why is the sky blue?', more),
    );
    expect(status).toBe(200);
  }

  test('ignores answers that were truncated or have several choices', async () => {
    const before = await expected();

    await answer(reasoningAnswer(9_000, 'length'));
    await answer(reasoningAnswer(9_000), { n: 3 });
    await answer(reasoningAnswer(9), { max_tokens: 10 });

    expect(await expected()).toEqual(before);
  });

  test('includes reasoning tokens in the expected length and cost of a model', async () => {
    const before = await expected();

    for (let i = 0; i < 12; i++) await answer(reasoningAnswer(3_000));

    const { output_tokens, cost_usd } = await expected();
    expect(output_tokens).toBeGreaterThan(4 * before.output_tokens);
    expect(output_tokens).toBeLessThan(3_100);
    expect(cost_usd).toBeGreaterThan((2e-6 * output_tokens) / 1.01);
  });
});
