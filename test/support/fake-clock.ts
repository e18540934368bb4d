import { systemClock, type Clock } from '../../src/core/clock.js';

interface Task {
  readonly dueMs: number;
  readonly run: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #startWallMs: number;
  readonly #tasks = new Set<Task>();

  constructor(startWallMs = Date.UTC(2026, 0, 31, 12)) {
    this.#startWallMs = startWallMs;
  }

  now(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#startWallMs + this.#nowMs;
  }

  after(ms: number, run: () => void): () => void {
    const task = { dueMs: this.#nowMs + Math.max(0, ms), run };
    this.#tasks.add(task);
    return () => {
      this.#tasks.delete(task);
    };
  }

  /** Tasks that wait to be run; what a finished piece of work leaves here is a leak. */
  get waiting(): number {
    return this.#tasks.size;
  }

  /** Moves time on and runs what falls due, in order of time; tasks set meanwhile included. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#next();
      if (next === null || next.dueMs > untilMs) break;
      this.#tasks.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.run();
    }
    this.#nowMs = untilMs;
  }

  #next(): Task | null {
    let next: Task | null = null;
    for (const task of this.#tasks) {
      if (next === null || task.dueMs < next.dueMs) next = task;
    }
    return next;
  }
}

/** The machine's clock but for timers, which run out fifty times sooner: simulated models answer at once. */
export const hurriedClock: Clock = {
  ...systemClock,
  after: (ms, task) => systemClock.after(ms / 50, task),
};
