import type { Clock } from '../core/clock.js';
import type { CachedAnswer } from './cached-answer.js';

/** Identifies one answer: a later one to the same request has another decision id. */
export type AnswerId = Pick<CachedAnswer, 'key' | 'source'>;

/** A copy from a process that does not know of the drop yet arrives within this time. */
const REMEMBERED_MS = 3_600_000;
/** Older ones are forgotten first. */
const MAX_REMEMBERED = 10_000;

/** Remembers dropped answers for an hour, so that no copy of them comes back. */
export class DroppedAnswers {
  readonly #clock: Clock;
  /** When each answer was dropped, oldest first. */
  readonly #droppedMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(answer: AnswerId): void {
    const nowMs = this.#clock.wallMs();
    const name = nameOf(answer);
    // Deleted first, so that it moves to the end.
    this.#droppedMs.delete(name);
    this.#droppedMs.set(name, nowMs);
    for (const [old, oldMs] of this.#droppedMs) {
      const isExpired = nowMs - oldMs >= REMEMBERED_MS;
      if (!isExpired && this.#droppedMs.size <= MAX_REMEMBERED) break;
      this.#droppedMs.delete(old);
    }
  }

  has(answer: AnswerId): boolean {
    // Usually the map is empty, and no name has to be built.
    return this.#droppedMs.size > 0 && this.#droppedMs.has(nameOf(answer));
  }
}

function nameOf({ key, source }: AnswerId): string {
  return `${key} ${source}`;
}
