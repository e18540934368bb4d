import type { Clock } from '../core/clock.js';
import type { Timeouts } from './answer.js';
import type { Stage } from './upstream-error.js';

/** The attempt whose time is limited. */
interface Watched {
  /** Reading is paused here, so silence is not the upstream's. */
  readonly isStopped: boolean;
  /** A limit was exceeded; the timer has stopped. */
  onTimeout(what: string): void;
}

/**
 * Enforces the time limits of an attempt's stages and of the whole attempt.
 *
 * One timer for all limits: it never sleeps longer than the shortest of them, so whatever happens meanwhile
 * it wakes before the limit that then applies. A chunk only updates a timestamp.
 */
export class StageTimeouts {
  readonly #watched: Watched;
  readonly #clock: Clock;
  readonly #timeouts: Timeouts;
  readonly #tickMs: number;
  readonly #startedMs: number;
  #stage: Stage = 'connecting';
  #stageMs: number;
  #cancelTick: () => void;
  #isOver = false;

  /** Starts at once, at the stage `connecting`. */
  constructor(watched: Watched, clock: Clock, timeouts: Timeouts) {
    this.#watched = watched;
    this.#clock = clock;
    this.#timeouts = timeouts;
    this.#startedMs = this.#stageMs = clock.now();
    const { connectMs, firstByteMs, idleMs, totalMs } = timeouts;
    this.#tickMs = Math.min(connectMs, firstByteMs, idleMs, totalMs);
    this.#cancelTick = clock.after(this.#tickMs, this.#tick);
  }

  get stage(): Stage {
    return this.#stage;
  }

  /** Milliseconds since the stage began or data last arrived. */
  get stageMs(): number {
    return this.#clock.now() - this.#stageMs;
  }

  /** Enters a stage, or restarts the time limit of the current one. */
  enter(stage: Stage): void {
    this.#stage = stage;
    this.#stageMs = this.#clock.now();
  }

  /** Stops all limits. */
  stop(): void {
    this.#isOver = true;
    this.#cancelTick();
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
      this.#cancelTick = this.#clock.after(Math.min(remainingMs, this.#tickMs), this.#tick);
      return;
    }
    this.#isOver = true;
    const isTotal = now >= this.#startedMs + totalMs;
    this.#watched.onTimeout(
      isTotal || limit === null
        ? `no complete answer within ${totalMs} ms`
        : `${limit.what} ${limit.ms} ms`,
    );
  };

  #stageLimit(): { readonly ms: number; readonly what: string } | null {
    const { connectMs, firstByteMs, idleMs } = this.#timeouts;
    if (this.#stage === 'connecting') return { ms: connectMs, what: 'no connection within' };
    if (this.#stage === 'waiting') return { ms: firstByteMs, what: 'no first byte within' };
    return this.#watched.isStopped ? null : { ms: idleMs, what: 'no further data for' };
  }
}
