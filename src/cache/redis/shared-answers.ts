import type { Clock } from '../../core/clock.js';
import type { AnswerStoreListener, AnswerStore } from '../answer-store.js';
import type { AnswerId } from '../dropped-answers.js';
import { hasPayload, type LoadedAnswer, type CachedAnswer } from '../cached-answer.js';
import type { PurgeFilter } from '../purge-history.js';
import { connectRedis, type RedisConnection, type RedisSettings } from './connection.js';
import { PayloadFetcher, type FetchResult } from './payload-fetcher.js';
import { SharedLogFollower } from './shared-log-follower.js';
import { isOutOfMemoryError, isReplicaError } from './redis-errors.js';
import { Outbox } from './outbox.js';
import { sharedKeys } from './shared-keys.js';
import { emptyIfWrongType } from './shared-scan.js';

/** What sharing works with. */
export interface SharedAnswersOptions {
  readonly settings: RedisSettings;
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** Identifies this process. */
  readonly origin: string;
  /** Runs work when the event loop is free. */
  readonly defer: (work: () => void) => void;
  /** Called when the availability of Redis changes: with `null`, or with the reason why it is unavailable. */
  readonly onState: (error: unknown) => void;
  readonly onFetch: (result: FetchResult) => void;
}

const RETRY_MS = 500;

/**
 * Shares a store's answers with other processes through Redis.
 *
 * Look-ups never leave the process; only the payload of an answer that is about to be given is fetched. While Redis is
 * unavailable the process works with what it has, and catches up later.
 */
export class SharedAnswers implements AnswerStoreListener {
  readonly #options: SharedAnswersOptions;
  readonly #reader: RedisConnection;
  readonly #writer: RedisConnection;
  readonly #follower: SharedLogFollower;
  readonly #outbox: Outbox;
  readonly #fetching: PayloadFetcher;
  #isFlushDue = false;
  #isFollowing = false;
  #isSending = true;
  /** Sending fails because Redis is out of memory; answers can still be fetched. */
  #isFull = false;
  /** `undefined`: nothing was reported yet. */
  #reportedAvailable: boolean | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;
  /** Sending has failed; reading may still work. */
  readonly #onSendFailed = (error: unknown): void => {
    if (this.#isSending) {
      this.#isSending = false;
      this.#options.clock.after(RETRY_MS, () => void this.#retrySending());
    }
    this.#isFull = isOutOfMemoryError(error);
    this.#reconnectIfReplica(error);
    this.#report(error);
  };

  constructor(options: SharedAnswersOptions) {
    const { settings, clock, store, origin, defer } = options;
    const keys = sharedKeys(settings);
    this.#options = options;
    this.#reader = connectRedis(settings, clock);
    this.#writer = connectRedis(settings, clock);
    this.#outbox = new Outbox({
      ...{ store, clock, keys, origin, writer: this.#writer },
      publish: (event) => this.#follower.publish(event),
    });
    this.#fetching = new PayloadFetcher({
      ...{ store, clock, onFetch: options.onFetch },
      read: (key) => emptyIfWrongType(this.#writer.send(['GET', `${keys.answers}${key}`])),
      onFailed: this.#onSendFailed,
    });
    this.#follower = new SharedLogFollower({
      ...{ store, clock, keys, origin, reader: this.#reader, writer: this.#writer },
      pause: () =>
        new Promise((resolve) => {
          defer(resolve);
        }),
      onPurged: (purged) => void this.#outbox.unlink(purged).catch(this.#onSendFailed),
    });
    store.addListener(this);
    void this.#follow();
  }

  /** Whether Redis is available, and this process is up to date. */
  get isAvailable(): boolean {
    return this.#isFollowing && this.#isSending;
  }

  onStored(answer: CachedAnswer): void {
    if (!hasPayload(answer)) return;
    // While this process was not up to date, another one may have stored a later answer.
    this.#outbox.add(answer.key, this.isAvailable ? 'fresh' : 'old');
    this.#flushSoon();
  }

  onRemoved(key: string): void {
    // Nothing to send: evicted answers may stay in Redis, answers expire there by themselves, and purges are published.
    this.#outbox.remove(key);
  }

  onDropped({ key, source }: AnswerId): void {
    this.#outbox.addEvent({ kind: 'dropped', key, source }, this.#options.clock.wallMs());
    this.#flushSoon();
  }

  /**
   * Fetches the payload of an answer.
   *
   * @param budgetMs - how long the request can wait; a payload that arrives later is stored for the next one
   * @returns `null` if it does not arrive in that time, or cannot be fetched
   */
  async fetch(answer: CachedAnswer, budgetMs: number): Promise<LoadedAnswer | null> {
    const isReadable = this.isAvailable || (this.#isFollowing && this.#isFull);
    return isReadable ? this.#fetching.fetch(answer, budgetMs) : null;
  }

  /**
   * Publishes a purge to Redis and all other processes.
   *
   * @returns a promise that resolves once the answers are gone from Redis, and the purge is in the log
   * @throws {Error} if Redis is unavailable; the purge is published as soon as it is back
   */
  async purge(filter: PurgeFilter): Promise<void> {
    const atMs = this.#options.clock.wallMs();
    this.#outbox.addEvent({ kind: 'purge', purge: { filter, atMs } }, atMs);
    try {
      await this.#outbox.flush();
    } catch (error) {
      this.#onSendFailed(error);
      throw error;
    }
  }

  /** Sends what is pending if Redis is available, and disconnects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.isAvailable) await this.#outbox.flush().catch(() => undefined);
    this.#isFollowing = false;
    this.#wake();
    this.#reader.close();
    this.#writer.close();
  }

  async #follow(): Promise<void> {
    while (!this.#isOver()) {
      try {
        await Promise.all([this.#reader.ready(), this.#writer.ready()]);
        if (await this.#follower.join()) this.#outbox.addAll();
        this.#isFollowing = true;
        this.#report(null);
        this.#flushSoon();
        while (!this.#isOver()) await this.#follower.read();
      } catch (error) {
        this.#isFollowing = false;
        this.#reconnectIfReplica(error);
        this.#report(error);
      }
      if (!this.#isOver()) await this.#retryDelay();
    }
  }

  #isOver(): boolean {
    return this.#isClosed;
  }

  #retryDelay(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(RETRY_MS, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }

  #flushSoon(): void {
    if (this.#isFlushDue || !this.isAvailable) return;
    this.#isFlushDue = true;
    this.#options.defer(() => {
      this.#isFlushDue = false;
      void this.#outbox.flush().catch(this.#onSendFailed);
    });
  }

  async #retrySending(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#writer.check();
      await this.#outbox.flush();
      this.#isSending = true;
      this.#report(null);
    } catch (error) {
      // The failure was reported already.
      this.#isFull = isOutOfMemoryError(error);
      this.#reconnectIfReplica(error);
      this.#options.clock.after(RETRY_MS, () => void this.#retrySending());
    }
  }

  /** If one connection has reached a replica, both reconnect: on two different servers they would miss events. */
  #reconnectIfReplica(error: unknown): void {
    if (!isReplicaError(error)) return;
    this.#reader.reconnect();
    this.#writer.reconnect();
  }

  /** @param error - why Redis is unavailable, if it is */
  #report(error: unknown): void {
    const { isAvailable } = this;
    if (this.#isClosed || this.#reportedAvailable === isAvailable) return;
    this.#reportedAvailable = isAvailable;
    this.#options.onState(isAvailable ? null : error);
  }
}
