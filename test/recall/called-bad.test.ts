import { ask, post } from '../support/app.js';
import { answers } from '../support/fake-upstream.js';
import { wordJudge } from '../support/word-judge.js';
import { cacheConfig, cacheRig } from './support.js';

const rig = cacheRig();
const QUIET = ', semantic: { budget_ms: 1000, recheck: { usd_per_day: 0 } }';

const start = (cache = QUIET, mode = 'semantic', more = '') =>
  rig.restart(cacheConfig(rig.upstream, cache, more, mode), undefined, async () => wordJudge());

const HEAP = 'What is a heap?';
const HEAP_TOO = 'Please explain: what is the heap?';

const status = async (text: string, headers?: Record<string, string>) =>
  (await rig.chat(ask('acme/large', text), headers)).headers.get('x-suffice-cache');

const stats = async (): Promise<unknown> =>
  (await fetch(`${rig.gateway.url}/v1/cache/stats`)).json();

describe('answer with feedback', () => {
  test('is evicted with similar answers after bad feedback', async () => {
    await start();
    await status(HEAP);
    const given = await rig.chat(ask('acme/large', HEAP_TOO));
    await status('What is a heap, please?', { 'x-suffice-cache': 'refresh' });

    const feedback = await post(`${rig.gateway.url}/v1/feedback`, {
      decision_id: given.headers.get('x-suffice-decision'),
      label: 'bad',
    });

    expect(feedback.json).toMatchObject({ object: 'feedback', scores: {}, evicted: 2 });
    expect(await status(HEAP)).toBe('miss');
  });

  test('is evicted with every answer to a similar question, however many there are', async () => {
    await start();
    const first = await rig.chat(ask('acme/large', HEAP));
    const others = [
      'Tell me: w',
      'Please: w',
      'Please tell me: w',
      'Explain: w',
      'Please explain: w',
    ];
    const fresh = { 'x-suffice-cache': 'refresh' };
    for (const other of others) await status(`${other}hat is a heap?`, fresh);

    const feedback = await post(`${rig.gateway.url}/v1/feedback`, {
      decision_id: first.headers.get('x-suffice-decision'),
      label: 'bad',
    });

    expect(feedback.json).toMatchObject({ evicted: 1 + others.length });
    expect(await status(HEAP)).toBe('miss');
  });

  test('is evicted with answers similar to the question of the client', async () => {
    // An asymmetric verifier: it matches no stored question with another stored one.
    const judge = wordJudge();
    const oneWay = {
      ...judge,
      judge: (...pair: Parameters<typeof judge.judge>) => {
        const verdict = judge.judge(...pair);
        return pair[0].text === HEAP ? { ...verdict, probability: 0 } : verdict;
      },
    };
    const config = cacheConfig(rig.upstream, QUIET, '', 'semantic');
    await rig.restart(config, undefined, async () => oneWay);
    await status(HEAP);
    const given = await rig.chat(ask('acme/large', HEAP_TOO));
    await status('What is a heap, please?', { 'x-suffice-cache': 'refresh' });

    const feedback = await post(`${rig.gateway.url}/v1/feedback`, {
      decision_id: given.headers.get('x-suffice-decision'),
      label: 'bad',
    });

    expect(feedback.json).toMatchObject({ evicted: 2 });
    expect(await status(HEAP_TOO)).toBe('miss');
  });

  test('is kept when the feedback is about an earlier answer to the same question', async () => {
    await start();
    const first = await rig.chat(ask('acme/large', HEAP));
    await status('What is a heap, please?', { 'x-suffice-cache': 'refresh' });
    await status(HEAP, { 'x-suffice-cache': 'refresh' });

    const feedback = await post(`${rig.gateway.url}/v1/feedback`, {
      decision_id: first.headers.get('x-suffice-decision'),
      label: 'bad',
    });

    expect(feedback.json).toMatchObject({ evicted: 0 });
    expect(await status(HEAP)).toBe('hit');
    expect(await stats()).toMatchObject({ answers: 2 });
  });

  test('causes the eviction of similar answers even when it is no longer cached itself', async () => {
    const room = ', max_bytes: 1048576, max_entry_bytes: 524288';
    await start(`${room}${QUIET}`);
    rig.upstream.always(answers('x'.repeat(300_000)));
    const first = await rig.chat(ask('acme/large', HEAP));
    for (const other of ['one', 'two', 'three', 'four']) {
      for (let times = 0; times < 3; times++) await status(`What is thing ${other}?`);
    }
    rig.upstream.always(answers('Short.'));
    const ofHeaps = { id: first.headers.get('x-suffice-decision'), dry_run: true };
    const left = await post(`${rig.gateway.url}/v1/cache/purge`, ofHeaps);
    await status('What is a heap, please?', { 'x-suffice-cache': 'refresh' });

    const feedback = await post(`${rig.gateway.url}/v1/feedback`, {
      decision_id: first.headers.get('x-suffice-decision'),
      label: 'bad',
    });

    expect(left.json).toMatchObject({ answers: 0 });
    expect(feedback.json).toMatchObject({ evicted: 1 });
    expect(await status(HEAP)).toBe('miss');
  });

  test('is kept after good feedback', async () => {
    await start();
    await status(HEAP);
    const given = await rig.chat(ask('acme/large', HEAP_TOO));

    const feedback = await post(`${rig.gateway.url}/v1/feedback`, {
      decision_id: given.headers.get('x-suffice-decision'),
      score: 0.9,
    });

    expect(feedback.json).toMatchObject({ evicted: 0 });
    expect(await status(HEAP)).toBe('hit');
  });

  test('is kept after feedback of another key', async () => {
    const keys = `
keys:
  - { name: ann, key: key-of-ann-0123456789 }
  - { name: eve, key: key-of-eve-0123456789 }`;
    await start(QUIET, 'semantic', keys);
    const as = (name: string) => ({ authorization: `Bearer key-of-${name}-0123456789` });
    const { headers } = await rig.chat(ask('acme/large', HEAP), as('ann'));

    const { status: feedbackStatus } = await post(
      `${rig.gateway.url}/v1/feedback`,
      { decision_id: headers.get('x-suffice-decision'), label: 'bad' },
      as('eve'),
    );

    expect(feedbackStatus).toBe(404);
    expect(await status(HEAP, as('ann'))).toBe('hit');
  });
});
