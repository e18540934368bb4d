import type { Clock } from '../core/clock.js';
import { Departure, type GoneSignal } from '../core/departure.js';

const DAY_MS = 86_400_000;
/** Asked again at the same time; clients go before. */
const MOST_AT_ONCE = 4;

/** Why a question is not asked again: nobody knows what it would cost, the day's money is spent, or enough are under way. */
export type LeftOut = 'unpriced' | 'spent' | 'busy';

interface SetAside {
  readonly departure: Departure;
  readonly usd: number;
}

/** What asking again may cost, and what of it is under way. */
export class RecheckPurse {
  readonly #clock: Clock;
  /** US dollars that are set aside, for what is under way. */
  readonly #underWay = new Map<GoneSignal, SetAside>();
  #day = 0;
  #spentToday = 0;
  #spent = 0;
  #isClosed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** US dollars since the start, as far as it was told what asking again had cost. */
  get spentUsd(): number {
    return this.#spent;
  }

  /**
   * Lets a question be asked again, and sets aside what that may cost; `end` must follow.
   *
   * @param usdPerDay - no more than this is spent and set aside, a day (UTC)
   * @param expectedUsd - what it cost the last time; `null` when unknown, and then it is not asked again
   * @returns what aborts when there is no time left; or why it must not be asked
   */
  begin(usdPerDay: number, expectedUsd: number | null): GoneSignal | LeftOut {
    const day = Math.floor(this.#clock.wallMs() / DAY_MS);
    if (day !== this.#day) this.#spentToday = 0;
    this.#day = day;
    if (expectedUsd === null) return 'unpriced';
    const setAside = [...this.#underWay.values()].reduce((sum, { usd }) => sum + usd, 0);
    const committed = this.#spentToday + setAside;
    if (committed >= usdPerDay || committed + expectedUsd > usdPerDay) return 'spent';
    if (this.#isClosed || this.#underWay.size >= MOST_AT_ONCE) return 'busy';
    const departure = new Departure();
    this.#underWay.set(departure, { departure, usd: expectedUsd });
    return departure;
  }

  /** @param costUsd - `null` when unknown, as of what failed: then what was set aside counts as spent today */
  end(signal: GoneSignal, costUsd: number | null): void {
    this.#spentToday += costUsd ?? this.#underWay.get(signal)?.usd ?? 0;
    this.#spent += costUsd ?? 0;
    this.#underWay.delete(signal);
  }

  /** Ends what is under way, and lets nothing more through. */
  close(): void {
    this.#isClosed = true;
    for (const { departure } of this.#underWay.values()) departure.abort();
  }
}
