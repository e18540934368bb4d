import type { Clock } from '../core/clock.js';
import { ByteBoundedMap } from './byte-bounded-map.js';
import { DroppedAnswers, type AnswerId } from './dropped-answers.js';
import {
  estimatedBytes,
  hasPayload,
  withNewTags,
  type LoadedAnswer,
  type CachedAnswer,
} from './cached-answer.js';
import { mergeTags } from './cache-control.js';
import {
  requestedAtMs,
  wasRequestedBefore,
  matchesFilter,
  PurgeHistory,
  type PastPurge,
  type PurgeFilter,
  type PurgeTime,
} from './purge-history.js';

/** Clocks of machines that share answers may differ by up to this many milliseconds. */
export const CLOCK_SKEW_MS = 5_000;

/** Is notified of changes to a store, to persist, index or share them. */
export interface AnswerStoreListener {
  onStored(answer: CachedAnswer): void;
  onRemoved(key: string): void;
  /** A stored answer has more tags now. */
  onTagged?(answer: CachedAnswer): void;
  /** The payload of a stored answer was fetched. */
  onFetched?(answer: LoadedAnswer): void;
  /** A wrong answer must not be given by any process. It may not be in this store; if it was, its removal was notified before. */
  onDropped?(answer: AnswerId): void;
  /** All matching answers were removed (each with its own notification); matching requests in flight must not be stored. */
  onPurged?(filter: PurgeFilter): void;
}

/** Why an answer is not stored: it was purged or dropped, or a later one is stored already. */
export type Refusal = 'purged' | 'overtaken';

/** Counts since the start. */
export interface StoreCounts {
  readonly kept: number;
  /** Evicted, or not admitted, in favour of more popular ones. */
  readonly evicted: number;
  readonly expired: number;
  readonly purged: number;
}

/** The cached answers, bounded in bytes. */
export class AnswerStore {
  readonly #answers: ByteBoundedMap<CachedAnswer>;
  readonly #clock: Clock;
  readonly #journals: AnswerStoreListener[] = [];
  readonly #purges: PurgeHistory;
  readonly #dropped: DroppedAnswers;
  #kept = 0;
  #evicted = 0;
  #expired = 0;
  #purged = 0;

