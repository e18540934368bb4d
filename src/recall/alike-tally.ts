import type { Metrics } from '../telemetry/metrics.js';
import type { LeftOut } from './recheck-purse.js';

/** What became of an answer that was asked for again. */
export type RecheckResult = 'right' | 'wrong' | 'unclear' | 'failed';

/** What was given to questions in other words since the start, and how right it was. */
export interface AlikeTallied {
  readonly hits: number;
  /** Wrong answers to be expected among them. */
  readonly expectedWrong: number;
  readonly rechecks: Readonly<Record<RecheckResult, number>>;
  /** Answers that were to be asked for again, and were not. */
  readonly leftOut: Readonly<Record<LeftOut, number>>;
  /** US dollars; answers of unknown cost are not in it. */
  readonly savedUsd: number;
  /** Milliseconds that clients did not wait. */
  readonly savedMs: number;
}

/** Counts what is given to questions in other words. */
export class AlikeTally {
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

  get counts(): AlikeTallied {
    return {
      hits: this.#hits,
      expectedWrong: this.#expectedWrong,
      rechecks: { ...this.#rechecks },
      leftOut: { ...this.#leftOut },
      savedUsd: this.#savedUsd,
      savedMs: this.#savedMs,
    };
  }

  /** @param expectedError - probability that the answer is wrong, 0 to 1 */
  gave(expectedError: number): void {
    this.#hits += 1;
    this.#expectedWrong += expectedError;
  }

  /** A client has such an answer. @param savedUsd - `null` when unknown */
  saved(savedUsd: number | null, savedMs: number): void {
    this.#savedUsd += savedUsd ?? 0;
    this.#savedMs += savedMs;
  }

  leftOut(why: LeftOut): void {
    this.#leftOut[why] += 1;
  }

  rechecked(result: RecheckResult): void {
    this.#rechecks[result] += 1;
    this.#metrics.cacheRechecks.inc({ result });
  }
}
