import type { StageWatch } from './stage-watch.js';
import { isClosedConnection } from './upstream-error.js';

/** A stale connection says so within one round trip; a later failure is not staleness. */
const STALE_MS = 1_000;

/**
 * Tells when a request may be sent once more, because the kept connection that it went out on had been
 * closed while it was on its way.
 *
 * Every server closes idle connections, and so do firewalls on the way, so this is not a failure; and a server
 * that closes an idle connection has not looked at the request. Others that were idle as long may be closed as
 * well, so it is sent again on a fresh one.
 */
export class KeptConnection {
  readonly #watch: StageWatch;
  #isReused = false;
  #wasRetried = false;

  constructor(watch: StageWatch) {
    this.#watch = watch;
  }

  /** The request goes out on a connection. */
  taken(isReused: boolean): void {
    this.#isReused = isReused;
  }

  /** Whether the failure is one of staleness; true at most once. Ask only where nothing of an answer has come. */
  isStale(cause: Error): boolean {
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
