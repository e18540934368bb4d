import { AnswerStore } from '../../src/cache/answer-store.js';
import { ask } from '../support/app.js';
import { answers, type Exchange } from '../support/fake-upstream.js';
import { wordJudge } from '../support/word-judge.js';
import { cacheConfig, cacheRig } from './support.js';

const rig = cacheRig();
const QUIET = ', semantic: { budget_ms: 1000, recheck: { usd_per_day: 0 } }';
const HEAP = 'What is a heap?';

test.each(['read', 'judge'] as const)(
  'a question on which the judge fails in %s is answered by a model, and the error is logged',
  async (step) => {
    const judge = wordJudge();
    const failing = { ...judge };
    let fails = false;
    const failIfEnabled = () => {
      if (fails) throw new Error('a bug');
    };
    failing.read = (text, vector) => {
      if (step === 'read') failIfEnabled();
      return judge.read(text, vector);
    };
    failing.judge = (asked, kept) => {
      if (step === 'judge') failIfEnabled();
      return judge.judge(asked, kept);
    };
    await rig.restart(
      cacheConfig(rig.upstream, QUIET, '', 'semantic'),
      undefined,
      async () => failing,
    );
    await rig.chat(ask('acme/large', HEAP));
    fails = true;

    const whole = await rig.chat(ask('acme/large', 'Please explain: what is the heap?'));
    const stream = await rig.chat(ask('acme/large', 'Explain the heap, please!', { stream: true }));

    expect([whole, stream].map(({ status }) => status)).toEqual([200, 200]);
    expect((await rig.chat(ask('acme/large', HEAP))).headers.get('x-suffice-cache')).toBe('hit');
    expect(rig.upstream.requests).toHaveLength(3);
    expect(rig.gateway.logged()).toContainEqual(
      expect.objectContaining({
        level: 'error',
        err: expect.objectContaining({ message: 'a bug' }),
      }),
    );
  },
);

describe('an answer that cannot be stored because of a bug', () => {
  const working = Object.getOwnPropertyDescriptor(AnswerStore.prototype, 'put') ?? {};

  beforeEach(() => {
    Object.defineProperty(AnswerStore.prototype, 'put', {
      ...working,
      value: () => {
        throw new Error('a bug');
      },
    });
  });

  afterEach(() => {
    Object.defineProperty(AnswerStore.prototype, 'put', working);
  });

  test.each([false, true])(
    'still reaches all clients that wait for it (stream: %s)',
    async (stream) => {
      await rig.restart(cacheConfig(rig.upstream, ''));
      const answer = answers('A tree.');
      const held: Exchange[] = [];
      rig.upstream.next((exchange) => held.push(exchange));
      const body = ask('acme/large', HEAP, { stream });
      const both = [rig.chat(body), rig.chat(body)];
      await rig.upstream.received();
      held.forEach(answer);

      const replies = await Promise.all(both);

      expect(replies.map(({ status }) => status)).toEqual([200, 200]);
      expect(replies.map(({ text }) => /A.*tree/su.test(text))).toEqual([true, true]);
      expect(rig.gateway.logged()).toContainEqual(expect.objectContaining({ msg: 'bug' }));
    },
  );
});
