import { request as httpRequest } from 'node:http';
import { ask, post } from '../support/app.js';
import { refuses, streamsAndStalls, textEvents, type Exchange } from '../support/fake-upstream.js';
import { cacheConfig, cacheRig, gate, leaver, said, skewedClock, underWay } from './support.js';

const rig = cacheRig();

describe('identical concurrent requests', () => {
  test('make one upstream call, whose answer all receive', async () => {
    const held = gate();
    rig.upstream.always(held.behaviour);
    const asked = Array.from({ length: 50 }, () => rig.chat(ask('acme/large', 'hi')));
    await underWay(rig.gateway, 50);
    held.open();

    const got = await Promise.all(asked);

    expect(rig.upstream.requests).toHaveLength(1);
    expect(new Set(got.map(({ text }) => text)).size).toBe(1);
    const marks = got.map(({ headers }) => headers.get('x-suffice-cache'));
    expect(marks.filter((mark) => mark === 'miss')).toHaveLength(1);
    expect(marks.filter((mark) => mark === 'hit')).toHaveLength(49);
    const costs = got.map(({ headers }) => headers.get('x-suffice-cost-usd'));
    expect(costs.filter((cost) => cost === '0.000')).toHaveLength(49);
  });

  test('make one upstream call as streams too', async () => {
    const held = gate();
    rig.upstream.always(held.behaviour);
    const streams = Array.from({ length: 20 }, (_, i) =>
      rig.chat(
        ask('acme/large', 'hi', {
          stream: true,
          ...(i % 2 === 0 && { stream_options: { include_usage: true } }),
        }),
      ),
    );
    await underWay(rig.gateway, 20);
    const whole = rig.chat(ask('acme/large', 'hi'));
    await underWay(rig.gateway, 21);
    held.open();

    const got = await Promise.all(streams);

    expect(rig.upstream.requests).toHaveLength(1);
    expect(got.map(({ text }) => said(text))).toEqual(got.map(() => 'Held back.'));
    expect(got.map(({ text }) => text.includes('prompt_tokens'))).toEqual(
      got.map((_, i) => i % 2 === 0),
    );
    expect((await whole).json).toMatchObject({
      choices: [{ message: { content: 'Held back.' } }],
    });
  });

  test('fail over once, and share a failure', async () => {
    const held: Exchange[] = [];
    rig.upstream.always((exchange) => held.push(exchange));
    const asked = Array.from({ length: 20 }, () => rig.chat(ask('auto', 'hi')));
    await underWay(rig.gateway, 20);
    rig.upstream.always(refuses(500, 'broken, too'));
    for (const exchange of held) refuses(500, 'broken')(exchange);

    const got = await Promise.all(asked);

    expect(rig.upstream.requests).toHaveLength(2);
    expect(got.map(({ status }) => status)).toEqual(got.map(() => 502));
    expect(got[7]?.json).toMatchObject({ error: { code: 'upstream_failed' } });
    expect(new Set(got.map(({ headers }) => headers.get('x-suffice-cache')))).toEqual(
      new Set(['miss']),
    );
  });

  test('continue when the first client leaves', async () => {
    const held = gate();
    rig.upstream.always(held.behaviour);
    const first = leaver(rig.gateway, ask('acme/large', 'hi'));
    await rig.upstream.received();
    const second = rig.chat(ask('acme/large', 'hi'));
    await underWay(rig.gateway, 2);
    first.leave();
    await first.got;
    held.open();

    const { status, text } = await second;

    expect(status).toBe(200);
    expect(text).toContain('Held back.');
    expect(rig.upstream.requests).toHaveLength(1);
  });

  test('are aborted at the upstream when all clients have left', async () => {
    rig.upstream.always(streamsAndStalls(...textEvents('Hello').slice(0, 2)));
    const clients = [0, 1].map(() =>
      leaver(rig.gateway, ask('acme/large', 'hi', { stream: true })),
    );
    await Promise.all(clients.map(({ begun }) => begun));
    const [seen] = rig.upstream.requests;
    let isClosed = false;
    void seen?.closed.then(() => (isClosed = true));
    clients[0]?.leave();
    await new Promise((resolve) => setTimeout(resolve, 15));
    const closedTooEarly = isClosed;
    clients[1]?.leave();

    await seen?.closed;

    expect(closedTooEarly).toBe(false);
    expect(rig.upstream.requests).toHaveLength(1);
  });
});

