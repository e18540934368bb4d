import { Cluster } from 'ioredis';
import { RedisCluster } from '../../support/redis-cluster.js';
import { untilKnown, untilAvailable } from './one-redis.js';
import { fresh, fetchFrom, openPeer, until, textOf } from './peer.js';

const nameOf = (key: string) => `p:cache1:answer:${key}`;

let six: RedisCluster;
const open: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  six = await RedisCluster.start('with replicas');
});

afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
  await six.close();
});

test('reports answers of a lost cluster node as misses at once, and applies a purge after the failover', async () => {
  const place = { kind: 'cluster', nodes: six.nodes } as const;
  const raw = new Cluster([...six.nodes]);
  raw.on('error', () => undefined);
  const [a, b] = [openPeer('a', { place }), openPeer('b', { place })];
  open.push(a.shared, b.shared, {
    close: async () => {
      raw.disconnect();
    },
  });
  await untilAvailable(a, b);
  const doomed = Array.from({ length: 24 }, (_, i) => `doomed${i}`);
  for (const key of doomed) a.store.put(fresh(key, { tags: ['doomed'] }));
  a.store.put(fresh('two'));
  await untilKnown(b, 'two', ...doomed);

  // Not the server with the logs, so that no process notices the loss.
  expect(await six.masterOf(nameOf('two'))).not.toBe(await six.masterOf('{p}:cache1:log'));
  await six.loseMasterOf(nameOf('two'));
  const askedMs = performance.now();
  const missed = await fetchFrom(b, 'two', 5_000);
  const tookMs = performance.now() - askedMs;
  a.store.purge({ tag: 'doomed' });
  const purging = a.shared.purge({ tag: 'doomed' });

  await expect(purging).rejects.toThrow();
  await untilAvailable(a, b);
  await until(() => b.store.size === 1);
  const left = await Promise.all(doomed.map((key) => raw.exists(nameOf(key))));
  expect(missed).toBeNull();
  expect(tookMs).toBeLessThan(500);
  expect(await textOf(b, 'two')).toBe('the answer to two');
  expect(left).toEqual(doomed.map(() => 0));
  expect([a.states, b.states]).toEqual([
    ['available', 'unavailable', 'available'],
    ['available', 'unavailable', 'available'],
  ]);
});
