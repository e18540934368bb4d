import type { Clock } from '../../core/clock.js';
import type { AnswerStore } from '../answer-store.js';
import { isHeld, type HeldAnswer, type KeptAnswer } from '../kept-answer.js';
import { decodeShared } from './shared-record.js';

/** What became of fetching the words of an answer. */
export type FetchResult = 'found' | 'late' | 'gone' | 'damaged' | 'failed';

/** What fetching works with. */
export interface FetchingParts {
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** What Redis has under an answer's key: bytes, or `null` for nothing. */
  readonly read: (key: string) => Promise<unknown>;
  readonly onFetch: (result: FetchResult) => void;
  /** Redis could not be read. */
  readonly onFailed: (error: unknown) => void;
}

/** After so many fetches in a row that came too late, none is tried for a while. */
const LATE_IN_A_ROW = 3;
const PAUSE_AFTER_LATE_MS = 1_000;

/** Fetches the words of answers that are known here, each once for all who ask for it at the same time. */
export class Fetching {
  readonly #parts: FetchingParts;
  readonly #underWay = new Map<string, Promise<HeldAnswer | null>>();
  #lateInARow = 0;
  #pausedUntilMs = -Infinity;

  constructor(parts: FetchingParts) {
    this.#parts = parts;
  }

  /**
   * The words of an answer.
   *
   * @param budgetMs - how long whoever asks can wait; what comes later is kept for the next one
   * @returns `null` if it is not to be had in that time
   */
  async fetch({ key }: KeptAnswer, budgetMs: number): Promise<HeldAnswer | null> {
    const { clock, onFetch } = this.#parts;
    if (clock.now() < this.#pausedUntilMs) return null;
    const fetching = this.#underWay.get(key) ?? this.#fetched(key);
    this.#underWay.set(key, fetching);
    let forget = (): void => undefined;
    const late = new Promise<'late'>((resolve) => {
      forget = clock.after(budgetMs, () => {
        resolve('late');
      });
    });
    const found = await Promise.race([fetching, late]);
    forget();
    if (found !== 'late') return found;
    onFetch('late');
    this.#lateInARow += 1;
    if (this.#lateInARow >= LATE_IN_A_ROW) this.#pausedUntilMs = clock.now() + PAUSE_AFTER_LATE_MS;
    return null;
  }

  async #fetched(key: string): Promise<HeldAnswer | null> {
    const { store, read, onFetch, onFailed } = this.#parts;
    try {
      const value = await read(key);
      this.#lateInARow = 0;
      const answer = Buffer.isBuffer(value) ? decodeShared(value, key) : null;
      const here = store.peek(key);
      // After a failover, or where Redis has gone back to a copy, what stands there may be what this one had replaced.
      const isEarlier = answer !== null && here !== undefined && isBefore(answer, here);
      if (answer === null || isEarlier) {
        onFetch(value === null || isEarlier ? 'gone' : 'damaged');
        // A later one may have been kept here meanwhile.
        if (here !== undefined && isHeld(here)) return here;
        store.forget(key);
        return null;
      }
      onFetch('found');
      return store.fill(answer);
    } catch (error) {
      onFetch('failed');
      onFailed(error);
      return null;
    } finally {
      this.#underWay.delete(key);
    }
  }
}

function isBefore(one: KeptAnswer, other: KeptAnswer): boolean {
  return one.storedAtMs < other.storedAtMs;
}
