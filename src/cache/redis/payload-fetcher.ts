import type { Clock } from '../../core/clock.js';
import type { AnswerStore } from '../answer-store.js';
import { hasPayload, type LoadedAnswer, type CachedAnswer } from '../cached-answer.js';
import { decodeShared } from './shared-record.js';

/** Result of fetching the payload of an answer. */
export type FetchResult = 'found' | 'late' | 'gone' | 'damaged' | 'failed';

/** What fetching works with. */
export interface PayloadFetcherParts {
  readonly store: AnswerStore;
  readonly clock: Clock;
  /** Reads the value of an answer's key from Redis: a `Buffer`, or `null` if there is none. */
  readonly read: (key: string) => Promise<unknown>;
  readonly onFetch: (result: FetchResult) => void;
  /** Redis could not be read. */
  readonly onFailed: (error: unknown) => void;
}

/** After so many late fetches in a row, none is attempted for a while. */
const MAX_LATE_IN_A_ROW = 3;
const PAUSE_AFTER_LATE_MS = 1_000;

/** Fetches payloads of answers from Redis, each once for all requests that need it at the same time. */
export class PayloadFetcher {
  readonly #parts: PayloadFetcherParts;
  readonly #inFlight = new Map<string, Promise<LoadedAnswer | null>>();
  #lateInARow = 0;
  #pausedUntilMs = -Infinity;

  constructor(parts: PayloadFetcherParts) {
    this.#parts = parts;
  }

  /**
   * The answer with its payload.
   *
   * @param budgetMs - how long the request can wait; a payload that arrives later is stored for the next one
   * @returns `null` if it does not arrive in that time, or cannot be fetched
   */
  async fetch({ key }: CachedAnswer, budgetMs: number): Promise<LoadedAnswer | null> {
    const { clock, onFetch } = this.#parts;
    if (clock.now() < this.#pausedUntilMs) return null;
    const fetching = this.#inFlight.get(key) ?? this.#read(key);
    this.#inFlight.set(key, fetching);
    let cancel = (): void => undefined;
    const late = new Promise<'late'>((resolve) => {
      cancel = clock.after(budgetMs, () => {
        resolve('late');
      });
    });
    const found = await Promise.race([fetching, late]);
    cancel();
    if (found !== 'late') return found;
    onFetch('late');
    this.#lateInARow += 1;
    if (this.#lateInARow >= MAX_LATE_IN_A_ROW)
      this.#pausedUntilMs = clock.now() + PAUSE_AFTER_LATE_MS;
    return null;
  }

  async #read(key: string): Promise<LoadedAnswer | null> {
    const { store, read, onFetch, onFailed } = this.#parts;
    try {
      const value = await read(key);
      this.#lateInARow = 0;
      const answer = Buffer.isBuffer(value) ? decodeShared(value, key) : null;
      const known = store.peek(key);
      // After a failover, or after Redis was restored from a backup, this may be an earlier answer of the key.
      const isEarlier = answer !== null && known !== undefined && isBefore(answer, known);
      if (answer === null || isEarlier) {
        onFetch(value === null || isEarlier ? 'gone' : 'damaged');
        // This process may have stored a later answer meanwhile.
        if (known !== undefined && hasPayload(known)) return known;
        store.discard(key);
        return null;
      }
      onFetch('found');
      return store.fillPayload(answer);
    } catch (error) {
      onFetch('failed');
      onFailed(error);
      return null;
    } finally {
      this.#inFlight.delete(key);
    }
  }
}

function isBefore(one: CachedAnswer, other: CachedAnswer): boolean {
  return one.storedAtMs < other.storedAtMs;
}
