import { systemClock, type Clock } from '../../../src/core/clock.js';
import {
  untilUnavailable,
  untilKnown,
  untilServed,
  untilAvailable,
  OneRedis,
} from './one-redis.js';
import { fresh, until, textOf } from './peer.js';

const redis = new OneRedis();

test('resumes from its position in the log, or scans all answers if the log was trimmed', async () => {
  const [a, b] = [redis.peer({ logEntries: 100 }), redis.peer({ logEntries: 100 })];
  await untilAvailable(a, b);
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');
  // Disconnected by the server, with a shorter log when it is back.
  await redis.cutOff();
  a.store.put(fresh('two'));
  await redis.raw.xtrim(`{${redis.prefix}}:cache1:log`, 'MAXLEN', 0);

  a.store.put(fresh('three'));
  await untilKnown(b, 'one', 'two', 'three');

  await untilServed(b, 'two');

  expect(b.store.size).toBe(3);
});

test('discards all answers after it has missed purges', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  b.store.put(fresh('mine'));
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');

  await redis.cutOffAfter((all) => {
    const without = all.unlink(redis.nameOf('mine'));
    return without.xadd(redis.purges, '*', 'x', 'y').xtrim(redis.purges, 'MAXLEN', 1);
  });

  await until(() => b.store.peek('mine') === undefined);
  await untilAvailable(b);

  expect(await textOf(b, 'one')).toBe('the answer to one');
});

/** Creates a Redis user, so that single processes can be locked out. */
const createUser = (username: string) =>
  redis.raw.acl('SETUSER', username, 'reset', 'on', 'nopass', '~*', '&*', '+@all');

test('keeps its answers when Redis has lost its data and another process reconnects first', async () => {
  await createUser('late');
  const first = redis.peer();
  await untilAvailable(first);
  const late = redis.peer({ username: 'late', password: 'any' });
  await untilAvailable(late);
  late.store.put(fresh('mine'));
  await untilKnown(first, 'mine');
  await redis.server.kill();
  await untilUnavailable(first, late);

  await redis.server.start();
  await untilAvailable(first);
  await createUser('late');
  await untilAvailable(late);

  expect(late.store.peek('mine')?.payload.form).toBe('whole');
  await untilServed(first, 'mine');
});

test('keeps its answers when Redis was restored from a backup and others have published since', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  b.store.put(fresh('mine'));
  await untilKnown(a, 'mine');
  const [last] = await redis.raw.xrevrange(redis.purges, '+', '-', 'COUNT', 1);

  await redis.cutOffAfter((all) => {
    return all.xdel(redis.purges, String(last?.[0])).xadd(redis.purges, '*', 'x', 'y');
  });
  await untilUnavailable(a, b);
  await untilAvailable(a, b);

  expect(b.store.peek('mine')?.payload.form).toBe('whole');
});

test('republishes a purge unchanged, however often Redis loses it', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');
  a.store.purge({});
  await a.shared.purge({});
  await until(() => b.store.size === 0);
  const told = b.store.recentPurges.map(({ atMs }) => atMs);
  for (let round = 0; round < 2; round++) {
    await redis.cutOffAfter((all) => all.flushall());
    await untilUnavailable(a, b);
    await untilAvailable(a, b);
  }
  const late = redis.peer();
  await untilAvailable(late);

  const latest = [a, b, late].map(({ store }) => store.recentPurges.map(({ atMs }) => atMs).at(-1));
  const [last = 0] = told;
  expect(told).toHaveLength(1);
  expect(latest.every((atMs = Infinity) => atMs <= last)).toBe(true);
});

test('purges answers that a restored backup brings back', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  for (const key of ['bad', 'good']) a.store.put(fresh(key, { tags: [key] }));
  await untilKnown(b, 'bad', 'good');
  const bad = await redis.raw.dumpBuffer(redis.nameOf('bad'));
  a.store.purge({ tag: 'bad' });
  await a.shared.purge({ tag: 'bad' });
  await until(() => b.store.size === 1);
  const [last] = await redis.raw.xrevrange(redis.purges, '+', '-', 'COUNT', 1);

  await redis.cutOffAfter((all) => {
    return all.xdel(redis.purges, String(last?.[0])).restore(redis.nameOf('bad'), 0, bad);
  });
  await untilUnavailable(a, b);
  await untilAvailable(a, b);

  await until(async () => (await redis.raw.exists(redis.nameOf('bad'))) === 0);
  expect(await redis.raw.exists(redis.nameOf('good'))).toBe(1);
});

test('republishes a purge that was lost before any process had read it', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  a.store.put(fresh('one'));
  await untilKnown(b, 'one');
  let readers: string[] = [];
  // A process that has just read an entry reads on in a moment.
  await until(async () => {
    const clients = String(await redis.raw.call('CLIENT', 'LIST')).split('\n');
    readers = clients.filter((client) => client.includes('cmd=xread'));
    return readers.length === 2;
  });
  for (const reader of readers) {
    await redis.raw.call('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(reader)?.[1] ?? '');
  }
  await untilUnavailable(a, b);

  a.store.purge({});
  await a.shared.purge({});
  const [last] = await redis.raw.xrevrange(redis.purges, '+', '-', 'COUNT', 1);
  await redis.raw.xdel(redis.purges, String(last?.[0]));
  await untilAvailable(a, b);

  await until(() => b.store.size === 0);
  expect(b.store.size).toBe(0);
});

/** Makes processes check Redis on every read, not only every few seconds. */
const watchful: Clock = { ...systemClock, now: () => systemClock.now() * 1_000 };

test('republishes its answers when Redis has lost its data without a disconnect', async () => {
  const [a, b] = [redis.peer({}, watchful), redis.peer({}, watchful)];
  await untilAvailable(a, b);
  for (const [one, key] of [
    [a, 'one'],
    [b, 'two'],
  ] as const)
    one.store.put(fresh(key));
  await Promise.all([untilKnown(a, 'two'), untilKnown(b, 'one')]);

  await redis.raw.flushall();
  a.store.put(fresh('three'));
  const late = redis.peer();

  for (const key of ['one', 'two', 'three']) await untilServed(late, key);
  expect(late.store.size).toBe(3);
});

test('republishes a purge to a process that missed it, when Redis has lost it without disconnecting the others', async () => {
  await createUser('late');
  const first = redis.peer({}, watchful);
  const late = redis.peer({ username: 'late', password: 'any' });
  await untilAvailable(first, late);
  late.store.put(fresh('mine'));
  await untilKnown(first, 'mine');
  await redis.raw.acl('DELUSER', 'late');
  await untilUnavailable(late);
  first.store.purge({});
  await first.shared.purge({});

  await redis.raw.flushall();
  await createUser('late');

  await until(() => late.store.size === 0);
  await until(async () => (await redis.raw.exists(redis.nameOf('mine'))) === 0);
  expect(late.store.recentPurges).toHaveLength(1);
});
