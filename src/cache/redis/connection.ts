import { Cluster, Redis } from 'ioredis';
import type { Clock } from '../../core/clock.js';
import { readableError } from './redis-errors.js';

/** Address of a server. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** How to connect to Redis, and what to store there. */
export interface RedisSettings {
  readonly place:
    | { readonly kind: 'single'; readonly address: RedisAddress; readonly database: number }
    | {
        readonly kind: 'sentinel';
        readonly sentinels: readonly RedisAddress[];
        /** Name of the master, as the sentinels know it. */
        readonly master: string;
        readonly sentinelPassword: string | null;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] };
  readonly username: string | null;
  readonly password: string | null;
  /** `null` for no TLS. `ca`: trusted certificates, as PEM; `null` for the system's. */
  readonly tls: { readonly ca: string | null } | null;
  /** Prefix of all keys; letters, digits and `._-:` only. */
  readonly prefix: string;
  /** Milliseconds after which a command is abandoned. */
  readonly timeoutMs: number;
  /** Length of the log of stored answers; a process that has missed more scans all answers. */
  readonly logEntries: number;
}

/** A command and its arguments. */
export type RedisCommand = readonly [name: string, ...args: (string | Buffer | number)[]];

/** A connection to Redis, which reconnects by itself. */
export interface RedisConnection {
  /**
   * Sends a command to the server that has its keys.
   *
   * @param extraMs - milliseconds that the command may take in addition to the timeout
   * @returns the reply, strings as `Buffer`
   * @throws {Error} at once if there is no connection; if there is no reply in time; or with an error reply
   */
  send(command: RedisCommand, extraMs?: number): Promise<unknown>;
  /**
   * Waits until connected.
   *
   * @throws {Error} if there is no connection within the timeout, or the database does not exist
   */
  ready(): Promise<void>;
  /**
   * Connections to the single servers that hold keys.
   *
   * @throws {Error} if some keys have no server at the moment, or there is no connection to it
   */
  servers(): Promise<readonly Pick<RedisConnection, 'send'>[]>;
  /** @throws {Error} unless every server that holds keys accepts commands */
  check(): Promise<void>;
  /** Abandons all commands in flight, and reconnects, resolving the host name or the master again. */
  reconnect(): void;
  /** Abandons all commands in flight, and does not reconnect. */
  close(): void;
}

const SLOTS = 16_384;
const PING: RedisCommand = ['PING'];
const CLUSTER_INFO: RedisCommand = ['CLUSTER', 'INFO'];

/** How long to wait for the server to close a connection; a lost or hanging server never does. */
const DISCONNECT_TIMEOUT_MS = 200;
const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 1_000;

/** Starts to connect, and reconnects whenever the connection is lost, until it is closed. */
export function connectRedis(settings: RedisSettings, clock: Clock): RedisConnection {
  const client = clientFor(settings);
  const database = settings.place.kind === 'single' ? settings.place.database : 0;
  // Commands report failures themselves.
  client.on('error', () => undefined);
  let isClosed = false;
  const sendTo =
    (target: Redis | Cluster): RedisConnection['send'] =>
    async (command, extraMs = 0) => {
      const [name, ...args] = command;
      let cancel = (): void => undefined;
      const timeout = new Promise<never>((_resolve, reject) => {
        cancel = clock.after(settings.timeoutMs + extraMs, () => {
          reject(new Error(`Redis has not answered within ${settings.timeoutMs} ms`));
          // Commands must not pile up behind a server that hangs, so all of them are abandoned.
          target.disconnect(!isClosed);
        });
      });
      try {
        return await Promise.race([target.callBuffer(name, args), timeout]);
      } catch (error) {
        throw readableError(error);
      } finally {
        cancel();
      }
    };
  const send = sendTo(client);
  const servers = async (): Promise<readonly Pick<RedisConnection, 'send'>[]> => {
    if (!(client instanceof Cluster)) return [{ send }];
    // The client may not know of a failover yet.
    await refreshed(client);
    return mastersOf(client).map((node) => ({ send: sendTo(node) }));
  };
  return {
    send,
    servers,
    ready: async () => {
      await readiness(client, settings, clock);
      // The client selects it as well, but silently stays in database 0 if that fails.
      if (database > 0) await send(['SELECT', database]);
    },
    check: async () => {
      // After losing a server, those of a cluster answer for some time, but refuse commands with keys.
      const isCluster = client instanceof Cluster;
      const [command, expected] = isCluster ? [CLUSTER_INFO, 'cluster_state:ok'] : [PING, 'PONG'];
      const replies = await Promise.all((await servers()).map((server) => server.send(command)));
      if (!replies.every((reply) => String(reply).includes(expected)))
        throw new Error('the cluster is down');
    },
    reconnect: () => {
      client.disconnect(!isClosed);
    },
    close: () => {
      isClosed = true;
      client.disconnect();
    },
  };
}

