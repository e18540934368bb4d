import { ask } from '../support/app.js';
import { answers, refuses } from '../support/fake-upstream.js';
import { wordJudge } from '../support/word-judge.js';
import { cacheConfig, cacheRig, said } from './support.js';

const rig = cacheRig();
const openJudge = async () => wordJudge();

/** Enough time on a machine under load. */
const PATIENT = 'budget_ms: 1000';
/** No rechecks, so that the upstream sees only the requests of clients. */
const NO_RECHECKS = `, semantic: { ${PATIENT}, recheck: { usd_per_day: 0 } }`;
const RECHECKS = `, semantic: { ${PATIENT} }`;

const start = (cache = NO_RECHECKS, mode = 'semantic', more = '') =>
  rig.restart(cacheConfig(rig.upstream, cache, more, mode), undefined, openJudge);

const HEAP = 'What is a heap?';
const HEAP_TOO = 'Please explain: what is the heap?';

const status = async (text: string, headers?: Record<string, string>) =>
  (await rig.chat(ask('acme/large', text), headers)).headers.get('x-suffice-cache');

async function stats(): Promise<Record<string, unknown>> {
  const response = await fetch(`${rig.gateway.url}/v1/cache/stats`);
  return (await response.json()) as Record<string, unknown>;
}

/** Resolves once the statistics of the cache match. */
async function until(holds: (semantic: Record<string, Record<string, number>>) => boolean) {
  for (;;) {
    const { semantic } = await stats();
    if (holds(semantic as Record<string, Record<string, number>>)) return;
  }
}

test('serves the answer to a reworded question, with its similarity and probability', async () => {
  await start();
  const first = await rig.chat(ask('acme/large', HEAP));

  const { headers, json } = await rig.chat(ask('acme/large', HEAP_TOO));

  expect(json).toEqual(first.json);
  expect(Object.fromEntries(headers)).toMatchObject({
    'x-suffice-cache': 'semantic',
    'x-suffice-cache-similarity': '1.0000',
    'x-suffice-cache-probability': '0.9999',
    'x-suffice-cache-source': first.headers.get('x-suffice-decision'),
    'x-suffice-reason': 'cached',
    'x-suffice-cost-usd': '0.000',
    'x-suffice-saved-usd': first.headers.get('x-suffice-cost-usd'),
  });
  expect(rig.upstream.requests).toHaveLength(1);
});

test('serves a whole answer as a stream', async () => {
  await start();
  await rig.chat(ask('acme/large', HEAP));

  const stream = await rig.chat(ask('acme/large', HEAP_TOO, { stream: true }));

  expect(stream.headers.get('x-suffice-cache')).toBe('semantic');
  expect(said(stream.text)).toBe('Hello from upstream.');
  expect(rig.upstream.requests).toHaveLength(1);
});

test.each([
  ['another question', 'What is a stack?'],
  ['another number', 'What is a heap of 3?'],
  ['a question that depends on the day', 'What is a heap today?'],
])('misses for %s', async (_what, text) => {
  await start();
  await status(HEAP);

  expect(await status(text)).toBe('miss');
  expect(rig.upstream.requests).toHaveLength(2);
});

test.each([
  [
    'other earlier turns',
    {
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: HEAP_TOO },
      ],
    },
  ],
  [
    'more than text',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: HEAP_TOO },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } },
          ],
        },
      ],
    },
  ],
  [
    'an assistant turn at the end',
    {
      messages: [
        { role: 'user', content: HEAP_TOO },
        { role: 'assistant', content: 'A' },
      ],
    },
  ],
  [
    'a question too long to compare',
    { messages: [{ role: 'user', content: HEAP_TOO.repeat(200) }] },
  ],
  ['another model', { model: 'acme/small' }],
])('does not compare when there is %s', async (_what, more) => {
  await start();
  await status(HEAP);

  const { headers } = await rig.chat({ ...(ask('acme/large', HEAP_TOO) as object), ...more });

  expect(headers.get('x-suffice-cache')).toBe('miss');
});