  constructor(maxBytes: number, clock: Clock) {
    this.#clock = clock;
    this.#dropped = new DroppedAnswers(clock);
    this.#purges = new PurgeHistory(clock);
    this.#answers = new ByteBoundedMap<CachedAnswer>(maxBytes, ({ key }) => {
      this.#evicted += 1;
      this.#notifyGone(key);
    });
  }

  get size(): number {
    return this.#answers.size;
  }

  get bytes(): number {
    return this.#answers.bytes;
  }

  get maxBytes(): number {
    return this.#answers.maxBytes;
  }

  get counts(): StoreCounts {
    const [kept, evicted, expired, purged] = [
      this.#kept,
      this.#evicted,
      this.#expired,
      this.#purged,
    ];
    return { kept, evicted, expired, purged };
  }

  /** All answers, including expired ones. */
  values(): Iterable<CachedAnswer> {
    return this.#answers.values();
  }

  /** Notifies it of all changes from now on. */
  addListener(journal: AnswerStoreListener): void {
    this.#journals.push(journal);
  }

  /** The answer of a key, expired or not; does not count as a request. */
  peek(key: string): CachedAnswer | undefined {
    return this.#answers.peek(key);
  }

  /**
   * Finds an answer that has not expired and is at most `maxAgeS` seconds old. An answer that another clock has dated
   * more than `CLOCK_SKEW_MS` ahead is not found before that time has come.
   */
  find(key: string, maxAgeS: number): CachedAnswer | null {
    const answer = this.#answers.get(key);
    if (answer === undefined) return null;
    const nowMs = this.#clock.wallMs();
    if (nowMs >= answer.expiresAtMs) {
      this.#expired += 1;
      this.#remove(answer);
      return null;
    }
    const ageMs = nowMs - answer.storedAtMs;
    return ageMs >= -CLOCK_SKEW_MS && ageMs <= maxAgeS * 1_000 ? answer : null;
  }

  /**
   * Stores an answer in place of the key's earlier one.
   *
   * @returns whether it was admitted
   */
  put(answer: CachedAnswer): boolean {
    if (this.refusal(answer) !== null) return false;
    const replaces = this.#answers.peek(answer.key) !== undefined;
    if (!this.#answers.set(answer.key, answer, estimatedBytes(answer))) {
      // The earlier answer is gone, too: it was replaced, so no eviction was reported.
      if (replaces) this.#notifyGone(answer.key);
      return false;
    }
    this.#kept += 1;
    for (const journal of this.#journals) journal.onStored(answer);
    return true;
  }

  /**
   * Why a new answer is not stored; `null` if it may be.
   *
   * One that was requested before a purge that matches it counts as purged; and a slow one must not replace an answer
   * that was requested after it.
   */
  refusal(answer: CachedAnswer): Refusal | null {
    if (this.isPurged(answer)) return 'purged';
    const here = this.#answers.peek(answer.key);
    // A stored answer from the future was dated by another clock, or before this clock was set back.
    if (here === undefined || here.storedAtMs > answer.storedAtMs) return null;
    return requestedAtMs(here) > requestedAtMs(answer) ? 'overtaken' : null;
  }

  /** Adds the tags of a request that was given the answer, so that they purge it, too. No effect if it is gone. */
  addTags(answer: CachedAnswer, tags: readonly string[]): void {
    const all = mergeTags(answer.tags, tags);
    if (all === answer.tags || this.#answers.peek(answer.key) !== answer) return;
    const tagged = withNewTags(answer, all);
    if (!this.#answers.set(answer.key, tagged, estimatedBytes(tagged)))
      this.#notifyGone(answer.key);
    else for (const journal of this.#journals) journal.onTagged?.(tagged);
  }

  /** Puts an answer back after a restart; listeners are not notified. */
  restore(answer: CachedAnswer): void {
    if (this.#clock.wallMs() < answer.expiresAtMs) {
      this.#answers.set(answer.key, answer, estimatedBytes(answer));
    }
  }

  /**
   * Adds an answer that another process has stored, unless a later one is here, or it was purged.
   *
   * @returns whether it was added
   */
  addShared(answer: CachedAnswer): boolean {
    if (this.isPurged(answer) || this.#clock.wallMs() >= answer.expiresAtMs) return false;
    const here = this.#answers.peek(answer.key);
    if (here !== undefined && here.storedAtMs >= answer.storedAtMs) return false;
    if (here !== undefined) this.#remove(here);
    if (!this.#answers.set(answer.key, answer, estimatedBytes(answer))) return false;
    for (const journal of this.#journals) journal.onStored(answer);
    return true;
  }

  /**
   * Adds the fetched payload of an answer that was stored without it.
   *
   * @returns `null` if the answer was removed or purged meanwhile, or has expired
   */
  fillPayload(answer: LoadedAnswer): LoadedAnswer | null {
    const here = this.#answers.peek(answer.key);
    if (here === undefined || this.isPurged(answer)) return null;
    if (hasPayload(here)) return here;
    if (this.#clock.wallMs() >= answer.expiresAtMs) return null;
    // It may be too large to stay, but the request that waited for it can still use it.
    if (!this.#answers.set(answer.key, answer, estimatedBytes(answer)))
      this.#notifyGone(answer.key);
    else for (const journal of this.#journals) journal.onFetched?.(answer);
    return answer;
  }

  /** Removes an answer that can no longer be fetched or trusted; without a key, all answers. */
  discard(key?: string): void {
    const one = key === undefined ? undefined : this.#answers.peek(key);
    const removed =
      key === undefined ? [...this.#answers.values()] : one === undefined ? [] : [one];
    for (const answer of removed) this.#remove(answer);
  }

  /** The purges of the last hour. */
  get recentPurges(): readonly PastPurge[] {
    return this.#purges.recent;
  }

  /** The answers that a purge would remove, in no particular order. */
  matching(filter: PurgeFilter): readonly CachedAnswer[] {
    return [...this.#answers.values()].filter((answer) => matchesFilter(answer, filter));
  }

  /**
   * Removes all matching answers, and remembers the purge for requests in flight.
   *
   * @param time - when another process made it, and by how much its clock may differ; answers that were requested
   *   later stay. Default: now, all matching answers.
   * @returns the removed answers
   */
  purge(filter: PurgeFilter, time?: PurgeTime): readonly CachedAnswer[] {
    const purge = this.#purges.add(filter, time);
    const all = this.matching(filter);
    const removed =
      time === undefined ? all : all.filter((answer) => wasRequestedBefore(answer, purge));
    for (const answer of removed) this.#remove(answer);
    for (const journal of this.#journals) journal.onPurged?.(filter);
    this.#purged += removed.length;
    return removed;
  }

  /**
   * Removes wrong answers, and rejects copies of them; other answers to the same requests stay.
   *
   * @param answers - need not be in this store: other processes may have them
   * @returns those that were in this store
   */
  drop(answers: readonly AnswerId[]): readonly CachedAnswer[] {
    const removed = answers.flatMap((answer) => this.#dropLocal(answer) ?? []);
    for (const answer of answers) for (const journal of this.#journals) journal.onDropped?.(answer);
    this.#purged += removed.length;
    return removed;
  }

  /** Another process has dropped an answer: removes it here, too, and rejects copies of it. */
  applyDrop(answer: AnswerId): void {
    this.#dropLocal(answer);
  }

  #dropLocal(answer: AnswerId): CachedAnswer | null {
    this.#dropped.add(answer);
    const here = this.#answers.peek(answer.key);
    if (here?.source !== answer.source) return null;
    this.#remove(here);
    return here;
  }

  /** Whether it was dropped, or requested before a purge that matches it, within the last hour. */
  isPurged(answer: CachedAnswer): boolean {
    return this.#dropped.has(answer) || this.#purges.covers(answer);
  }

  #remove({ key }: CachedAnswer): void {
    this.#answers.delete(key);
    this.#notifyGone(key);
  }

  #notifyGone(key: string): void {
    for (const journal of this.#journals) journal.onRemoved(key);
  }
}
