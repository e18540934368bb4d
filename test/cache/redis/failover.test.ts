import { connect, createServer, type AddressInfo } from 'node:net';
import { Redis } from 'ioredis';
import type { RedisSettings } from '../../../src/cache/redis/connection.js';
import { selfSigned } from '../../support/certificate.js';
import { RedisCluster } from '../../support/redis-cluster.js';
import { freePort } from '../../support/free-port.js';
import { RedisServer } from '../../support/redis-server.js';
import { fresh, fetchFrom, openPeer, until, textOf, type Peer } from './peer.js';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

function closing<T extends { close(): Promise<void> }>(one: T): T {
  open.push(one);
  return one;
}

const at = ({ port }: RedisServer) => ({ host: '127.0.0.1', port });
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function peer(origin: string, more: Parameters<typeof openPeer>[1]): Peer {
  const one = openPeer(origin, more);
  closing(one.shared);
  return one;
}

/** A server that speaks TLS on a second port, and the certificate that it shows. */
async function secured(): Promise<{ readonly port: number; readonly ca: string }> {
  const certificate = await selfSigned();
  open.push(certificate);
  const { keyFile: key, certFile: cert } = certificate;
  const port = await freePort();
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
  const modes = ['--tls-port', String(port), '--tls-auth-clients', 'no'];
  closing(await RedisServer.start(...modes, ...files));
  return { port, ca: certificate.cert };
}

test('shares answers over TLS only with a server whose certificate is trusted', async () => {
  const { port, ca } = await secured();
  const address = { host: '127.0.0.1', port };
  const place = { kind: 'single', address, database: 0 } as const;
  const [a, b] = [peer('a', { place, tls: { ca } }), peer('b', { place, tls: { ca } })];
  const soon = { place, timeoutMs: 300 };
  const [wary, plain] = [peer('c', { ...soon, tls: { ca: null } }), peer('d', soon)];
  await until(() => a.shared.isAvailable && b.shared.isAvailable);

  a.store.put(fresh('one'));
  await until(() => b.store.size === 1);

  expect(await textOf(b, 'one')).toBe('the answer to one');
  await until(() => [wary, plain].every(({ states }) => states.includes('unavailable')));
  expect([wary, plain].flatMap(({ store, states }) => [store.size, ...new Set(states)])).toEqual([
    ...[0, 'unavailable'],
    ...[0, 'unavailable'],
  ]);
});

/** Less than the timeout of a command, which is two seconds. */
const MAX_WAIT_MS = 1_000;

/** A deployment whose master can be lost, with another server that takes over. */
interface Failing {
  readonly place: RedisSettings['place'];
  lose(): Promise<void>;
}

/** The logs are in one slot: its loss cuts off all processes from them, and from a third of the answers. */
async function cluster(): Promise<Failing> {
  const six = closing(await RedisCluster.start('with replicas'));
  return {
    place: { kind: 'cluster', nodes: six.nodes },
    lose: () => six.loseMasterOf('{p}:cache1:log'),
  };
}

async function sentinels(): Promise<Failing> {
  const quick = ['--repl-diskless-sync-delay', '0'];
  const master = closing(await RedisServer.start(...quick));
  const replicaOf = ['--replicaof', '127.0.0.1', String(master.port)];
  const replica = closing(await RedisServer.start(...quick, ...replicaOf));
  const raw = new Redis(replica.port);
  while (!(await raw.info('replication')).includes('master_link_status:up')) await pause(10);
  raw.disconnect();
  const sentinel = closing(await RedisServer.sentinel(master));
  const asked = new Redis(sentinel.port);
  while (!String(await asked.call('SENTINEL', 'REPLICAS', 'mymaster')).includes('flags,slave,')) {
    await pause(10);
  }
  asked.disconnect();
  return {
    place: {
      kind: 'sentinel',
      sentinels: [at(sentinel)],
      master: 'mymaster',
      sentinelPassword: null,
    },
    lose: () => master.kill(),
  };
}

