import { Redis } from 'ioredis';
import type { RedisSettings } from '../../../src/cache/redis/connection.js';
import { freePort, RedisServer } from '../../support/redis-server.js';
import { fresh, openPeer, until, wordsOf, type Peer } from './peer.js';

const servers: RedisServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(...args: string[]): Promise<RedisServer> {
  const server = await RedisServer.start(...args);
  servers.push(server);
  return server;
}

const at = ({ port }: RedisServer) => ({ host: '127.0.0.1', port });
const SLOTS = 16_384;

/** Three masters that share all slots, and know of each other. */
async function cluster(): Promise<RedisSettings['place']> {
  // The usual one is 10,000 higher than the port, which may be none.
  const buses = await Promise.all([0, 1, 2].map(freePort));
  const nodes = await Promise.all(
    buses.map((bus) => started('--cluster-enabled', 'yes', '--cluster-port', String(bus))),
  );
  const clients = nodes.map(({ port }) => new Redis(port));
  const share = Math.ceil(SLOTS / 3);
  for (const [i, client] of clients.entries()) {
    const slots = [i * share, Math.min(SLOTS, (i + 1) * share) - 1];
    await client.call('CLUSTER', 'ADDSLOTSRANGE', ...slots);
    // Only as long as a node knows no other, and it may be met by any of them below.
    await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
  }
  for (const client of clients) {
    for (const [of, { port }] of nodes.entries()) {
      await client.call('CLUSTER', 'MEET', '127.0.0.1', port, buses[of] ?? 0);
    }
  }
  for (const client of clients) {
    while (!String(await client.call('CLUSTER', 'INFO')).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    client.disconnect();
  }
  return { kind: 'cluster', nodes: nodes.map(at) };
}

async function sentinel(): Promise<RedisSettings['place']> {
  const minder = await RedisServer.sentinel(await started());
  servers.push(minder);
  return { kind: 'sentinel', sentinels: [at(minder)], master: 'mymaster', sentinelPassword: null };
}

async function locked(): Promise<RedisSettings['place']> {
  const server = await started('--requirepass', 'sesame', '--databases', '4');
  return { kind: 'single', address: at(server), database: 3 };
}

test.each([
  ['a Redis with a password', locked],
  ['Sentinels', sentinel],
  ['a Cluster of three', cluster],
])('shares, finds and purges by %s', async (name, open) => {
  const place = await open();
  const password = name.includes('password') ? 'sesame' : null;
  const peers = ['a', 'b'].map((name) => openPeer(name, { place, password, timeoutMs: 1_000 }));
  const [a, b] = peers as [Peer, Peer];
  await until(() => peers.every(({ shared }) => shared.isThere));
  // So many that every server of a cluster has some.
  const keys = Array.from({ length: 24 }, (_, i) => `k${i}`);
  for (const key of keys) a.store.keep(fresh(key));
  await until(() => b.store.size === keys.length);

  const found = await Promise.all(keys.map((key) => wordsOf(b, key)));
  b.store.purge({});
  await b.shared.purge({});
  await until(() => a.store.size === 0);

  expect(found).toEqual(keys.map((key) => `the answer to ${key}`));
  for (const { shared } of peers) await shared.close();
});