test('compares the last turn of a conversation when all earlier turns are equal', async () => {
  await start();
  const turns = (text: string) => ({
    model: 'acme/large',
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: 'Hello.' },
      { role: 'user', content: text },
    ],
  });
  await rig.chat(turns(HEAP));

  const { headers } = await rig.chat(turns(HEAP_TOO));

  expect(headers.get('x-suffice-cache')).toBe('semantic');
});

describe('limits of semantic caching', () => {
  test.each([
    { mode: 'semantic', wish: 'exact', then: 'miss' },
    { mode: 'semantic', wish: 'semantic', then: 'semantic' },
    { mode: 'semantic', wish: 'refresh', then: 'miss' },
    { mode: 'semantic', wish: 'off', then: 'bypass' },
    { mode: 'exact', wish: 'semantic', then: 'miss' },
    { mode: 'opt_in', wish: 'semantic', then: 'semantic' },
    { mode: 'opt_in', wish: 'exact', then: 'miss' },
  ])('mode $mode with x-suffice-cache: $wish gives $then', async ({ mode, wish, then }) => {
    await start(NO_RECHECKS, mode);
    await status(HEAP, { 'x-suffice-cache': 'semantic' });

    expect(await status(HEAP_TOO, { 'x-suffice-cache': wish })).toBe(then);
  });

  test('respects the maximum age of the client', async () => {
    await start();
    await status(HEAP);

    expect(await status(HEAP_TOO, { 'cache-control': 'max-age=0' })).toBe('miss');
  });

  test('serves nothing with max_error: 0', async () => {
    await start(`, semantic: { ${PATIENT}, max_error: 0 }`);
    await status(HEAP);

    expect(await status(HEAP_TOO)).toBe('miss');
  });

  test('respects the max_error of a policy', async () => {
    await start(`${NO_RECHECKS}, policies: { auto: { max_error: 0 } }`);
    await rig.chat(ask('auto', HEAP));
    await rig.chat(ask('acme/large', HEAP));

    const policy = await rig.chat(ask('auto', HEAP_TOO));

    expect(policy.headers.get('x-suffice-cache')).toBe('miss');
    expect(await status(HEAP_TOO)).toBe('semantic');
  });

  test('falls back to exact hits when the judge cannot be loaded, and logs the reason', async () => {
    await rig.restart(cacheConfig(rig.upstream, '', '', 'semantic'), undefined, async () => {
      throw new Error('no such file');
    });
    await status(HEAP);

    expect(await status(HEAP_TOO)).toBe('miss');
    expect(await status(HEAP)).toBe('hit');
    expect(rig.gateway.logged()).toContainEqual(
      expect.objectContaining({ msg: expect.stringMatching(/cannot be compared/u) }),
    );
  });
});