/** An address that is switched to another server, of which the previous one becomes a replica. */
async function renamed(): Promise<Failing> {
  const quick = ['--repl-diskless-sync-delay', '0'];
  const master = closing(await RedisServer.start(...quick));
  const replicaOf = ['--replicaof', '127.0.0.1', String(master.port)];
  const replica = closing(await RedisServer.start(...quick, ...replicaOf));
  const [old, next] = [new Redis(master.port), new Redis(replica.port)];
  while (!(await next.info('replication')).includes('master_link_status:up')) await pause(10);
  let { port } = master;
  const name = createServer((socket) => {
    const server = connect(port, '127.0.0.1');
    socket.pipe(server).pipe(socket);
    for (const [one, other] of [
      [socket, server],
      [server, socket],
    ] as const) {
      one.on('error', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => name.listen(0, '127.0.0.1', resolve));
  open.push({
    close: async () => {
      for (const client of [old, next]) client.disconnect();
      await new Promise((resolve) => name.close(resolve));
    },
  });
  const address = { host: '127.0.0.1', port: (name.address() as AddressInfo).port };
  return {
    place: { kind: 'single', address, database: 0 },
    lose: async () => {
      ({ port } = replica);
      await next.replicaof('NO', 'ONE');
      await old.replicaof('127.0.0.1', replica.port);
    },
  };
}

test.each([
  ['another server is promoted at the same address', renamed],
  ['Sentinel promotes a replica', sentinels],
  ['a replica takes over in a Cluster', cluster],
])(
  'while %s, serves no wrong answer, delays nothing, and resumes afterwards',
  async (_what, open) => {
    const failing = await open();
    const { place } = failing;
    const [a, b] = [peer('a', { place }), peer('b', { place })];
    await until(() => a.shared.isAvailable && b.shared.isAvailable);
    const wrong: string[] = [];
    let [kept, slowestMs, isOver] = [0, 0, false];
    const load = async () => {
      while (!isOver) {
        kept += 1;
        a.store.put(fresh(`k${kept}`));
        const keys = Array.from({ length: kept }, (_, i) => `k${i + 1}`);
        const key = keys.filter((each) => b.store.peek(each)?.payload.form === 'elsewhere').at(-1);
        if (key === undefined) {
          await pause(5);
          continue;
        }
        const askedMs = performance.now();
        const held = await fetchFrom(b, key, 20);
        slowestMs = Math.max(slowestMs, performance.now() - askedMs);
        const words = held?.payload.form === 'whole' ? held.payload.body.toString() : null;
        if (words !== null && words !== `the answer to ${key}`) wrong.push(`${key}: ${words}`);
        await pause(5);
      }
    };
    const loaded = load();
    let [before, whileAway] = [0, 0];
    try {
      await until(() => b.store.size > 5);
      await failing.lose();
      await until(() => !a.shared.isAvailable && !b.shared.isAvailable);
      [before, whileAway] = [kept, kept + 1];
      await until(() => kept > whileAway);
      await until(() => a.shared.isAvailable && b.shared.isAvailable);
      await until(() => b.store.peek(`k${whileAway}`) !== undefined);
    } finally {
      isOver = true;
      await loaded;
    }
    a.store.put(fresh('last'));
    await until(() => b.store.peek('last') !== undefined);

    expect(before).toBeGreaterThan(5);
    expect(wrong).toEqual([]);
    expect(slowestMs).toBeLessThan(MAX_WAIT_MS);
    // After late fetches, none is attempted for a second.
    for (const key of ['last', `k${whileAway}`]) {
      await until(async () => (await textOf(b, key)) === `the answer to ${key}`);
    }
    await b.shared.purge({});
    await until(() => a.store.size === 0);
    expect(a.states).toEqual(['available', 'unavailable', 'available']);
  },
);
