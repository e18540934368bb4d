import {
  untilUnavailable,
  untilKnown,
  OneRedis,
  untilServed,
  untilAvailable,
} from './one-redis.js';
import { fresh, fetchFrom, until, textOf } from './peer.js';

const redis = new OneRedis();

test('works without Redis during an outage, delays nothing, and catches up afterwards', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  a.store.put(fresh('one'));
  a.store.put(fresh('doomed', { tags: ['doomed'] }));
  await untilKnown(b, 'one', 'doomed');
  await textOf(b, 'doomed');
  await redis.server.kill();
  await untilUnavailable(a, b);

  const startedMs = performance.now();
  const missed = await textOf(b, 'one');
  const tookMs = performance.now() - startedMs;
  b.store.put(fresh('meanwhile'));
  a.store.purge({ tag: 'doomed' });
  await expect(a.shared.purge({ tag: 'doomed' })).rejects.toThrow();
  await redis.server.start();
  await untilAvailable(a, b);
  await untilKnown(a, 'meanwhile');
  await until(() => b.store.peek('doomed') === undefined);

  expect(missed).toBeNull();
  expect(tookMs).toBeLessThan(500);
  expect(await textOf(a, 'meanwhile')).toBe('the answer to meanwhile');
  await untilServed(b, 'one');
  expect(await redis.raw.exists(redis.nameOf('doomed'))).toBe(0);
  expect(a.states).toEqual(['available', 'unavailable', 'available']);
});

test('waits for a hanging server no longer than the time budget, and soon not at all', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await untilAvailable(a, b);
  for (let i = 0; i < 8; i++) a.store.put(fresh(`k${i}`));
  await untilKnown(b, 'k7');
  redis.server.hang();
  const waits: number[] = [];
  for (let i = 0; i < 8; i++) {
    const startedMs = performance.now();
    const found = await fetchFrom(b, `k${i}`, i < 3 ? 5 : 1_000);
    waits.push(performance.now() - startedMs);
    expect(found).toBeNull();
  }
  redis.server.goOn();
  await untilAvailable(a, b);

  expect(b.fetches.filter((result) => result === 'late')).toHaveLength(3);
  expect(waits.slice(3).every((ms) => ms < 500)).toBe(true);
});

test('never mixes up answers while Redis is killed and restarted under load', async () => {
  const all = [redis.peer(), redis.peer(), redis.peer()];
  await untilAvailable(...all);
  const wrong: string[] = [];
  let found = 0;
  let isOver = false;
  const load = all.map(async (one, at) => {
    for (let i = 0; !isOver; i++) {
      one.store.put(fresh(`${at}-${i % 50}`));
      for (const answer of [...one.store.values()].slice(-6)) {
        const held = await one.shared.fetch(answer, 5);
        if (held === null) continue;
        found += 1;
        const words = held.payload.form === 'whole' ? held.payload.body.toString() : '';
        if (held.key !== answer.key || words !== `the answer to ${answer.key}`) wrong.push(words);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  for (let round = 0; round < 2; round++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await redis.server.kill();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await redis.server.start();
    await untilAvailable(...all);
  }
  isOver = true;
  await Promise.all(load);
  all[0]?.store.purge({});
  await all[0]?.shared.purge({});
  await until(() => all.every(({ store }) => store.size === 0));

  expect(wrong).toEqual([]);
  expect(found).toBeGreaterThan(20);
});
