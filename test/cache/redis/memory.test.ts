import { away, knows, saying, there, OneRedis } from './one-redis.js';
import { fresh, until, wordsOf } from './peer.js';

const redis = new OneRedis();

test('catches up where it was, and looks through all where too much has happened', async () => {
  const [a, b] = [redis.peer({ logEntries: 100 }), redis.peer({ logEntries: 100 })];
  await there(a, b);
  a.store.keep(fresh('one'));
  await knows(b, 'one');
  // Cut off by the server, with a log that is shorter when it is back.
  await redis.cutOff();
  a.store.keep(fresh('two'));
  await redis.raw.xtrim(`{${redis.prefix}}:cache1:log`, 'MAXLEN', 0);

  a.store.keep(fresh('three'));
  await knows(b, 'one', 'two', 'three');

  await saying(b, 'two');

  expect(b.store.size).toBe(3);
});

test('forgets what it knows where it has missed purges', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await there(a, b);
  b.store.keep(fresh('mine'));
  a.store.keep(fresh('one'));
  await knows(b, 'one');

  await redis.cutOffAfter((all) => {
    const without = all.unlink(redis.nameOf('mine'));
    return without.xadd(redis.purges, '*', 'x', 'y').xtrim(redis.purges, 'MAXLEN', 1);
  });

  await until(() => b.store.peek('mine') === undefined);
  await there(b);

  expect(await wordsOf(b, 'one')).toBe('the answer to one');
});

/** Lets in who comes as somebody else than the tests themselves do. */
const letIn = (username: string) =>
  redis.raw.acl('SETUSER', username, 'reset', 'on', 'nopass', '~*', '&*', '+@all');

test('keeps what it has where Redis has forgotten everything and another process is back first', async () => {
  await letIn('late');
  const first = redis.peer();
  await there(first);
  const late = redis.peer({ username: 'late', password: 'any' });
  await there(late);
  late.store.keep(fresh('mine'));
  await knows(first, 'mine');
  await redis.server.kill();
  await away(first, late);

  await redis.server.start();
  await there(first);
  await letIn('late');
  await there(late);

  expect(late.store.peek('mine')?.payload.form).toBe('whole');
  await saying(first, 'mine');
});

test('keeps what it has where Redis has gone back to a copy, and others have told something since', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await there(a, b);
  b.store.keep(fresh('mine'));
  await knows(a, 'mine');
  const [last] = await redis.raw.xrevrange(redis.purges, '+', '-', 'COUNT', 1);

  await redis.cutOffAfter((all) => {
    return all.xdel(redis.purges, String(last?.[0])).xadd(redis.purges, '*', 'x', 'y');
  });
  await away(a, b);
  await there(a, b);

  expect(b.store.peek('mine')?.payload.form).toBe('whole');
});

test('repeats a purge as what it was, however often Redis forgets it', async () => {
  const [a, b] = [redis.peer(), redis.peer()];
  await there(a, b);
  a.store.keep(fresh('one'));
  await knows(b, 'one');
  a.store.purge({});
  await a.shared.purge({});
  await until(() => b.store.size === 0);
  const told = b.store.recentPurges.map(({ atMs }) => atMs);
  for (let round = 0; round < 2; round++) {
    await redis.cutOffAfter((all) => all.flushall());
    await away(a, b);
    await there(a, b);
  }
  const late = redis.peer();
  await there(late);

  const latest = [a, b, late].map(({ store }) => store.recentPurges.map(({ atMs }) => atMs).at(-1));
  const [last = 0] = told;
  expect(told).toHaveLength(1);
  expect(latest.every((atMs = Infinity) => atMs <= last)).toBe(true);
});
