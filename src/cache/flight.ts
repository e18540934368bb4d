import { Departure, type GoneSignal } from '../core/departure.js';
import { withTags, type CacheOrder } from './order.js';

/** What a question under way is known by besides its key. */
export interface FlightFacts {
  readonly order: Pick<CacheOrder, 'tenant' | 'namespace' | 'tags'>;
  /** By the monotonic clock. */
  readonly openedMs: number;
}

/**
 * One question under way to an upstream, and everybody who waits for its answer.
 *
 * The upstream is told that nobody waits any more when the last of them has left, not before.
 */
export class Flight<Landing> {
  readonly facts: FlightFacts;
  #tags: readonly string[];
  readonly #gone = new Departure();
  readonly #landed: Promise<Landing>;
  readonly #onEmpty: () => void;
  #resolve: (landing: Landing) => void = () => undefined;
  #waiting = 0;

  /** @param onEmpty - the last has left before the landing: nobody must be let aboard any more */
  constructor(facts: FlightFacts, onEmpty: () => void) {
    this.facts = facts;
    this.#tags = facts.order.tags;
    this.#onEmpty = onEmpty;
    this.#landed = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Those of all who share it. */
  get tags(): readonly string[] {
    return this.#tags;
  }

  addTags(tags: readonly string[]): void {
    this.#tags = withTags(this.#tags, tags);
  }

  /** Aborts when nobody waits any more. */
  get signal(): GoneSignal {
    return this.#gone;
  }

  /** The answer, or its failure, is there for all. Calling it again does nothing. */
  land(landing: Landing): void {
    this.#resolve(landing);
  }

  /** Keeps the flight going until `client` aborts, or the returned function is called. */
  board(client: GoneSignal): () => void {
    this.#waiting += 1;
    let isAboard = true;
    const leave = (): void => {
      if (!isAboard) return;
      isAboard = false;
      client.removeEventListener('abort', leave);
      this.#waiting -= 1;
      if (this.#waiting > 0) return;
      this.#onEmpty();
      this.#gone.abort();
    };
    if (client.aborted) leave();
    else client.addEventListener('abort', leave);
    return leave;
  }

  /** Waits for the landing; `null` if the client has gone before. */
  wait(client: GoneSignal): Promise<Landing | null> {
    return untilGone(this.#landed, client);
  }
}

/** What `promise` resolves to, or `null` as soon as the client has gone. */
export function untilGone<T>(promise: Promise<T>, client: GoneSignal): Promise<T | null> {
  return new Promise((resolve) => {
    const giveUp = (): void => {
      resolve(null);
    };
    if (client.aborted) giveUp();
    else client.addEventListener('abort', giveUp);
    void promise.then((value) => {
      client.removeEventListener('abort', giveUp);
      resolve(value);
    });
  });
}
