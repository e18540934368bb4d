import { ask } from '../support/app.js';
import { wordJudge } from '../support/word-judge.js';
import { cacheConfig, cacheRig } from './support.js';

const rig = cacheRig();
const QUIET = ', semantic: { budget_ms: 1000, recheck: { usd_per_day: 0 } }';
const HEAP = 'What is a heap?';

test.each(['read', 'judge'] as const)(
  'a question that the judge fails to %s is answered by a model, and that is logged',
  async (step) => {
    const judge = wordJudge();
    const failing = { ...judge };
    let fails = false;
    const failIfTold = () => {
      if (fails) throw new Error('a bug');
    };
    failing.read = (text, vector) => {
      if (step === 'read') failIfTold();
      return judge.read(text, vector);
    };
    failing.judge = (asked, kept) => {
      if (step === 'judge') failIfTold();
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

    expect([whole, stream].map(({ status: code }) => code)).toEqual([200, 200]);
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
