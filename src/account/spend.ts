import type { Clock } from '../core/clock.js';

/** The state of the daily budget, as rules see it. */
export interface BudgetState {
  /** `null`: no budget is set. */
  readonly limitUsd: number | null;
  readonly spentUsd: number;
}

const DAY_MS = 86_400_000;

/**
 * What this process has spent since midnight UTC.
 *
 * Kept in memory: a restart begins at 0 again.
 */
export class DailySpend {
  readonly #clock: Clock;
  #day: number;
  #spentUsd = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#day = this.#today();
  }

  /** @param costUsd - `null` (unknown) adds nothing */
  add(costUsd: number | null): void {
    this.#turnDay();
    this.#spentUsd += costUsd ?? 0;
  }

  /** The state of a budget of `limitUsd` a day, now. */
  state(limitUsd: number | null): BudgetState {
    this.#turnDay();
    return { limitUsd, spentUsd: this.#spentUsd };
  }

  #turnDay(): void {
    const today = this.#today();
    // A clock that is set back across midnight must not grant a second budget for the same day.
    if (today === this.#day || today === this.#day - 1) return;
    this.#day = today;
    this.#spentUsd = 0;
  }

  #today(): number {
    return Math.floor(this.#clock.wallMs() / DAY_MS);
  }
}
