import type { Clock } from '../core/clock.js';
import type { KeptAnswer } from './kept-answer.js';

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

/** A purge, and when it was made. */
export interface PastPurge {
  readonly filter: PurgeFilter;
  /** Wall clock of who made it. */
  readonly atMs: number;
}

/** When a purge was made elsewhere, by a clock that may differ by so much. */
export interface ToldPurge {
  readonly atMs: number;
  readonly slackMs: number;
}

type RememberedPurge = PastPurge & ToldPurge;

/** No answer takes longer than this to come; older purges concern none that is still under way. */
const REMEMBERED_MS = 3_600_000;

/** Remembers purges for what is still under way. */
export class PastPurges {
  readonly #clock: Clock;
  #purges: readonly RememberedPurge[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those of the last hour. */
  get recent(): readonly PastPurge[] {
    return this.#purges.map(({ filter, atMs }) => ({ filter, atMs }));
  }

  /** @param told - left out: it is made here and now */
  add(filter: PurgeFilter, told?: ToldPurge): PastPurge & ToldPurge {
    const nowMs = this.#clock.wallMs();
    const { atMs, slackMs } = told ?? { atMs: nowMs, slackMs: 0 };
    const purge = { filter, atMs, slackMs };
    const recent = this.#purges.filter((past) => nowMs - past.atMs < REMEMBERED_MS);
    this.#purges = [...recent.filter((past) => !isWithin(past, purge)), purge];
    return purge;
  }

  /** Whether an answer was asked for before a purge of its like. */
  concern(answer: KeptAnswer): boolean {
    return this.#purges.some((purge) => isOlder(answer, purge) && matches(answer, purge.filter));
  }
}

/** An answer that was asked for before a purge may be what it was about. */
export function isOlder(answer: KeptAnswer, { atMs, slackMs }: ToldPurge): boolean {
  return askedMs(answer) <= atMs + slackMs;
}

/** When it was asked for, by the wall clock of who asked. */
export function askedMs({ storedAtMs, tookMs }: KeptAnswer): number {
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
