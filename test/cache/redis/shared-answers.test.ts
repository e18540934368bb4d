import { untilKnown, untilServed, untilAvailable, OneRedis } from './one-redis.js';
import { fresh, fetchFrom, until, textOf } from './peer.js';

const redis = new OneRedis();

test('finds and fetches answers that another process has stored', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  const stream = {
    form: 'stream',
    frames: [{ bytes: Buffer.from('data: s\n\n'), atMs: 2, usageOnly: true }],
  } as const;
  a.store.put(fresh('one', { tags: ['x'] }));
  a.store.put(fresh('two', { payload: stream }));
  await untilKnown(b, 'one', 'two');

  const stub = b.store.peek('one');
  const words = await textOf(b, 'one');
  const second = await fetchFrom(b, 'two', 1_000);

  expect(stub?.payload).toEqual({ form: 'elsewhere', bytes: 17 });
  expect(words).toBe('the answer to one');
  expect(second?.payload).toEqual(stream);
  expect(b.store.peek('one')).toEqual(a.store.peek('one'));
  expect(b.fetches).toEqual(['found', 'found']);
});

test('a process that starts later finds all answers, and publishes those it stored before connecting', async () => {
  const a = redis.peer();
  await untilAvailable(a);
  for (let i = 0; i < 40; i++) a.store.put(fresh(`k${i}`, { tags: ['x'.repeat(80 * i)] }));
  const early = redis.peer();
  await untilKnown(early, ...Array.from({ length: 40 }, (_, i) => `k${i}`));
  const c = redis.peer();
  c.store.put(fresh('own'));

  await untilKnown(a, 'own');
  await untilAvailable(c);

  expect(c.store.size).toBe(41);
  expect(await textOf(c, 'k39')).toBe('the answer to k39');
  expect(await textOf(a, 'own')).toBe('the answer to own');
});

test('shares answers although there are foreign keys among them', async () => {
  const a = redis.peer();
  await untilAvailable(a);
  a.store.put(fresh('one'));
  await redis.raw.rpush(`${redis.prefix}:cache1:answer:list`, 'x');
  const late = redis.peer();

  await untilAvailable(late);
  await untilKnown(late, 'one');

  expect(await textOf(late, 'one')).toBe('the answer to one');
});

test('purges all processes and Redis, including answers that no running process has indexed', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  for (const key of ['one', 'two']) a.store.put(fresh(key, { tags: [key] }));
  await untilKnown(b, 'one', 'two');
  await textOf(b, 'one');
  b.store.discard('two');
  a.store.discard('two');

  b.store.purge({});
  await b.shared.purge({});
  await until(() => a.store.size === 0);

  expect(await redis.raw.keys(`${redis.prefix}:*`)).toEqual([]);
  expect(a.store.put(fresh('late', { storedAtMs: Date.now() - 50 }))).toBe(false);
});

test('purges only matching answers', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  for (const key of ['one', 'two']) a.store.put(fresh(key, { tags: [key] }));
  await untilKnown(b, 'one', 'two');

  b.store.purge({ tag: 'one' });
  await b.shared.purge({ tag: 'one' });
  await until(() => a.store.size === 1);

  expect([a, b].map(({ store }) => store.peek('two')?.key)).toEqual(['two', 'two']);
  expect(await textOf(b, 'two')).toBe('the answer to two');
});

test('purges answers of a process whose clock is a few seconds ahead', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  const nowMs = Date.now();
  a.store.put(fresh('ahead', { storedAtMs: nowMs + 4_000 }));
  a.store.put(fresh('later', { storedAtMs: nowMs + 60_000 }));
  await untilKnown(b, 'ahead', 'later');

  await b.shared.purge({});
  await until(() => a.store.size === 1);
  await until(async () => (await redis.raw.exists(redis.nameOf('ahead'))) === 0);

  expect(a.store.peek('later')?.key).toBe('later');
  expect(await redis.raw.exists(redis.nameOf('later'))).toBe(1);
});

test('a process that starts later knows all purges, however many', async () => {
  const a = redis.peer();
  await untilAvailable(a);
  const before = Date.now();
  await Promise.all(Array.from({ length: 501 }, (_, i) => a.shared.purge({ tag: `t${i}` })));
  const late = redis.peer();
  await untilAvailable(late);

  const refusals = ['t0', 't500', 'other'].map((tag) =>
    late.store.refusal(fresh(tag, { tags: [tag], storedAtMs: before })),
  );

  expect(refusals).toEqual(['purged', 'purged', null]);
});

test('drops a wrong answer in all processes', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  const bad = fresh('bad');
  a.store.put(bad);
  await untilKnown(b, 'bad');

  b.store.drop([bad]);
  await until(() => a.store.size === 0);
  await until(async () => (await redis.raw.exists(redis.nameOf('bad'))) === 0);

  expect([a, b].map(({ store }) => store.addShared(bad))).toEqual([false, false]);
});

