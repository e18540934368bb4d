import { Cluster, Redis } from 'ioredis';
import type { Clock } from '../../core/clock.js';
import { inWords } from './refusals.js';

/** Where a server is. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

/** Where Redis is, and how to be let in. */
export interface RedisSettings {
  readonly place:
    | { readonly kind: 'single'; readonly address: RedisAddress; readonly database: number }
    | {
        readonly kind: 'sentinel';
        readonly sentinels: readonly RedisAddress[];
        /** What the sentinels call it. */
        readonly master: string;
        readonly sentinelPassword: string | null;
      }
    | { readonly kind: 'cluster'; readonly nodes: readonly RedisAddress[] };
  readonly username: string | null;
  readonly password: string | null;
  /** `ca`: certificates to trust, as PEM; `null` for those that the machine trusts. */
  readonly tls: { readonly ca: string | null } | null;
  /** Begins every key; letters, digits and `._-:` only. */
  readonly prefix: string;
  /** Milliseconds in which a command has to be answered. */
  readonly timeoutMs: number;
  /** Changes that others can catch up with; who has missed more looks through all answers. */
  readonly logEntries: number;
}

/** A command and its arguments. */
export type RedisCommand = readonly [name: string, ...args: (string | Buffer | number)[]];

/** A way to Redis. */
export interface RedisConnection {
  /**
   * Sends a command to whichever server has its keys.
   *
   * @param extraMs - that the command may take by itself, on top of what is usual
   * @returns strings as `Buffer`
   * @throws {Error} at once when there is no connection; when it is not answered in time; or what Redis says
   */
  send(command: RedisCommand, extraMs?: number): Promise<unknown>;
  /**
   * Waits for a connection.
   *
   * @throws {Error} if there is none in the time that a command has, or there is no such database
   */
  ready(): Promise<void>;
  /**
   * For each server that holds keys, a way to send to just that one.
   *
   * @throws {Error} if keys have no server just now, or one that there is no connection to
   */
  servers(): Promise<readonly Pick<RedisConnection, 'send'>[]>;
  /** @throws {Error} unless every server that holds keys takes commands */
  check(): Promise<void>;
  /** Gives all up that is under way, and connects anew, to whoever has the name or is the master by now. */
  renew(): void;
  /** Gives all up that is under way, and does not come back. */
  close(): void;
}

const SLOTS = 16_384;
const PING: RedisCommand = ['PING'];
const CLUSTER_INFO: RedisCommand = ['CLUSTER', 'INFO'];

/** For a server to let go of a connection that is given up; one that is lost or hangs never does. */
const PARTING_MS = 200;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 1_000;

/** Begins to connect, and goes on trying whenever the connection is lost, until it is closed. */
export function connectRedis(settings: RedisSettings, clock: Clock): RedisConnection {
  const client = clientFor(settings);
  const database = settings.place.kind === 'single' ? settings.place.database : 0;
  // Every command that fails says so itself.
  client.on('error', () => undefined);
  let isClosed = false;
  const sendTo =
    (target: Redis | Cluster): RedisConnection['send'] =>
    async (command, extraMs = 0) => {
      const [name, ...args] = command;
      let forget = (): void => undefined;
      const late = new Promise<never>((_resolve, reject) => {
        forget = clock.after(settings.timeoutMs + extraMs, () => {
          reject(new Error(`Redis has not answered in ${settings.timeoutMs} ms`));
          // What waits behind a server that hangs must not pile up: all of it is given up.
          target.disconnect(!isClosed);
        });
      });
      try {
        return await Promise.race([target.callBuffer(name, args), late]);
      } catch (error) {
        throw inWords(error);
      } finally {
        forget();
      }
    };
  const send = sendTo(client);
  const servers = async (): Promise<readonly Pick<RedisConnection, 'send'>[]> => {
    if (!(client instanceof Cluster)) return [{ send }];
    // Who has taken over may be unknown here until something is sent to it.
    await refreshed(client);
    return mastersOf(client).map((node) => ({ send: sendTo(node) }));
  };
  return {
    send,
    servers,
    ready: async () => {
      await readiness(client, settings, clock);
      // The client has asked for it, too, but stays in the first one where that is refused, and does not say so.
      if (database > 0) await send(['SELECT', database]);
    },
    check: async () => {
      // For some time after a loss servers of a cluster answer, and refuse whatever has to do with keys.
      const isCluster = client instanceof Cluster;
      const [asks, wanted] = isCluster ? [CLUSTER_INFO, 'cluster_state:ok'] : [PING, 'PONG'];
      const said = await Promise.all((await servers()).map((server) => server.send(asks)));
      if (!said.every((one) => String(one).includes(wanted)))
        throw new Error('the cluster is down');
    },
    renew: () => {
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
      if (error) reject(inWords(error));
      else resolve();
    });
  });
}

/** @throws {Error} if a slot has none */
function mastersOf(client: Cluster): readonly Redis[] {
  const nodes = new Map(
    client.nodes().map((node) => [`${node.options.host}:${node.options.port}`, node]),
  );
  const masters = new Set(Array.from({ length: SLOTS }, (_, slot) => client.slots[slot]?.[0]));
  return [...masters].map((master) => {
    const node = nodes.get(master ?? '');
    if (node === undefined) throw new Error(`no connection to ${master ?? 'who has some slots'}`);
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
    let why: unknown;
    const onError = (error: unknown): void => {
      why = error;
    };
    const end = (): void => {
      client.off('ready', onReady);
      client.off('error', onError);
      forget();
    };
    const onReady = (): void => {
      end();
      resolve();
    };
    const forget = clock.after(timeoutMs, () => {
      end();
      // It goes on asking a server that it has reached, and says nothing of that.
      const said =
        client.status === 'connect'
          ? `Redis was not ready in ${timeoutMs} ms: it hangs, or is loading its data`
          : `no connection to Redis in ${timeoutMs} ms`;
      reject(why === undefined ? new Error(said) : inWords(why));
    });
    client.on('ready', onReady);
    client.on('error', onError);
  });
}

function clientFor(settings: RedisSettings): Redis | Cluster {
  const { place, username, password, tls, timeoutMs } = settings;
  const retry = (times: number): number => Math.min(times * FIRST_RETRY_MS, LONGEST_RETRY_MS);
  const secured = tls?.ca ? { ca: tls.ca } : {};
  const common = {
    // Replies as lists, whatever the server is able to say.
    protocol: 2 as const,
    connectTimeout: timeoutMs,
    disconnectTimeout: PARTING_MS,
    // What cannot be sent now is not sent at all: nothing piles up, and nobody waits.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    ...(username !== null && { username }),
    ...(password !== null && { password }),
    ...(tls !== null && { tls: secured }),
  };
  const alone = { ...common, enableOfflineQueue: false, retryStrategy: retry };
  switch (place.kind) {
    case 'single':
      return new Redis({ ...alone, ...place.address, db: place.database });
    case 'sentinel':
      return new Redis({
        ...alone,
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
        // Else a command waits for seconds, and then reads on at a server that may lack what was read before.
        retryDelayOnFailover: 0,
        retryDelayOnClusterDown: 0,
        slotsRefreshTimeout: timeoutMs,
        redisOptions: { ...common },
      });
  }
}
