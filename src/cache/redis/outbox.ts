import type { Clock } from '../../core/clock.js';
import type { AnswerStore } from '../answer-store.js';
import { isHeld } from '../kept-answer.js';
import { matches } from '../past-purges.js';
import type { RedisConnection } from './connection.js';
import type { SharedAnswersKeys } from './shared-keys.js';
import { keptFields } from './shared-log.js';
import { encodeShared } from './shared-record.js';
import { headOf, scanHeads } from './shared-scan.js';
import { Untold, type Told } from './untold.js';

/** What sending takes. */
export interface OutboxParts {
  readonly store: AnswerStore;
  readonly clock: Clock;
  readonly keys: SharedAnswersKeys;
  readonly writer: RedisConnection;
  /** Tells this process from others. */
  readonly origin: string;
  /** Has other processes hear of it. */
  readonly tell: (told: Told) => Promise<void>;
}

/**
 * How far an answer has come that is to be sent.
 *
 * - `fresh`: it takes the place of whatever is there.
 * - `old`: another process may have sent a later one, which stays.
 * - `untold`: its words are there, and nobody has been told.
 */
type Sending = 'fresh' | 'old' | 'untold';

const PUSHED_AT_ONCE = 16;

/** What Redis and the other processes are still to get of what happened here. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #pending = new Map<string, Sending>();
  readonly #untold = new Untold();
  #flushing: Promise<void> = Promise.resolve();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** An answer was kept here. @param state - `old` where another process may have kept a later one */
  add(key: string, state: 'fresh' | 'old'): void {
    this.#pending.set(key, state);
  }

  /** Whatever is here may be missing there. */
  addAll(): void {
    for (const answer of this.#parts.store.values()) {
      if (isHeld(answer) && !this.#pending.has(answer.key)) this.#pending.set(answer.key, 'old');
    }
  }

  /** An answer is not to be sent any more. */
  withdraw(key: string): void {
    this.#pending.delete(key);
  }

  /** Something has to be told. @param nowMs - wall clock */
  addTold(told: Told, nowMs: number): void {
    this.#untold.add(told, nowMs);
  }

  /** Sends all that is waiting; where it rejects, what could not be sent goes on waiting. */
  flush(): Promise<void> {
    const flushing = this.#flushing.then(() => this.#sendPending());
    // One after another; that one fails must not stop the next.
    this.#flushing = flushing.catch(() => undefined);
    return flushing;
  }

  /** Removes the words of answers from Redis. */
  async unlink(keys: readonly string[]): Promise<void> {
    // One by one: in a cluster they are on different servers.
    const { writer } = this.#parts;
    const { answers } = this.#parts.keys;
    await Promise.all(keys.map((key) => writer.send(['UNLINK', `${answers}${key}`])));
  }

  async #sendPending(): Promise<void> {
    await this.#untold.send((told) => this.#sendTold(told));
    while (this.#pending.size > 0) {
      const some = [...this.#pending].slice(0, PUSHED_AT_ONCE);
      await Promise.all(some.map(([key, state]) => this.#send(key, state)));
    }
  }

  async #sendTold(told: Told): Promise<void> {
    const { tell } = this.#parts;
    const [heard] = await Promise.allSettled([tell(told)]);
    await this.#unlinkTold(told);
    // Where the server was full there is room now.
    if (heard.status === 'rejected') await tell(told);
  }

  async #unlinkTold(told: Told): Promise<void> {
    const { writer, keys } = this.#parts;
    if (told.kind === 'dropped') {
      // Another answer to the same request may stand there by now.
      const there = await headOf(writer, `${keys.answers}${told.key}`);
      if (there?.source === told.source) await this.unlink([told.key]);
      return;
    }
    const { filter, atMs } = told.purge;
    // There may be answers that nobody knows of who is there now.
    for await (const answers of scanHeads(writer, keys)) {
      const going = answers.filter((answer) => {
        return matches(answer, filter) && answer.storedAtMs - answer.tookMs <= atMs;
      });
      await this.unlink(going.map(({ key }) => key));
    }
  }

  async #send(key: string, state: Sending): Promise<void> {
    const { store, clock, origin, writer } = this.#parts;
    const { answers, log, logEntries } = this.#parts.keys;
    const answer = store.peek(key);
    const leftMs = answer === undefined ? 0 : Math.floor(answer.expiresAtMs - clock.wallMs());
    if (answer !== undefined && isHeld(answer) && leftMs > 0) {
      const { head, value } = encodeShared(answer);
      const only = state === 'fresh' ? [] : ['NX'];
      const set = await writer.send(['SET', `${answers}${key}`, value, 'PX', leftMs, ...only]);
      // First the words, then the news: whoever hears of it finds it.
      const fields = keptFields(origin, head);
      if (set !== null || state === 'untold') {
        // Who is cut off now finds its own words there the next time, and must not take them for another's.
        if (store.peek(key) === answer) this.#pending.set(key, 'untold');
        await writer.send(['XADD', log, 'MAXLEN', '~', logEntries, '*', ...fields]);
      }
    }
    // Unless another answer has come in its place meanwhile.
    if (store.peek(key) === answer) this.#pending.delete(key);
  }
}
