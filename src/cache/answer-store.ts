import type { Clock } from '../core/clock.js';
import { ByteBoundedMap } from './byte-bounded-map.js';
import { DroppedAnswers, type AnswerName } from './dropped-answers.js';
import { bytesOf, isHeld, type HeldAnswer, type KeptAnswer } from './kept-answer.js';

/** Which answers are to go; every condition that is given must hold. */
export interface PurgeFilter {
  readonly tag?: string | undefined;
  readonly namespace?: string | undefined;
  /** The decision whose answer it is. */
  readonly id?: string | undefined;
  /** What the namespace, or one of the tags, begins with. */
  readonly prefix?: string | undefined;
  /** Only answers of this tenant; `undefined` for those of all. */
  readonly tenant?: string | undefined;
}

/** Where changes are noted, so that they outlast the process, or reach others. */
export interface AnswerJournal {
  kept(answer: KeptAnswer): void;
  gone(key: string): void;
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

/** A purge, and when it was made. */
export interface PastPurge {
  readonly filter: PurgeFilter;
  /** Wall clock of who made it. */
  readonly atMs: number;
}

/** A purge, and how much later than it something may have been asked and goes as well. */
interface RememberedPurge extends PastPurge {
  readonly slackMs: number;
}

/** No answer takes longer than this to come; older purges concern none that is still under way. */
const PURGE_MEMORY_MS = 3_600_000;

/** The answers that may be given again, bounded in bytes. */
export class AnswerStore {
  readonly #answers: ByteBoundedMap<KeptAnswer>;
  readonly #clock: Clock;
  readonly #journals: AnswerJournal[] = [];
  #purges: readonly RememberedPurge[] = [];
  readonly #dropped: DroppedAnswers;
  #kept = 0;
  #evicted = 0;
  #expired = 0;
  #purged = 0;

  constructor(maxBytes: number, clock: Clock) {
    this.#clock = clock;
    this.#dropped = new DroppedAnswers(clock);
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

  /** Finds an answer that has not expired and is at most `maxAgeS` seconds old. */
  find(key: string, maxAgeS: number): KeptAnswer | null {
    const answer = this.#answers.get(key);
    if (answer === undefined) return null;
    const nowMs = this.#clock.wallMs();
    if (nowMs >= answer.expiresAtMs) {
      this.#expired += 1;
      this.#remove(answer);
      return null;
    }
    return nowMs - answer.storedAtMs <= maxAgeS * 1_000 ? answer : null;
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
    return this.#purges.map(({ filter, atMs }) => ({ filter, atMs }));
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
  purge(
    filter: PurgeFilter,
    told?: { readonly atMs: number; readonly slackMs: number },
  ): readonly KeptAnswer[] {
    const nowMs = this.#clock.wallMs();
    const purge = { filter, ...(told ?? { atMs: nowMs, slackMs: 0 }) };
    const recent = this.#purges.filter(({ atMs }) => nowMs - atMs < PURGE_MEMORY_MS);
    this.#purges = [...recent.filter((past) => !isWithin(past, purge)), purge];
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
    if (this.#dropped.has(answer)) return true;
    return this.#purges.some((purge) => isOlder(answer, purge) && matches(answer, purge.filter));
  }

  #remove({ key }: KeptAnswer): void {
    this.#answers.delete(key);
    this.#tellGone(key);
  }

  #tellGone(key: string): void {
    for (const journal of this.#journals) journal.gone(key);
  }
}

/** An answer that was asked for before a purge may be what it was about. */
function isOlder(answer: KeptAnswer, { atMs, slackMs }: Omit<RememberedPurge, 'filter'>): boolean {
  return askedMs(answer) <= atMs + slackMs;
}

/** Wall clock of who asked. */
function askedMs({ storedAtMs, tookMs }: KeptAnswer): number {
  return storedAtMs - tookMs;
}

/** Whether one need not be remembered besides the other. */
function isWithin(one: RememberedPurge, other: RememberedPurge): boolean {
  if (one.atMs !== other.atMs || one.slackMs > other.slackMs) return false;
  return JSON.stringify(one.filter) === JSON.stringify(other.filter);
}

/** Whether an answer is one of those that a purge is about. */
export function matches(
  answer: Pick<KeptAnswer, 'tenant' | 'tags' | 'namespace' | 'source'>,
  filter: PurgeFilter,
): boolean {
  const { tag, namespace, id, prefix, tenant } = filter;
  if (tenant !== undefined && answer.tenant !== tenant) return false;
  if (tag !== undefined && !answer.tags.includes(tag)) return false;
  if (namespace !== undefined && answer.namespace !== namespace) return false;
  if (id !== undefined && answer.source !== id) return false;
  if (prefix === undefined) return true;
  return [answer.namespace, ...answer.tags].some((label) => label.startsWith(prefix));
}
