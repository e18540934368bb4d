import type { Metrics } from '../telemetry/metrics.js';
import type { RecheckSkipReason } from './recheck-budget.js';

/** Outcome of a recheck. */
export type RecheckResult = 'right' | 'wrong' | 'unclear' | 'failed';

/** Semantic hits since the start, and what rechecks found. */
export interface SemanticTotals {
  readonly hits: number;
  /** Expected number of wrong answers among them. */
  readonly expectedWrong: number;
  readonly rechecks: Readonly<Record<RecheckResult, number>>;
  /** Rechecks that were due, but skipped. */
  readonly skippedRechecks: Readonly<Record<RecheckSkipReason, number>>;
  /** US dollars; answers of unknown cost are not counted. */
  readonly savedUsd: number;
  /** Milliseconds of waiting that clients were spared. */
  readonly savedMs: number;
}

/** Counts semantic hits and rechecks, for metrics and `GET /v1/cache/stats`. */
export class SemanticTally {
  readonly #metrics: Metrics;
  readonly #rechecks = { right: 0, wrong: 0, unclear: 0, failed: 0 };
  readonly #leftOut = { unpriced: 0, spent: 0, busy: 0 };
  #hits = 0;
  #expectedWrong = 0;
  #savedUsd = 0;
  #savedMs = 0;

  constructor(metrics: Metrics) {
    this.#metrics = metrics;
  }

  get counts(): SemanticTotals {
    return {
      hits: this.#hits,
      expectedWrong: this.#expectedWrong,
      rechecks: { ...this.#rechecks },
      skippedRechecks: { ...this.#leftOut },
      savedUsd: this.#savedUsd,
      savedMs: this.#savedMs,
    };
  }

  /** @param expectedError - probability that the answer is wrong, 0 to 1 */
  countHit(expectedError: number): void {
    this.#hits += 1;
    this.#expectedWrong += expectedError;
  }

  /** A semantic hit was delivered. @param savedUsd - `null` if unknown */
  addSaved(savedUsd: number | null, savedMs: number): void {
    this.#savedUsd += savedUsd ?? 0;
    this.#savedMs += savedMs;
  }

  leftOut(why: RecheckSkipReason): void {
    this.#leftOut[why] += 1;
  }

  countRecheck(result: RecheckResult): void {
    this.#rechecks[result] += 1;
    this.#metrics.cacheRechecks.inc({ result });
  }
}
