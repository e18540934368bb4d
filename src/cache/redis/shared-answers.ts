import type { Clock } from '../../core/clock.js';
import type { AnswerJournal, AnswerStore } from '../answer-store.js';
import type { AnswerName } from '../dropped-answers.js';
import { isHeld, type HeldAnswer, type KeptAnswer } from '../kept-answer.js';
import { matches, type PurgeFilter } from '../past-purges.js';
import { connectRedis, type RedisConnection, type RedisSettings } from './connection.js';
import { Fetching, type FetchResult } from './fetching.js';
import { Follower } from './follower.js';
import { isOfFull, isOfReplica } from './refusals.js';
import { sharedKeys, type SharedAnswersKeys } from './shared-keys.js';
import { keptFields } from './shared-log.js';
import { encodeShared } from './shared-record.js';
import { headOf, scanHeads, textOf } from './shared-scan.js';
import { Untold, type Told } from './untold.js';

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

/**
 * How far an answer has come that is to be sent.
 *
 * - `fresh`: it takes the place of whatever is there.
 * - `old`: another process may have sent a later one, which stays.
 * - `untold`: its words are there, and nobody has been told.
 */
type Sending = 'fresh' | 'old' | 'untold';

const RETRY_MS = 500;
const PUSHED_AT_ONCE = 16;

/**
 * Shares a store's answers with other processes by Redis.
 *
 * What others keep is found in this process; only the words of an answer that is about to be given are
 * fetched. Without Redis the process goes on with what it has, and catches up later.
 */
export class SharedAnswers implements AnswerJournal {
  readonly #options: SharedAnswersOptions;
  readonly #keys: SharedAnswersKeys;
  readonly #reader: RedisConnection;
  readonly #writer: RedisConnection;
  readonly #follower: Follower;
  readonly #pending = new Map<string, Sending>();
  readonly #fetching: Fetching;
  readonly #untold = new Untold();
  #flushing: Promise<void> = Promise.resolve();
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
    const { settings, clock, store, defer } = options;
    this.#options = options;
    this.#keys = sharedKeys(settings);
    this.#reader = connectRedis(settings, clock);
    this.#writer = connectRedis(settings, clock);
    this.#fetching = new Fetching({
      ...{ store, clock, onFetch: options.onFetch },
      read: (key) => textOf(this.#writer.send(['GET', `${this.#keys.answers}${key}`])),
      onFailed: this.#unsent,
    });
    this.#follower = new Follower({
      ...{ store, clock, keys: this.#keys, reader: this.#reader, writer: this.#writer },
      origin: options.origin,
      pause: () =>
        new Promise((resolve) => {
          defer(resolve);
        }),
      onPurged: (keys) => void this.#unlink(keys).catch(this.#unsent),
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
    this.#pending.set(answer.key, this.isThere ? 'fresh' : 'old');
    this.#flushSoon();
  }

  gone(key: string): void {
    // What has to make room here may stay elsewhere, times are over everywhere at once, and purges are told as such.
    this.#pending.delete(key);
  }

  dropped({ key, source }: AnswerName): void {
    this.#untold.add({ kind: 'dropped', key, source }, this.#options.clock.wallMs());
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
    this.#untold.add({ kind: 'purge', purge: { filter, atMs } }, atMs);
    try {
      await this.#flush();
    } catch (error) {
      this.#unsent(error);
      throw error;
    }
  }

  /** Sends what is still to be sent, if Redis is there, and ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.isThere) await this.#flush().catch(() => undefined);
    this.#isFollowing = false;
    this.#wake();
    this.#reader.close();
    this.#writer.close();
  }

  async #follow(): Promise<void> {
    while (!this.#isOver()) {
      try {
        await Promise.all([this.#reader.ready(), this.#writer.ready()]);
        if (await this.#follower.join()) this.#sendAll();
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

  /** Whatever is here may be missing there. */
  #sendAll(): void {
    for (const answer of this.#options.store.values()) {
      if (isHeld(answer) && !this.#pending.has(answer.key)) this.#pending.set(answer.key, 'old');
    }
  }

  #flushSoon(): void {
    if (this.#isFlushDue || !this.isThere) return;
    this.#isFlushDue = true;
    this.#options.defer(() => {
      this.#isFlushDue = false;
      void this.#flush().catch(this.#unsent);
    });
  }

  #flush(): Promise<void> {
    const flushing = this.#flushing.then(() => this.#sendPending());
    // One after another; that one fails must not stop the next.
    this.#flushing = flushing.catch(() => undefined);
    return flushing;
  }

  async #sendPending(): Promise<void> {
    await this.#untold.send((told) => this.#sendTold(told));
    while (this.#pending.size > 0) {
      const some = [...this.#pending].slice(0, PUSHED_AT_ONCE);
      await Promise.all(some.map(([key, state]) => this.#send(key, state)));
    }
  }

  async #sendTold(told: Told): Promise<void> {
    const [heard] = await Promise.allSettled([this.#follower.tell(told)]);
    await this.#unlinkTold(told);
    // Where the server was full there is room now.
    if (heard.status === 'rejected') await this.#follower.tell(told);
  }

  async #unlinkTold(told: Told): Promise<void> {
    if (told.kind === 'dropped') {
      // Another answer to the same request may stand there by now.
      const there = await headOf(this.#writer, `${this.#keys.answers}${told.key}`);
      if (there?.source === told.source) await this.#unlink([told.key]);
      return;
    }
    const { filter, atMs } = told.purge;
    // There may be answers that nobody knows of who is there now.
    for await (const answers of scanHeads(this.#writer, this.#keys)) {
      const going = answers.filter((answer) => {
        return matches(answer, filter) && answer.storedAtMs - answer.tookMs <= atMs;
      });
      await this.#unlink(going.map(({ key }) => key));
    }
  }

  async #send(key: string, state: Sending): Promise<void> {
    const { store, clock, origin } = this.#options;
    const { answers, log, logEntries } = this.#keys;
    const answer = store.peek(key);
    const leftMs = answer === undefined ? 0 : Math.floor(answer.expiresAtMs - clock.wallMs());
    if (answer !== undefined && isHeld(answer) && leftMs > 0) {
      const { head, value } = encodeShared(answer);
      const only = state === 'fresh' ? [] : ['NX'];
      const set = await this.#writer.send([
        'SET',
        `${answers}${key}`,
        value,
        'PX',
        leftMs,
        ...only,
      ]);
      // First the words, then the news: whoever hears of it finds it.
      const fields = keptFields(origin, head);
      if (set !== null || state === 'untold') {
        // Who is cut off now finds its own words there the next time, and must not take them for another's.
        if (store.peek(key) === answer) this.#pending.set(key, 'untold');
        await this.#writer.send(['XADD', log, 'MAXLEN', '~', logEntries, '*', ...fields]);
      }
    }
    // Unless another answer has come in its place meanwhile.
    if (store.peek(key) === answer) this.#pending.delete(key);
  }

  async #unlink(keys: readonly string[]): Promise<void> {
    // One by one: in a cluster they are on different servers.
    const { answers } = this.#keys;
    await Promise.all(keys.map((key) => this.#writer.send(['UNLINK', `${answers}${key}`])));
  }

  async #tryAgain(): Promise<void> {
    if (this.#isClosed) return;
    try {
      await this.#writer.check();
      await this.#flush();
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
