import { DisconnectSignal, type AbortSignalLike } from '../core/disconnect-signal.js';
import { mergeTags, type CacheControl } from './cache-control.js';

/** Metadata of a request in flight. */
export interface InFlightInfo {
  readonly order: Pick<CacheControl, 'tenant' | 'namespace' | 'tags'>;
  /** Monotonic clock, in milliseconds. */
  readonly openedMs: number;
}

/**
 * One request in flight to an upstream, and all clients that wait for its answer.
 *
 * The upstream call is aborted only when the last client has disconnected.
 *
 * @typeParam Result - what all clients get
 */
export class InFlightRequest<Result> {
  readonly info: InFlightInfo;
  #tags: readonly string[];
  readonly #gone = new DisconnectSignal();
  readonly #result: Promise<Result>;
  readonly #onEmpty: () => void;
  #resolve: (result: Result) => void = () => undefined;
  #waiting = 0;

  /** @param onEmpty - called when the last client has left: nobody may join any more */
  constructor(info: InFlightInfo, onEmpty: () => void) {
    this.info = info;
    this.#tags = info.order.tags;
    this.#onEmpty = onEmpty;
    this.#result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Of all requests that share it. */
  get tags(): readonly string[] {
    return this.#tags;
  }

  addTags(tags: readonly string[]): void {
    this.#tags = mergeTags(this.#tags, tags);
  }

  /** Aborts when no client waits any more. */
  get signal(): AbortSignalLike {
    return this.#gone;
  }

  /** Gives the answer, or its failure, to all clients. Calling it again has no effect. */
  settle(result: Result): void {
    this.#resolve(result);
  }

  /** Adds a client, until its signal aborts or the returned function is called. */
  join(client: AbortSignalLike): () => void {
    this.#waiting += 1;
    let isWaiting = true;
    const leave = (): void => {
      if (!isWaiting) return;
      isWaiting = false;
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

  /** Waits for the result; `null` if the client disconnects first. */
  wait(client: AbortSignalLike): Promise<Result | null> {
    return untilAborted(this.#result, client);
  }
}

/** What `promise` resolves to, or `null` as soon as the client disconnects. */
export function untilAborted<T>(promise: Promise<T>, client: AbortSignalLike): Promise<T | null> {
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
