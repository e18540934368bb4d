import type { Clock } from '../core/clock.js';
import { ByteBoundedMap } from './byte-bounded-map.js';
import { DroppedAnswers, type AnswerName } from './dropped-answers.js';
import { bytesOf, isHeld, retagged, type HeldAnswer, type KeptAnswer } from './kept-answer.js';
import { withTags } from './order.js';
import {
  askedMs,
  isOlder,
  matches,
  PastPurges,
  type PastPurge,
  type PurgeFilter,
  type ToldPurge,
} from './past-purges.js';

/** Clocks of machines that share answers may differ by this many milliseconds. */
export const CLOCK_SKEW_MS = 5_000;

/** Where changes are noted, so that they outlast the process, or reach others. */
export interface AnswerJournal {
  kept(answer: KeptAnswer): void;
  gone(key: string): void;
  /** An answer that is kept has more tags now. */
  tagged?(answer: KeptAnswer): void;
  /** An answer was wrong, and is to be given nowhere any more. It may not be here; if it was, it is gone. */
  dropped?(answer: AnswerName): void;
  /** All that match are gone, and what is under way is not to be kept; `gone` is told of each as well. */
  purged?(filter: PurgeFilter): void;
}

/** Why an answer is not let in: its like were purged, or it was dropped; or a later one is here already. */
export type Refusal = 'purged' | 'overtaken';

/** What became of the answers that were ever in a store. */
export interface StoreCounts {
  readonly kept: number;
  /** Had to go for more popular ones, or were not let in for them. */
  readonly evicted: number;
  readonly expired: number;
  readonly purged: number;
}

/** The answers that may be given again, bounded in bytes. */
export class AnswerStore {
  readonly #answers: ByteBoundedMap<KeptAnswer>;
  readonly #clock: Clock;
  readonly #journals: AnswerJournal[] = [];
  readonly #purges: PastPurges;
  readonly #dropped: DroppedAnswers;
  #kept = 0;
  #evicted = 0;
  #expired = 0;
  #purged = 0;