test('drops a wrong answer in all processes although the reporting one has evicted it', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  const bad = fresh('bad');
  a.store.put(bad);
  await untilKnown(b, 'bad');
  a.store.discard('bad');

  a.store.drop([bad]);
  await until(() => b.store.size === 0);
  await until(async () => (await redis.raw.exists(redis.nameOf('bad'))) === 0);

  expect([a, b].map(({ store }) => store.addShared(bad))).toEqual([false, false]);
});

test('keeps a later answer to the same request when an earlier one is dropped', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  const bad = fresh('one');
  a.store.put(bad);
  await untilKnown(b, 'one');
  b.store.put(fresh('one', { source: 'dec_later', storedAtMs: Date.now() + 1 }));
  await until(() => a.store.peek('one')?.source === 'dec_later');

  a.store.drop([bad, fresh('other')]);
  a.store.put(fresh('next'));
  await untilKnown(b, 'next');

  expect(b.store.peek('one')?.source).toBe('dec_later');
  expect(await textOf(a, 'one')).toBe('the answer to one');
});

test('rejects a copy of a dropped answer from a process that has not seen the drop', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  const bad = fresh('bad');
  a.store.put(bad);
  await untilKnown(b, 'bad');
  const log = `{${redis.prefix}}:cache1:log`;
  const [last] = await redis.raw.xrevrangeBuffer(log, '+', '-', 'COUNT', 1);
  const fields = last?.[1].slice(2) ?? [];
  b.store.drop([bad]);
  await until(() => a.store.size === 0);

  await redis.raw.xadd(log, '*', 'o', 'slow', ...fields);
  b.store.put(fresh('next'));
  await untilKnown(a, 'next');

  expect([a, b].map(({ store }) => store.peek('bad'))).toEqual([undefined, undefined]);
});

test('eviction in one process does not affect other processes', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');

  a.store.discard('one');

  expect(await textOf(b, 'one')).toBe('the answer to one');
});

test.each([
  [
    'stored under the wrong key',
    'gone',
    async (name: string) =>
      redis.raw.set(name, (await redis.raw.getBuffer(name.replace('one', 'two'))) ?? ''),
  ],
  ['damaged in its payload', 'damaged', (name: string) => redis.raw.setrange(name, 500, 'X')],
  ['damaged in its header', 'damaged', (name: string) => redis.raw.setrange(name, 60, 'X')],
  [
    'in another version of the format',
    'damaged',
    (name: string) => redis.raw.setrange(name, 0, 'SfcS9'),
  ],
  [
    'truncated',
    'damaged',
    async (name: string) =>
      redis.raw.set(name, (await redis.raw.getBuffer(name))?.subarray(0, -1) ?? ''),
  ],
  ['empty', 'damaged', (name: string) => redis.raw.set(name, '')],
  [
    'a foreign list',
    'damaged',
    async (name: string) => {
      await redis.raw.del(name);
      await redis.raw.rpush(name, 'x');
    },
  ],
])('serves no answer that is %s', async (_what, _why, spoil) => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  for (const key of ['one', 'two']) a.store.put(fresh(key));
  await untilKnown(b, 'one', 'two');
  await spoil(redis.nameOf('one'));

  expect(await textOf(b, 'one')).toBeNull();
  expect(b.store.peek('one')).toBeUndefined();
  expect(b.fetches).toEqual(['damaged']);
});

test('serves no answer that was deleted from Redis', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');
  await redis.raw.del(redis.nameOf('one'));

  expect(await textOf(b, 'one')).toBeNull();
  expect(b.fetches).toEqual(['gone']);
});

test('serves no earlier answer that a restored backup brings back', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  a.store.put(fresh('one', { storedAtMs: Date.now() - 60_000 }));
  await untilKnown(b, 'one');
  const earlier = await redis.raw.dumpBuffer(redis.nameOf('one'));
  const latest = fresh('one');
  a.store.put(latest);
  await until(() => b.store.peek('one')?.storedAtMs === latest.storedAtMs);

  await redis.raw.restore(redis.nameOf('one'), 0, earlier, 'REPLACE');

  expect(await textOf(b, 'one')).toBeNull();
  expect(b.fetches).toEqual(['gone']);
});

test('stores and shares its own answer when the payload of an earlier one cannot be fetched', async () => {
  const [a, b, c] = [redis.peer(), redis.peer(), redis.peer()];
  await untilAvailable(a, b, c);
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');
  await redis.raw.del(redis.nameOf('one'));

  const fetching = textOf(b, 'one');
  b.store.put(fresh('one', { storedAtMs: Date.now() + 1 }));
  const words = await fetching;

  expect(words).toBe('the answer to one');
  expect(b.store.peek('one')?.payload.form).toBe('whole');
  await untilServed(c, 'one');
});

test('fetches once for all concurrent requests', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');

  const words = await Promise.all(Array.from({ length: 50 }, () => textOf(b, 'one')));

  expect(new Set(words)).toEqual(new Set(['the answer to one']));
  expect(b.fetches).toEqual(['found']);
});
