import type { StageTimeouts } from './stage-timeouts.js';
import { isClosedConnection } from './upstream-error.js';

/** A stale connection fails within one round trip; a later failure has another cause. */
const STALE_MS = 1_000;

/**
 * Decides whether to retry a request because the keep-alive connection it was sent on had just been closed.
 *
 * Servers and firewalls close idle connections, so this is not a failure of the upstream; and a server that closes an
 * idle connection has not processed the request. Other idle connections may be stale, too, so the retry uses a new
 * one.
 */
export class StaleConnectionCheck {
  readonly #watch: StageTimeouts;
  #isReused = false;
  #wasRetried = false;

  constructor(watch: StageTimeouts) {
    this.#watch = watch;
  }

  /** The request is sent on a connection. */
  recordDispatch(isReused: boolean): void {
    this.#isReused = isReused;
  }

  /** Whether the connection was stale; `true` at most once. Call only if nothing of an answer has arrived. */
  shouldRetry(cause: Error): boolean {
    const isStale =
      this.#watch.stage === 'waiting' &&
      this.#isReused &&
      !this.#wasRetried &&
      this.#watch.stageMs < STALE_MS &&
      isClosedConnection(cause);
    this.#wasRetried ||= isStale;
    return isStale;
  }
}