  constructor(maxBytes: number, clock: Clock) {
    this.#clock = clock;
    this.#dropped = new DroppedAnswers(clock);
    this.#purges = new PastPurges(clock);
    this.#answers = new ByteBoundedMap<KeptAnswer>(maxBytes, ({ key }) => {
      this.#evicted += 1;
      this.#tellGone(key);
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

  /** Everything there is, expired answers included. */
  values(): Iterable<KeptAnswer> {
    return this.#answers.values();
  }

  /** From now on changes are noted there as well. */
  noteIn(journal: AnswerJournal): void {
    this.#journals.push(journal);
  }

  /** The answer of a key, expired or not; asking so does not make it more popular. */
  peek(key: string): KeptAnswer | undefined {
    return this.#answers.peek(key);
  }

  /**
   * Finds an answer that has not expired and is at most `maxAgeS` seconds old. How old one is that a clock far ahead has
   * kept nobody knows, nor when it expires: it is not found before that time has come.
   */
  find(key: string, maxAgeS: number): KeptAnswer | null {
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
   * Keeps an answer in place of the key's earlier one.
   *
   * @returns whether it was let in
   */
  keep(answer: KeptAnswer): boolean {
    if (this.refusal(answer) !== null) return false;
    const replaces = this.#answers.peek(answer.key) !== undefined;
    if (!this.#answers.set(answer.key, answer, bytesOf(answer))) {
      // The earlier answer is gone, too, but nobody was told: it was replaced, not evicted.
      if (replaces) this.#tellGone(answer.key);
      return false;
    }
    this.#kept += 1;
    for (const journal of this.#journals) journal.kept(answer);
    return true;
  }

  /**
   * Why an answer that has just come is too old to be kept; `null` if it is not.
   *
   * One that was under way when its like were purged is as old as they were; and one that took long must
   * not undo what was asked for after it.
   */
  refusal(answer: KeptAnswer): Refusal | null {
    if (this.isPurged(answer)) return 'purged';
    const here = this.#answers.peek(answer.key);
    // What was kept in times to come was kept by another clock, or before this one was set back.
    if (here === undefined || here.storedAtMs > answer.storedAtMs) return null;
    return askedMs(here) > askedMs(answer) ? 'overtaken' : null;
  }

  /** An answer was given to somebody with tags, by which it is to be purged as well; one that is gone by now stays so. */
  tag(answer: KeptAnswer, tags: readonly string[]): void {
    const all = withTags(answer.tags, tags);
    if (all === answer.tags || this.#answers.peek(answer.key) !== answer) return;
    const tagged = retagged(answer, all);
    if (!this.#answers.set(answer.key, tagged, bytesOf(tagged))) this.#tellGone(answer.key);
    else for (const journal of this.#journals) journal.tagged?.(tagged);
  }

  /** Takes an answer in again that was kept before; nothing is noted. */
  restore(answer: KeptAnswer): void {
    if (this.#clock.wallMs() < answer.expiresAtMs) {
      this.#answers.set(answer.key, answer, bytesOf(answer));
    }
  }

  /**
   * Takes in an answer that another process keeps, unless a later one is here, or its like were purged.
   *
   * @returns whether it is here now
   */
  adopt(answer: KeptAnswer): boolean {
    if (this.isPurged(answer) || this.#clock.wallMs() >= answer.expiresAtMs) return false;
    const here = this.#answers.peek(answer.key);
    if (here !== undefined && here.storedAtMs >= answer.storedAtMs) return false;
    if (here !== undefined) this.#remove(here);
    if (!this.#answers.set(answer.key, answer, bytesOf(answer))) return false;
    for (const journal of this.#journals) journal.kept(answer);
    return true;
  }

  /**
   * The words of an answer have come that was here without them.
   *
   * @returns `null` where it is of no use any more: gone or purged meanwhile, or its time is over
   */
  fill(answer: HeldAnswer): HeldAnswer | null {
    const here = this.#answers.peek(answer.key);
    if (here === undefined || this.isPurged(answer)) return null;
    if (isHeld(here)) return here;
    if (this.#clock.wallMs() >= answer.expiresAtMs) return null;
    // It may be too large to stay, and is yet of use to whoever has waited for it.
    if (!this.#answers.set(answer.key, answer, bytesOf(answer))) {
      this.#tellGone(answer.key);
    }
    return answer;
  }

  /** Forgets answers that cannot be had, or trusted, any more; without a key all of them. */
  forget(key?: string): void {
    const one = key === undefined ? undefined : this.#answers.peek(key);
    const going = key === undefined ? [...this.#answers.values()] : one === undefined ? [] : [one];
    for (const answer of going) this.#remove(answer);
  }

  /** Purges of the last hour. */
  get recentPurges(): readonly PastPurge[] {
    return this.#purges.recent;
  }

  /** The answers that a purge would remove, in no particular order. */
  matching(filter: PurgeFilter): readonly KeptAnswer[] {
    return [...this.#answers.values()].filter((answer) => matches(answer, filter));
  }

  /**
   * Removes all that match, and remembers it for what is under way.
   *
   * @param told - when it was made elsewhere, by a clock that may differ by so much; what was asked later
   *   stays. Left out: now.
   * @returns the answers removed
   */
  purge(filter: PurgeFilter, told?: ToldPurge): readonly KeptAnswer[] {
    const purge = this.#purges.add(filter, told);
    const all = this.matching(filter);
    const going = told === undefined ? all : all.filter((answer) => isOlder(answer, purge));
    for (const answer of going) this.#remove(answer);
    for (const journal of this.#journals) journal.purged?.(filter);
    this.#purged += going.length;
    return going;
  }

  /**
   * Removes single answers that were wrong, and lets no copy of them in; others to the same requests stay.
   *
   * @param answers - may be gone from here, and yet be given elsewhere
   * @returns those that were here
   */
  drop(answers: readonly AnswerName[]): readonly KeptAnswer[] {
    const going = answers.flatMap((answer) => this.#dropHere(answer) ?? []);
    for (const answer of answers) for (const journal of this.#journals) journal.dropped?.(answer);
    this.#purged += going.length;
    return going;
  }

  /** Another process has dropped an answer: it goes here as well, and does not come back. */
  dropToo(answer: AnswerName): void {
    this.#dropHere(answer);
  }

  #dropHere(answer: AnswerName): KeptAnswer | null {
    this.#dropped.note(answer);
    const here = this.#answers.peek(answer.key);
    if (here?.source !== answer.source) return null;
    this.#remove(here);
    return here;
  }

  /** Whether it was dropped itself, or asked for before a purge of its like, in the last hour. */
  isPurged(answer: KeptAnswer): boolean {
    return this.#dropped.has(answer) || this.#purges.concern(answer);
  }

  #remove({ key }: KeptAnswer): void {
    this.#answers.delete(key);
    this.#tellGone(key);
  }

  #tellGone(key: string): void {
    for (const journal of this.#journals) journal.gone(key);
  }
}
