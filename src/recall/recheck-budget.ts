import type { Clock } from '../core/clock.js';
import { DisconnectSignal, type AbortSignalLike } from '../core/disconnect-signal.js';

const DAY_MS = 86_400_000;
/** Rechecks at the same time; clients take precedence. */
const MAX_CONCURRENT = 4;

/** Why a recheck was skipped: its cost is unknown, the day's budget is spent, or too many are in flight. */
export type RecheckSkipReason = 'unpriced' | 'spent' | 'busy';

interface Reservation {
  readonly departure: DisconnectSignal;
  readonly usd: number;
}

/** The daily budget of rechecks, and the rechecks in flight. */
export class RecheckBudget {
  readonly #clock: Clock;
  /** Reservations of the rechecks in flight. */
  readonly #inFlight = new Map<AbortSignalLike, Reservation>();
  #day = 0;
  #spentToday = 0;
  #spent = 0;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** US dollars since the start; rechecks of unknown cost are not counted. */
  get spentUsd(): number {
    return this.#spent;
  }

  /**
   * Admits a recheck, and reserves its expected cost; `end` must follow.
   *
   * @param usdPerDay - limit of what is spent and reserved per day (UTC)
   * @param expectedUsd - original cost of the answer; `null` if unknown, which skips the recheck
   * @returns a signal that aborts on close; or why the recheck is skipped
   */
  reserve(usdPerDay: number, expectedUsd: number | null): AbortSignalLike | RecheckSkipReason {
    const day = Math.floor(this.#clock.wallMs() / DAY_MS);
    if (day !== this.#day) this.#spentToday = 0;
    this.#day = day;
    if (expectedUsd === null) return 'unpriced';
    const reserved = [...this.#inFlight.values()].reduce((sum, { usd }) => sum + usd, 0);
    const committed = this.#spentToday + reserved;
    if (committed >= usdPerDay || committed + expectedUsd > usdPerDay) return 'spent';
    if (this.#isClosed || this.#inFlight.size >= MAX_CONCURRENT) return 'busy';
    const departure = new DisconnectSignal();
    this.#inFlight.set(departure, { departure, usd: expectedUsd });
    return departure;
  }

  /** @param costUsd - `null` if unknown, as for a failed call: then the reserved amount counts as spent today */
  settle(signal: AbortSignalLike, costUsd: number | null): void {
    this.#spentToday += costUsd ?? this.#inFlight.get(signal)?.usd ?? 0;
    this.#spent += costUsd ?? 0;
    this.#inFlight.delete(signal);
  }

  /** Aborts the rechecks in flight, and admits no more. */
  close(): void {
    this.#isClosed = true;
    for (const { departure } of this.#inFlight.values()) departure.abort();
  }
}
