import type { Clock } from '../core/clock.js';
import type { KeptAnswer } from './kept-answer.js';

/** Names one answer: a later one to the same request is another decision's. */
export type AnswerName = Pick<KeptAnswer, 'key' | 'source'>;

/** Copies that others have not heard of yet come within this time. */
const REMEMBERED_MS = 3_600_000;
/** Of more, the latest. */
const MOST_REMEMBERED = 10_000;

/** Remembers single answers that were dropped, so that no copy of them comes back. */
export class DroppedAnswers {
  readonly #clock: Clock;
  /** When an answer was dropped, in that order. */
  readonly #droppedMs = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(answer: AnswerName): void {
    const nowMs = this.#clock.wallMs();
    const name = nameOf(answer);
    // At the end, though it was there before.
    this.#droppedMs.delete(name);
    this.#droppedMs.set(name, nowMs);
    for (const [old, oldMs] of this.#droppedMs) {
      const isOver = nowMs - oldMs >= REMEMBERED_MS;
      if (!isOver && this.#droppedMs.size <= MOST_REMEMBERED) break;
      this.#droppedMs.delete(old);
    }
  }

  has(answer: AnswerName): boolean {
    // Most of the time there is none, and no name to be put together.
    return this.#droppedMs.size > 0 && this.#droppedMs.has(nameOf(answer));
  }
}

function nameOf({ key, source }: AnswerName): string {
  return `${key} ${source}`;
}
