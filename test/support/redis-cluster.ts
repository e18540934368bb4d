import { Redis } from 'ioredis';
import type { RedisAddress } from '../../src/cache/redis/connection.js';
import { freePort } from './free-port.js';
import { RedisServer } from './redis-server.js';

const SLOTS = 16_384;
const MASTERS = 3;
/** For a server to say what it should; a cluster is there in two to three seconds. */
const PATIENCE_MS = 8_000;
/** Of starting a cluster. */
const TRIES = 3;

/** A server of a cluster. */
interface Node {
  readonly server: RedisServer;
  readonly bus: number;
  readonly client: Redis;
}

/** Three masters that share all slots and know of each other; each may have a replica. */
export class RedisCluster {
  readonly #masters: readonly Node[];
  readonly #replicas: readonly Node[];

  private constructor(masters: readonly Node[], replicas: readonly Node[]) {
    this.#masters = masters;
    this.#replicas = replicas;
  }

  /** Servers refuse everything for their first two seconds. @param more - a replica each, which takes over in one to three seconds */
  static async start(more?: 'with replicas'): Promise<RedisCluster> {
    // Servers that meet while the machine is busy may miss each other, or find a port taken, and never become a cluster.
    for (let left = TRIES; ; left--) {
      try {
        return await RedisCluster.#startOnce(more);
      } catch (error) {
        if (left === 1) throw error;
      }
    }
  }

  static async #startOnce(more?: 'with replicas'): Promise<RedisCluster> {
    const count = more === undefined ? MASTERS : 2 * MASTERS;
    const started = await Promise.allSettled(Array.from({ length: count }, startNode));
    const nodes = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const cluster = new RedisCluster(nodes.slice(0, MASTERS), nodes.slice(MASTERS));
    try {
      for (const one of started) if (one.status === 'rejected') throw one.reason;
      await cluster.#meet(nodes);
    } catch (error) {
      await cluster.close();
      throw error;
    }
    return cluster;
  }

  async #meet(nodes: readonly Node[]): Promise<void> {
    const share = Math.ceil(SLOTS / MASTERS);
    for (const [i, { client }] of this.#masters.entries()) {
      const slots = [i * share, Math.min(SLOTS, (i + 1) * share) - 1];
      await client.call('CLUSTER', 'ADDSLOTSRANGE', ...slots);
      // Only as long as a node knows no other, and it may be met by any of them below.
      await client.call('CLUSTER', 'SET-CONFIG-EPOCH', i + 1);
    }
    for (const { client } of nodes) {
      for (const { server, bus } of nodes) {
        await client.call('CLUSTER', 'MEET', '127.0.0.1', server.port, bus);
      }
    }
    for (const { client } of nodes) await says(client, 'CLUSTER INFO', 'cluster_state:ok');
    await this.#haveReplicasFollow();
  }

  get nodes(): readonly RedisAddress[] {
    return [...this.#masters, ...this.#replicas].map(({ server }) => {
      return { host: '127.0.0.1', port: server.port };
    });
  }

  /** Tells the masters apart: which of them has a key. */
  async masterOf(key: string): Promise<number> {
    const slot = Number(await this.#masters[0]?.client.cluster('KEYSLOT', key));
    return Math.floor(slot / Math.ceil(SLOTS / MASTERS));
  }

  /** Ends the master that has a key, as a crash does, long before another takes over; its replica has all that it had. */
  async loseMasterOf(key: string): Promise<void> {
    const at = await this.masterOf(key);
    const [master, replica] = [this.#masters[at], this.#replicas[at]];
    if (replica !== undefined) {
      const written = await offsetOf(master?.client ?? replica.client);
      await until(async () => (await offsetOf(replica.client)) >= written, 'caught up');
    }
    master?.client.disconnect();
    await master?.server.kill();
  }

  async close(): Promise<void> {
    for (const { client, server } of [...this.#masters, ...this.#replicas]) {
      // Told twice, it waits two seconds for a socket that is closed already, and keeps the process that long.
      if (client.status !== 'end') client.disconnect();
      await server.close();
    }
  }

  async #haveReplicasFollow(): Promise<void> {
    for (const [i, { client }] of this.#replicas.entries()) {
      const id = String(await this.#masters[i]?.client.cluster('MYID'));
      await says(client, 'CLUSTER NODES', id);
      await client.cluster('REPLICATE', id);
    }
    for (const { client } of this.#replicas) await says(client, 'INFO', 'master_link_status:up');
  }
}

async function startNode(): Promise<Node> {
  for (let left = TRIES; ; left--) {
    try {
      return await tryNode();
    } catch (error) {
      // Somebody else may have taken a port that was free a moment ago.
      if (left === 1) throw error;
    }
  }
}

async function tryNode(): Promise<Node> {
  // The usual one is 10,000 higher than the port, which may be none.
  const bus = await freePort();
  const server = await RedisServer.start(
    ...['--cluster-enabled', 'yes', '--cluster-port', String(bus)],
    ...['--cluster-node-timeout', '500', '--repl-diskless-sync-delay', '0'],
  );
  const client = new Redis(server.port);
  client.on('error', () => undefined);
  return { server, bus, client };
}

/** How far a server has come in what its master wrote, or it itself as one. */
async function offsetOf(client: Redis): Promise<number> {
  const said = await client.info('replication');
  const { offset } = /(?:slave|master)_repl_offset:(?<offset>\d+)/u.exec(said)?.groups ?? {};
  return Number(offset);
}

async function says(client: Redis, question: string, wanted: string): Promise<void> {
  const [command = '', ...args] = question.split(' ');
  await until(
    async () => String(await client.call(command, ...args)).includes(wanted),
    `${question}: ${wanted}`,
  );
}

/** @throws {Error} it does not come to hold in time */
async function until(holds: () => Promise<boolean>, what: string): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