function refreshed(client: Cluster): Promise<void> {
  return new Promise((resolve, reject) => {
    client.refreshSlotsCache((error) => {
      if (error) reject(readableError(error));
      else resolve();
    });
  });
}

/** @throws {Error} if a slot has no master */
function mastersOf(client: Cluster): readonly Redis[] {
  const nodes = new Map(
    client.nodes().map((node) => [`${node.options.host}:${node.options.port}`, node]),
  );
  const masters = new Set(Array.from({ length: SLOTS }, (_, slot) => client.slots[slot]?.[0]));
  return [...masters].map((master) => {
    const node = nodes.get(master ?? '');
    if (node === undefined)
      throw new Error(`no connection to ${master ?? 'the master of some slots'}`);
    return node;
  });
}

function readiness(
  client: Redis | Cluster,
  { timeoutMs }: Pick<RedisSettings, 'timeoutMs'>,
  clock: Clock,
): Promise<void> {
  if (client.status === 'ready') return Promise.resolve();
  return new Promise((resolve, reject) => {
    let lastError: unknown;
    const onError = (error: unknown): void => {
      lastError = error;
    };
    const end = (): void => {
      client.off('ready', onReady);
      client.off('error', onError);
      cancel();
    };
    const onReady = (): void => {
      end();
      resolve();
    };
    const cancel = clock.after(timeoutMs, () => {
      end();
      // The client keeps polling a server that it has reached, and reports no error.
      const message =
        client.status === 'connect'
          ? `Redis was not ready in ${timeoutMs} ms: it hangs, or is loading its data`
          : `no connection to Redis in ${timeoutMs} ms`;
      reject(lastError === undefined ? new Error(message) : readableError(lastError));
    });
    client.on('ready', onReady);
    client.on('error', onError);
  });
}

function clientFor(settings: RedisSettings): Redis | Cluster {
  const { place, username, password, tls, timeoutMs } = settings;
  const retry = (times: number): number => Math.min(times * FIRST_RETRY_MS, MAX_RETRY_MS);
  const secured = tls?.ca ? { ca: tls.ca } : {};
  const common = {
    // RESP2, so that all replies are arrays.
    protocol: 2 as const,
    connectTimeout: timeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    // A command that cannot be sent now fails: nothing is queued, and nobody waits.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(tls !== null && { tls: secured }),
  };
  const standalone = { ...common, enableOfflineQueue: false, retryStrategy: retry };
  switch (place.kind) {
    case 'single':
      return new Redis({ ...standalone, ...place.address, db: place.database });
    case 'sentinel':
      return new Redis({
        ...standalone,
        sentinels: [...place.sentinels],
        name: place.master,
        sentinelRetryStrategy: retry,
        ...(place.sentinelPassword !== null && { sentinelPassword: place.sentinelPassword }),
        ...(tls !== null && { enableTLSForSentinelMode: true, sentinelTLS: secured }),
      });
    case 'cluster':
      return new Cluster([...place.nodes], {
        enableOfflineQueue: false,
        clusterRetryStrategy: retry,
        // Otherwise a command waits for seconds, and then reads from a server that may lack earlier entries.
        retryDelayOnFailover: 0,
        retryDelayOnClusterDown: 0,
        slotsRefreshTimeout: timeoutMs,
        redisOptions: { ...common },
      });
  }
}
