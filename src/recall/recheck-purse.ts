import type { Clock } from '../core/clock.js';
import { Departure, type GoneSignal } from '../core/departure.js';

const DAY_MS = 86_400_000;
/** Asked again at the same time; clients go before. */
const MOST_AT_ONCE = 4;

/** What asking again may cost, and what of it is under way. */
export class RecheckPurse {
  readonly #clock: Clock;
  readonly #underWay = new Set<Departure>();
  #day = 0;
  #spentToday = 0;
  #spent = 0;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** US dollars since the start; answers of unknown price are not in it. */
  get spentUsd(): number {
    return this.#spent;
  }

  /**
   * Lets a question be asked again; `end` must follow.
   *
   * @param usdPerDay - nothing is let through once so much is spent, a day (UTC)
   * @returns what aborts when there is no time left; `null` if it must not be asked
   */
  begin(usdPerDay: number): GoneSignal | null {
    const day = Math.floor(this.#clock.wallMs() / DAY_MS);
    if (day !== this.#day) this.#spentToday = 0;
    this.#day = day;
    const isFull = this.#underWay.size >= MOST_AT_ONCE;
    if (this.#isClosed || isFull || this.#spentToday >= usdPerDay) return null;
    const departure = new Departure();
    this.#underWay.add(departure);
    return departure;
  }

  /** @param costUsd - `null` when unknown */
  end(signal: GoneSignal, costUsd: number | null): void {
    this.#spentToday += costUsd ?? 0;
    this.#spent += costUsd ?? 0;
    for (const departure of this.#underWay) {
      if (departure === signal) this.#underWay.delete(departure);
    }
  }

  /** Ends what is under way, and lets nothing more through. */
  close(): void {
    this.#isClosed = true;
    for (const departure of this.#underWay) departure.abort();
  }
}
