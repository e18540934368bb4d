import type { Clock } from '../../core/clock.js';
import type { AnswerStore } from '../answer-store.js';
import { hasPayload } from '../cached-answer.js';
import { matchesFilter } from '../purge-history.js';
import type { RedisConnection } from './connection.js';
import type { SharedAnswersKeys } from './shared-keys.js';
import { encodeStoredEvent } from './shared-log.js';
import { encodeShared } from './shared-record.js';
import { readHead, scanHeads } from './shared-scan.js';
import { EventQueue, type RemovalEvent } from './event-queue.js';

/** What the outbox works with. */
export interface OutboxParts {
  readonly store: AnswerStore;
  readonly clock: Clock;
  readonly keys: SharedAnswersKeys;
  readonly writer: RedisConnection;
  /** Identifies this process. */
  readonly origin: string;
  /** Publishes an event to the other processes. */
  readonly publish: (event: RemovalEvent) => Promise<void>;
}

/**
 * State of an answer to send.
 *
 * - `fresh`: it replaces the value in Redis.
 * - `old`: another process may have sent a later one, which stays.
 * - `unannounced`: its value is in Redis, but not in the log.
 */
type PendingState = 'fresh' | 'old' | 'unannounced';

const BATCH_SIZE = 16;

/** The answers and events of this process that are still to be sent to Redis. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #pending = new Map<string, PendingState>();
  readonly #events = new EventQueue();
  #flushing: Promise<void> = Promise.resolve();

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** Adds an answer. @param state - `old` if another process may have stored a later one */
  add(key: string, state: 'fresh' | 'old'): void {
    this.#pending.set(key, state);
  }

  /** Adds all answers that have a payload: Redis may have lost them. */
  addAll(): void {
    for (const answer of this.#parts.store.values()) {
      if (hasPayload(answer) && !this.#pending.has(answer.key))
        this.#pending.set(answer.key, 'old');
    }
  }

  /** Removes an answer. */
  remove(key: string): void {
    this.#pending.delete(key);
  }

  /** Adds an event. @param nowMs - wall clock */
  addEvent(event: RemovalEvent, nowMs: number): void {
    this.#events.add(event, nowMs);
  }

  /** Sends everything; if it rejects, what could not be sent stays in the outbox. */
  flush(): Promise<void> {
    const flushing = this.#flushing.then(() => this.#sendPending());
    // Flushes run one after another; a failure must not stop the next one.
    this.#flushing = flushing.catch(() => undefined);
    return flushing;
  }

  /** Removes answers from Redis. */
  async unlink(keys: readonly string[]): Promise<void> {
    // One command per key: in a cluster they are on different servers.
    const { writer } = this.#parts;
    const { answers } = this.#parts.keys;
    await Promise.all(keys.map((key) => writer.send(['UNLINK', `${answers}${key}`])));
  }

  async #sendPending(): Promise<void> {
    await this.#events.deliver((event) => this.#sendEvent(event));
    while (this.#pending.size > 0) {
      const batch = [...this.#pending].slice(0, BATCH_SIZE);
      await Promise.all(batch.map(([key, state]) => this.#send(key, state)));
    }
  }

  async #sendEvent(event: RemovalEvent): Promise<void> {
    const { publish } = this.#parts;
    const [published] = await Promise.allSettled([publish(event)]);
    await this.#unlinkFor(event);
    // A full server has free memory now.
    if (published.status === 'rejected') await publish(event);
  }

  async #unlinkFor(event: RemovalEvent): Promise<void> {
    const { writer, keys } = this.#parts;
    if (event.kind === 'dropped') {
      // The key may hold a later answer by now.
      const current = await readHead(writer, `${keys.answers}${event.key}`);
      if (current?.source === event.source) await this.unlink([event.key]);
      return;
    }
    const { filter, atMs } = event.purge;
    // There may be answers that no running process knows of.
    for await (const answers of scanHeads(writer, keys)) {
      const purged = answers.filter((answer) => {
        return matchesFilter(answer, filter) && answer.storedAtMs - answer.tookMs <= atMs;
      });
      await this.unlink(purged.map(({ key }) => key));
    }
  }

  async #send(key: string, state: PendingState): Promise<void> {
    const { store, clock, origin, writer } = this.#parts;
    const { answers, log, logEntries } = this.#parts.keys;
    const answer = store.peek(key);
    const leftMs = answer === undefined ? 0 : Math.floor(answer.expiresAtMs - clock.wallMs());
    if (answer !== undefined && hasPayload(answer) && leftMs > 0) {
      const { head, value } = encodeShared(answer);
      const condition = state === 'fresh' ? [] : ['NX'];
      const set = await writer.send(['SET', `${answers}${key}`, value, 'PX', leftMs, ...condition]);
      // First the value, then the log entry, so that every process that reads the entry finds the value.
      const fields = encodeStoredEvent(origin, head);
      if (set !== null || state === 'unannounced') {
        // After a disconnect, `NX` finds this process's own value, which must not be mistaken for another one's.
        if (store.peek(key) === answer) this.#pending.set(key, 'unannounced');
        await writer.send(['XADD', log, 'MAXLEN', '~', logEntries, '*', ...fields]);
      }
    }
    // Unless another answer has replaced it meanwhile.
    if (store.peek(key) === answer) this.#pending.delete(key);
  }
}