describe('rechecks', () => {
  test('ask a model in the background, and keep serving a confirmed answer', async () => {
    await start(RECHECKS);
    await status(HEAP);

    const given = await status(HEAP_TOO);
    await until(({ rechecks }) => rechecks?.['right'] === 1);

    expect(given).toBe('semantic');
    expect(rig.upstream.requests).toHaveLength(2);
    expect(rig.upstream.requests[1]?.body).toContain(HEAP_TOO);
    const lines = rig.gateway.logged().filter(({ msg }) => msg === 'request');
    expect(lines.map(({ recheck, reason }) => [recheck, reason])).toEqual([
      [undefined, 'requested'],
      [undefined, 'cached'],
      [true, 'requested'],
    ]);
    expect(await status('Tell me: what is a heap?')).toBe('semantic');
  });

  test('replace a wrong answer by the right one', async () => {
    await start(RECHECKS);
    await status(HEAP);
    rig.upstream.next(answers('Thirty seven.'));

    const wrong = await rig.chat(ask('acme/large', HEAP_TOO));
    await until(({ rechecks }) => rechecks?.['wrong'] === 1);
    const again = await rig.chat(ask('acme/large', HEAP_TOO));

    expect(wrong.headers.get('x-suffice-cache')).toBe('semantic');
    expect(again.headers.get('x-suffice-cache')).toBe('hit');
    expect(again.text).toContain('Thirty seven.');
    expect(await stats()).toMatchObject({
      semantic: { measured_error: 1, measured_between: [expect.closeTo(0.025), 1] },
    });
  });

  test('are streamed when the request was', async () => {
    await start(RECHECKS);
    await rig.chat(ask('acme/large', HEAP, { stream: true }));

    await rig.chat(ask('acme/large', HEAP_TOO, { stream: true }));
    await until(({ rechecks }) => rechecks?.['right'] === 1);

    expect(rig.upstream.requests[1]?.json).toMatchObject({ stream: true });
  });

  test('count as failed, without a result, when the model fails', async () => {
    await start(RECHECKS);
    await status(HEAP);
    rig.upstream.next(...Array.from({ length: 6 }, () => refuses(400, 'no')));

    const given = await status(HEAP_TOO);
    await until(({ rechecks }) => rechecks?.['failed'] === 1);

    expect(given).toBe('semantic');
    expect(await stats()).toMatchObject({ semantic: { measured_error: null } });
  });

  test('are skipped once the daily budget is spent, which the statistics show', async () => {
    const poor = cacheConfig(rig.upstream, RECHECKS, 'budget: { daily_usd: 0.0001 }', 'semantic');
    await rig.restart(poor, undefined, openJudge);
    await status(HEAP);

    const given = await status(HEAP_TOO);

    expect(given).toBe('semantic');
    expect(await stats()).toMatchObject({ semantic: { rechecks_left_out: { spent: 1 } } });
    expect(rig.upstream.requests).toHaveLength(1);
  });

  test('are skipped when the price is unknown, which the statistics show', async () => {
    const unpriced = cacheConfig(rig.upstream, RECHECKS, '', 'semantic').replace(
      /, price: \{ input: 10[^}]*\}/u,
      '',
    );
    await rig.restart(unpriced, undefined, openJudge);
    await status(HEAP);

    const given = await status(HEAP_TOO);

    expect(given).toBe('semantic');
    expect(await stats()).toMatchObject({ semantic: { rechecks_left_out: { unpriced: 1 } } });
    expect(rig.upstream.requests).toHaveLength(1);
  });

  test('are not made for misses', async () => {
    await start(`, semantic: { ${PATIENT}, max_error: 0 }`);
    await status(HEAP);
    rig.upstream.next(answers('Thirty seven.'));

    await status(HEAP_TOO);

    expect(rig.upstream.requests).toHaveLength(2);
    expect(await stats()).toMatchObject({ semantic: { hits: 0, rechecks: { wrong: 0 } } });
  });
});

describe('cached answer', () => {
  test('is not found after a purge', async () => {
    await start();
    await status(HEAP);
    await fetch(`${rig.gateway.url}/v1/cache/purge`, {
      method: 'POST',
      body: JSON.stringify({ all: true }),
    });

    expect(await status(HEAP_TOO)).toBe('miss');
    expect(await stats()).toMatchObject({ semantic: { questions: 1 } });
  });

  test('is found after a restart', async () => {
    const folder = `${rig.gateway.folder}-kept`;
    await start(`${NO_RECHECKS}, folder: ${folder}`);
    await status(HEAP);

    await start(`${NO_RECHECKS}, folder: ${folder}`);
    await until(({ questions }) => Number(questions) === 1);

    expect(await status(HEAP_TOO)).toBe('semantic');
  });

  test('appears in statistics and metrics', async () => {
    await start();
    await status(HEAP);
    await status(HEAP_TOO);

    const metrics = await (await fetch(`${rig.gateway.url}/metrics`)).text();

    expect(await stats()).toMatchObject({
      hits: 0,
      semantic_hits: 1,
      misses: 1,
      hit_rate: 0.5,
      semantic: {
        questions: 1,
        partitions: 1,
        look_ups: 2,
        late: 0,
        hits: 1,
        expected_error: 0.001,
        measured_error: null,
        saved_usd: expect.any(Number),
      },
    });
    expect(metrics).toMatch(/suffice_cache_requests_total\{result="semantic"\} 1/u);
  });
});
