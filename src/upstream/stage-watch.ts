import type { Clock } from '../core/clock.js';
import type { Timeouts } from './answer.js';
import type { Stage } from './upstream-error.js';

/** What is watched. */
interface Watched {
  /** Silence now is our own doing: we do not read. */
  readonly isHolding: boolean;
  /** A limit has passed; the watch has stopped. */
  onTimeout(what: string): void;
}

/**
 * Watches that no stage of an attempt, nor all of it, takes longer than it may.
 *
 * One timer for all limits: it never sleeps longer than the shortest of them, so whatever happened
 * meanwhile it wakes before the limit that then counts. Chunks only note the time.
 */
export class StageWatch {
  readonly #watched: Watched;
  readonly #clock: Clock;
  readonly #timeouts: Timeouts;
  readonly #tickMs: number;
  readonly #startedMs: number;
  #stage: Stage = 'connecting';
  #stageMs: number;
  #forgetTick: () => void;
  #isOver = false;

  /** Starts at once, at the stage `connecting`. */
  constructor(watched: Watched, clock: Clock, timeouts: Timeouts) {
    this.#watched = watched;
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#startedMs = this.#stageMs = clock.now();
    const { connectMs, firstByteMs, idleMs, totalMs } = timeouts;
    this.#tickMs = Math.min(connectMs, firstByteMs, idleMs, totalMs);
    this.#forgetTick = clock.after(this.#tickMs, this.#tick);
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Milliseconds since the stage began or something last came. */
  get stageMs(): number {
    return this.#clock.now() - this.#stageMs;
  }

  /** A stage begins, or goes on: its time begins anew. */
  enter(stage: Stage): void {
    this.#stage = stage;
    this.#stageMs = this.#clock.now();
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#isOver = true;
    this.#forgetTick();
  }

  readonly #tick = (): void => {
    if (this.#isOver) return;
    const { totalMs } = this.#timeouts;
    const now = this.#clock.now();
    const limit = this.#stageLimit();
    const remainingMs = Math.min(
      this.#startedMs + totalMs - now,
      limit === null ? Infinity : this.#stageMs + limit.ms - now,
    );
    if (remainingMs > 0) {
      this.#forgetTick = this.#clock.after(Math.min(remainingMs, this.#tickMs), this.#tick);
      return;
    }
    this.#isOver = true;
    const isTotal = now >= this.#startedMs + totalMs;
    this.#watched.onTimeout(
      isTotal || limit === null
        ? `no complete answer in ${totalMs} ms`
        : `${limit.what} ${limit.ms} ms`,
    );
  };

  #stageLimit(): { readonly ms: number; readonly what: string } | null {
    const { connectMs, firstByteMs, idleMs } = this.#timeouts;
    if (this.#stage === 'connecting') return { ms: connectMs, what: 'no connection in' };
    if (this.#stage === 'waiting') return { ms: firstByteMs, what: 'no first byte in' };
    return this.#watched.isHolding ? null : { ms: idleMs, what: 'nothing more for' };
  }
}
