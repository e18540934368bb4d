import { connectRedis, type RedisSettings } from '../../../src/cache/redis/connection.js';
import { systemClock } from '../../../src/core/clock.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { RedisServer } from '../../support/redis-server.js';
import { fresh, openPeer, until, textOf, type Peer } from './peer.js';

const servers: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function started(...args: string[]): Promise<RedisServer> {
  const server = await RedisServer.start(...args);
  servers.push(server);
  return server;
}

const at = ({ port }: RedisServer) => ({ host: '127.0.0.1', port });
async function cluster(): Promise<RedisSettings['place']> {
  const three = await RedisCluster.start();
  servers.push(three);
  return { kind: 'cluster', nodes: three.nodes };
}

async function sentinel(): Promise<RedisSettings['place']> {
  const server = await RedisServer.sentinel(await started());
  servers.push(server);
  return { kind: 'sentinel', sentinels: [at(server)], master: 'mymaster', sentinelPassword: null };
}

async function locked(): Promise<RedisSettings['place']> {
  const server = await started('--requirepass', 'sesame', '--databases', '4');
  return { kind: 'single', address: at(server), database: 3 };
}

test.each([
  ['a server with a password', locked],
  ['Sentinel', sentinel],
  ['a cluster of three nodes', cluster],
])('shares, fetches and purges answers with %s', async (name, open) => {
  const place = await open();
  const password = name.includes('password') ? 'sesame' : null;
  const peers = ['a', 'b'].map((name) => openPeer(name, { place, password, timeoutMs: 1_000 }));
  const [a, b] = peers as [Peer, Peer];
  await until(() => peers.every(({ shared }) => shared.isAvailable));
  // Enough that every server of a cluster has some.
  const keys = Array.from({ length: 24 }, (_, i) => `k${i}`);
  for (const key of keys) a.store.put(fresh(key));
  await until(() => b.store.size === keys.length);

  const found = await Promise.all(keys.map((key) => textOf(b, key)));
  b.store.purge({});
  await b.shared.purge({});
  await until(() => a.store.size === 0);

  expect(found).toEqual(keys.map((key) => `the answer to ${key}`));
  for (const { shared } of peers) await shared.close();
});

test('reports why Redis is unavailable, and uses only the configured database', async () => {
  const server = await started('--databases', '4');
  const at4 = { kind: 'single', address: at(server), database: 4 } as const;
  const [lost, astray] = [
    openPeer('a', { place: { ...at4, database: 0 } }),
    openPeer('b', { place: at4 }),
  ];
  await until(() => lost.shared.isAvailable && astray.states.length > 0);

  await server.kill();
  await until(() => !lost.shared.isAvailable);

  expect(lost.reasons).toEqual(['the connection to Redis was lost']);
  expect([astray.states, astray.reasons]).toEqual([
    ['unavailable'],
    ['ERR DB index is out of range'],
  ]);
  for (const { shared } of [lost, astray]) await shared.close();
});

test('reports why authentication failed, without any data that was sent', async () => {
  const server = await started('--requirepass', 'sesame', '--cluster-enabled', 'yes');
  const single = { kind: 'single', address: at(server), database: 0 } as const;
  const nodes = { kind: 'cluster', nodes: [at(server)] } as const;
  const known = { username: null, tls: null, prefix: 'p', logEntries: 100, timeoutMs: 500 };
  const answer = Buffer.from('the answer');
  const [stranger, lost, friend] = [
    connectRedis({ ...known, place: single, password: 'seesaw' }, systemClock),
    connectRedis({ ...known, place: nodes, password: 'seesaw' }, systemClock),
    connectRedis({ ...known, place: single, password: 'sesame' }, systemClock),
  ];
  await friend.ready();
  await friend.send(['CLUSTER', 'ADDSLOTSRANGE', 1, 16_383]);

  const refusals = await Promise.all(
    [stranger.ready(), lost.ready(), friend.send(['SETX', 'key', answer])].map((refused) =>
      refused.then(String, (error: unknown) => error as Error),
    ),
  );

  expect(refusals.map(String)).toEqual([
    expect.stringMatching(/^Error: WRONGPASS/u),
    expect.stringMatching(/^Error: no node of the cluster answers: (WRONGPASS|NOAUTH)/u),
    expect.stringMatching(/^Error: ERR unknown command/u),
  ]);
  for (const refusal of refusals) {
    expect(Object.keys(refusal)).toEqual([]);
  }
  for (const one of [stranger, lost, friend]) one.close();
});
