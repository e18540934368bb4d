import { Redis, type ChainableCommander } from 'ioredis';
import type { RedisSettings } from '../../../src/cache/redis/connection.js';
import type { Clock } from '../../../src/core/clock.js';
import { RedisServer } from '../../support/redis-server.js';
import { openPeer, until, textOf, type Peer } from './peer.js';

/** A Redis server for all tests of a file, each with its own prefix, and processes that share answers through it. */
export class OneRedis {
  server!: RedisServer;
  /** The tests' own connection to the server. */
  raw!: Redis;
  prefix = '';
  #rounds = 0;
  #peers = 0;
  readonly #open: { close(): Promise<void> }[] = [];

  constructor() {
    beforeAll(async () => {
      this.server = await RedisServer.start();
      this.raw = new Redis(this.server.port);
      this.raw.on('error', () => undefined);
    });
    beforeEach(() => {
      this.#rounds += 1;
      this.prefix = `t${this.#rounds}`;
    });
    afterEach(async () => {
      for (const one of this.#open.splice(0)) await one.close();
    });
    afterAll(async () => {
      this.raw.disconnect();
      await this.server.close();
    });
  }

  /** Starts a process, which is closed after the test. */
  peer(more: Partial<RedisSettings> = {}, clock?: Clock): Peer {
    const address = { host: '127.0.0.1', port: this.server.port };
    const place = { kind: 'single', address, database: 0 } as const;
    this.#peers += 1;
    const one = openPeer(`peer ${this.#peers}`, { place, prefix: this.prefix, ...more }, clock);
    this.#open.push(one.shared);
    return one;
  }

  /** Closes all connections except `raw`. */
  cutOff(): Promise<void> {
    return this.cutOffAfter((all) => all);
  }

  /** Does something, and closes all connections except `raw` before any process can have noticed. */
  async cutOffAfter(does: (all: ChainableCommander) => ChainableCommander): Promise<void> {
    const cut = ['KILL', 'TYPE', 'normal', 'SKIPME', 'yes'] as const;
    await does(this.raw.multi())
      .call('CLIENT', ...cut)
      .exec();
  }

  /** Redis key of an answer. */
  nameOf(key: string): string {
    return `${this.prefix}:cache1:answer:${key}`;
  }

  /** Redis key of the log of purges. */
  get purges(): string {
    return `{${this.prefix}}:cache1:purges`;
  }
}

export const untilAvailable = (...all: Peer[]) =>
  until(() => all.every(({ shared }) => shared.isAvailable));
export const untilUnavailable = (...all: Peer[]) =>
  until(() => all.every(({ shared }) => !shared.isAvailable));
export const untilKnown = ({ store }: Peer, ...keys: string[]) =>
  until(() => keys.every((key) => store.peek(key) !== undefined));

/** Resolves once a process can serve an answer that another one has stored. */
export async function untilServed(one: Peer, key: string): Promise<void> {
  for (;;) {
    await untilKnown(one, key);
    if ((await textOf(one, key)) === `the answer to ${key}`) return;
  }
}
