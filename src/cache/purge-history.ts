import type { Clock } from '../core/clock.js';
import type { CachedAnswer } from './cached-answer.js';

/** Conditions of a purge: answers that match all of them are removed. */
export interface PurgeFilter {
  readonly tag?: string | undefined;
  readonly namespace?: string | undefined;
  /** Id of the decision that produced the answer. */
  readonly id?: string | undefined;
  /** Start of the namespace or of one of the tags. */
  readonly prefix?: string | undefined;
  /** Only answers of this tenant; `undefined` for all tenants. */
  readonly tenant?: string | undefined;
}

/** A purge, and when it was made. */
export interface PastPurge {
  readonly filter: PurgeFilter;
  /** Wall clock of the process that made it, in milliseconds. */
  readonly atMs: number;
}

/** When another process made a purge, and by how many milliseconds its clock may differ. */
export interface PurgeTime {
  readonly atMs: number;
  readonly slackMs: number;
}

type RememberedPurge = PastPurge & PurgeTime;

/** No answer takes longer than this, so older purges match no request in flight. */
const REMEMBERED_MS = 3_600_000;

/** Remembers purges for an hour, to apply them to answers that were requested before them. */
export class PurgeHistory {
  readonly #clock: Clock;
  #purges: readonly RememberedPurge[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The purges of the last hour. */
  get recent(): readonly PastPurge[] {
    return this.#purges.map(({ filter, atMs }) => ({ filter, atMs }));
  }

  /** @param time - default: made by this process now */
  add(filter: PurgeFilter, time?: PurgeTime): PastPurge & PurgeTime {
    const nowMs = this.#clock.wallMs();
    const { atMs, slackMs } = time ?? { atMs: nowMs, slackMs: 0 };
    const purge = { filter, atMs, slackMs };
    const recent = this.#purges.filter((past) => nowMs - past.atMs < REMEMBERED_MS);
    this.#purges = [...recent.filter((past) => !isCoveredBy(past, purge)), purge];
    return purge;
  }

  /** Whether an answer was requested before a purge that matches it. */
  covers(answer: CachedAnswer): boolean {
    return this.#purges.some(
      (purge) => wasRequestedBefore(answer, purge) && matchesFilter(answer, purge.filter),
    );
  }
}

/** Whether an answer was requested before a purge. */
export function wasRequestedBefore(answer: CachedAnswer, { atMs, slackMs }: PurgeTime): boolean {
  return requestedAtMs(answer) <= atMs + slackMs;
}

/** When it was requested, by the wall clock of the process that called the model, in milliseconds. */
export function requestedAtMs({ storedAtMs, tookMs }: CachedAnswer): number {
  return storedAtMs - tookMs;
}

/** Whether `other` makes `one` redundant. */
function isCoveredBy(one: RememberedPurge, other: RememberedPurge): boolean {
  if (one.atMs > other.atMs || one.atMs + one.slackMs > other.atMs + other.slackMs) return false;
  return JSON.stringify(one.filter) === JSON.stringify(other.filter);
}

/** Whether an answer matches all conditions of a filter. */
export function matchesFilter(
  answer: Pick<CachedAnswer, 'tenant' | 'tags' | 'namespace' | 'source'>,
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
