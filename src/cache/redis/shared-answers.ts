import type { Clock } from '../../core/clock.js';
import type { AnswerJournal, AnswerStore } from '../answer-store.js';
import type { AnswerName } from '../dropped-answers.js';
import { isHeld, type HeldAnswer, type KeptAnswer } from '../kept-answer.js';
import type { PurgeFilter } from '../past-purges.js';
import { connectRedis, type RedisConnection, type RedisSettings } from './connection.js';
import { Fetching, type FetchResult } from './fetching.js';
import { Follower } from './follower.js';
import { isOfFull, isOfReplica } from './refusals.js';
import { Outbox } from './outbox.js';
import { sharedKeys } from './shared-keys.js';
import { textOf } from './shared-scan.js';

/** What sharing works with. */
export interface SharedAnswersOptions {
  readonly settings: RedisSettings;
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** Tells this process from all others. */
  readonly origin: string;
  /** Runs work when no request waits for it. */
  readonly defer: (work: () => void) => void;
  /** Redis is there again, or is not and why; told when that changes, not every time. */
  readonly onState: (error: unknown) => void;
  readonly onFetch: (result: FetchResult) => void;
}

const RETRY_MS = 500;

/**
 * Shares a store's answers with other processes by Redis.
 *
 * What others keep is found in this process; only the words of an answer that is about to be given are
 * fetched. Without Redis the process goes on with what it has, and catches up later.
 */
export class SharedAnswers implements AnswerJournal {
  readonly #options: SharedAnswersOptions;
  readonly #reader: RedisConnection;
  readonly #writer: RedisConnection;
  readonly #follower: Follower;
  readonly #outbox: Outbox;
  readonly #fetching: Fetching;
  #isFlushDue = false;
  #isFollowing = false;
  #isSending = true;
  /** Why nothing is sent is that Redis has no memory; what is there can be had all the same. */
  #isFull = false;
  /** `undefined`: neither way has been told yet. */
  #toldThere: boolean | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;
  /** Something could not be sent, however the one that follows is. */
  readonly #unsent = (error: unknown): void => {
    if (this.#isSending) {
      this.#isSending = false;
      this.#options.clock.after(RETRY_MS, () => void this.#tryAgain());
    }
    this.#isFull = isOfFull(error);
    this.#leaveReplica(error);
    this.#say(error);
  };

  constructor(options: SharedAnswersOptions) {
    const { settings, clock, store, origin, defer } = options;
    const keys = sharedKeys(settings);
    this.#options = options;
    this.#reader = connectRedis(settings, clock);
    this.#writer = connectRedis(settings, clock);
    this.#outbox = new Outbox({
      ...{ store, clock, keys, origin, writer: this.#writer },
      tell: (told) => this.#follower.tell(told),
    });
    this.#fetching = new Fetching({
      ...{ store, clock, onFetch: options.onFetch },
      read: (key) => textOf(this.#writer.send(['GET', `${keys.answers}${key}`])),
      onFailed: this.#unsent,
    });
    this.#follower = new Follower({
      ...{ store, clock, keys, origin, reader: this.#reader, writer: this.#writer },
      pause: () =>
        new Promise((resolve) => {
          defer(resolve);
        }),
      onPurged: (purged) => void this.#outbox.unlink(purged).catch(this.#unsent),
    });
    store.noteIn(this);
    void this.#follow();
  }

  /** Redis answers, and what others keep and purge is known here. */
  get isThere(): boolean {
    return this.#isFollowing && this.#isSending;
  }

  kept(answer: KeptAnswer): void {
    if (!isHeld(answer)) return;
    // While nobody was heard of, another process may have kept a later one.
    this.#outbox.add(answer.key, this.isThere ? 'fresh' : 'old');
    this.#flushSoon();
  }

  gone(key: string): void {
    // What has to make room here may stay elsewhere, times are over everywhere at once, and purges are told as such.
    this.#outbox.withdraw(key);
  }

  dropped({ key, source }: AnswerName): void {
    this.#outbox.addTold({ kind: 'dropped', key, source }, this.#options.clock.wallMs());
    this.#flushSoon();
  }

  /**
   * The words of an answer that is known here.
   *
   * @param budgetMs - how long whoever asks can wait; what comes later is kept for the next one
   * @returns `null` if it is not to be had in that time
   */
  async fetch(answer: KeptAnswer, budgetMs: number): Promise<HeldAnswer | null> {
    const isReadable = this.isThere || (this.#isFollowing && this.#isFull);
    return isReadable ? this.#fetching.fetch(answer, budgetMs) : null;
  }

  /**
   * Purges everywhere what was purged here.
   *
   * @returns a promise that is fulfilled once the words are gone from Redis and the others have been told
   * @throws {Error} if Redis is away; they are told as soon as it is back
   */
  async purge(filter: PurgeFilter): Promise<void> {
    const atMs = this.#options.clock.wallMs();
    this.#outbox.addTold({ kind: 'purge', purge: { filter, atMs } }, atMs);
    try {
      await this.#outbox.flush();
    } catch (error) {
      this.#unsent(error);
      throw error;
    }
  }

  /** Sends what is still to be sent, if Redis is there, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.isThere) await this.#outbox.flush().catch(() => undefined);
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
        this.#say(null);
        this.#flushSoon();
        while (!this.#isOver()) await this.#follower.read();
      } catch (error) {
        this.#isFollowing = false;
        this.#leaveReplica(error);
        this.#say(error);
      }
      if (!this.#isOver()) await this.#rest();
    }
  }

  #isOver(): boolean {
    return this.#isClosed;
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const forget = this.#options.clock.after(RETRY_MS, resolve);
      this.#wake = () => {
        forget();
        resolve();
      };
    });
  }

  #flushSoon(): void {
    if (this.#isFlushDue || !this.isThere) return;
    this.#isFlushDue = true;
    this.#options.defer(() => {
      this.#isFlushDue = false;
      void this.#outbox.flush().catch(this.#unsent);
    });
  }

  async #tryAgain(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#writer.check();
      await this.#outbox.flush();
      this.#isSending = true;
      this.#say(null);
    } catch (error) {
      // Told already.
      this.#isFull = isOfFull(error);
      this.#leaveReplica(error);
      this.#options.clock.after(RETRY_MS, () => void this.#tryAgain());
    }
  }

  /** Where either connection has met a replica both look for the master: at two servers they would miss what is told. */
  #leaveReplica(error: unknown): void {
    if (!isOfReplica(error)) return;
    this.#reader.renew();
    this.#writer.renew();
  }

  /** @param error - what keeps it from being there, if it is not */
  #say(error: unknown): void {
    const { isThere } = this;
    if (this.#isClosed || this.#toldThere === isThere) return;
    this.#toldThere = isThere;
    this.#options.onState(isThere ? null : error);
  }
}