describe('request in flight', () => {
  test.each([
    ['a purge of everything', '/v1/cache/purge', { all: true }],
    ['a purge by tag', '/v1/cache/purge', { tag: 'red' }],
  ])('is not shared after %s', async (_what, path, body) => {
    const held = gate();
    rig.upstream.next(held.behaviour);
    const tagged = { 'x-suffice-cache-tags': 'red' };
    const first = rig.chat(ask('acme/large', 'hi'), tagged);
    await rig.upstream.received();
    const purge = await post(`${rig.gateway.url}${path}`, body);

    const second = await rig.chat(ask('acme/large', 'hi'), tagged);
    held.open();
    await first;
    const third = await rig.chat(ask('acme/large', 'hi'), tagged);

    expect(purge.status).toBe(200);
    expect(second.text).toContain('Hello from upstream.');
    expect(third.text).toBe(second.text);
    expect([second, third].map(({ headers }) => headers.get('x-suffice-cache'))).toEqual([
      'miss',
      'hit',
    ]);
  });

  test('is shared after a purge of other answers', async () => {
    const held = gate();
    rig.upstream.next(held.behaviour);
    const first = rig.chat(ask('acme/large', 'hi'));
    await rig.upstream.received();
    await post(`${rig.gateway.url}/v1/cache/purge`, { tag: 'blue' });

    const second = rig.chat(ask('acme/large', 'hi'));
    await underWay(rig.gateway, 2);
    held.open();

    expect([(await first).text, (await second).text]).toEqual([
      expect.stringContaining('Held back.'),
      expect.stringContaining('Held back.'),
    ]);
    expect(rig.upstream.requests).toHaveLength(1);
  });

  test('is not shared with a request that limits the age to less', async () => {
    const clock = skewedClock();
    await rig.restart(cacheConfig(rig.upstream, ''), clock);
    const held = gate();
    rig.upstream.next(held.behaviour);
    const first = rig.chat(ask('acme/large', 'hi'));
    await rig.upstream.received();
    clock.forward(600);

    const strict = await rig.chat(ask('acme/large', 'hi'), { 'cache-control': 'max-age=0' });
    held.open();
    await first;

    expect(strict.headers.get('x-suffice-cache')).toBe('miss');
    expect(strict.text).toContain('Hello from upstream.');
  });
});

test('a slow answer does not replace that of a later refresh', async () => {
  const held = gate();
  rig.upstream.next(held.behaviour);
  const slow = rig.chat(ask('acme/large', 'hi'));
  await rig.upstream.received();
  // Requested in another millisecond.
  await new Promise((resolve) => setTimeout(resolve, 5));
  const refresh = await rig.chat(ask('acme/large', 'hi'), { 'cache-control': 'no-cache' });
  held.open();
  await slow;

  const now = await rig.chat(ask('acme/large', 'hi'));
  const stats: unknown = await (await fetch(`${rig.gateway.url}/v1/cache/stats`)).json();

  expect(now.text).toBe(refresh.text);
  expect(stats).toMatchObject({ unkept: { overtaken: 1 } });
});

test.each([false, true])(
  'a follower is told what was dropped from the shared request (stream: %p)',
  async (stream) => {
    const held = gate();
    rig.upstream.always(held.behaviour);
    const send = () =>
      post(`${rig.gateway.url}/v1/messages`, {
        ...(ask('acme/large', 'hi', { stream }) as object),
        max_tokens: 9,
        top_k: 5,
      });
    const both = [send(), send()];
    await underWay(rig.gateway, 2);
    held.open();

    const [leader, follower] = await Promise.all(both);

    expect(rig.upstream.requests).toHaveLength(1);
    expect(leader?.headers.get('x-suffice-dropped')).toContain('top_k');
    expect(follower?.headers.get('x-suffice-dropped')).toBe(
      leader?.headers.get('x-suffice-dropped'),
    );
  },
);

test('a thousand identical requests make one upstream call', async () => {
  const held = gate();
  rig.upstream.always(held.behaviour);
  const body = JSON.stringify(ask('acme/large', 'hi'));
  const { port } = new URL(rig.gateway.url);
  const asked = Array.from(
    { length: 1_000 },
    () =>
      new Promise<number>((resolve, reject) => {
        const request = httpRequest(
          { port, host: '127.0.0.1', method: 'POST', path: '/v1/chat/completions' },
          (response) => {
            response.resume();
            response.on('end', () => {
              resolve(response.statusCode ?? 0);
            });
          },
        );
        request.on('error', reject);
        request.end(body);
      }),
  );
  await underWay(rig.gateway, 1_000);
  held.open();

  const statuses = await Promise.all(asked);

  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(rig.upstream.requests).toHaveLength(1);
});
