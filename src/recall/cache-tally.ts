import type { UnkeptReason } from '../cache/answer-cache.js';
import type { AnswerStore } from '../cache/answer-store.js';
import type { BypassReason } from '../cache/cache-control.js';
import type { Metrics } from '../telemetry/metrics.js';

/** Cache results since the start. */
export interface CacheCounts {
  /** Exact hits. */
  readonly hits: number;
  /** Semantic hits. */
  readonly semantic: number;
  /** Followers of an identical request in flight. */
  readonly shared: number;
  readonly misses: number;
  readonly bypasses: Readonly<Record<string, number>>;
  readonly unkept: Readonly<Record<string, number>>;
  /** US dollars; answers of unknown cost are not counted. */
  readonly savedUsd: number;
  /** Milliseconds of waiting that clients were spared. */
  readonly savedMs: number;
}

/** Counts cache results, for metrics and `GET /v1/cache/stats`. */
export class CacheTally {
  readonly #metrics: Metrics;
  readonly #store: AnswerStore;
  readonly #bypasses = new Map<string, number>();
  readonly #unkept = new Map<string, number>();
  #hits = 0;
  #semantic = 0;
  #shared = 0;
  #misses = 0;
  #savedUsd = 0;
  #savedMs = 0;

  constructor(metrics: Metrics, store: AnswerStore) {
    this.#metrics = metrics;
    this.#store = store;
  }

  get counts(): CacheCounts {
    return {
      hits: this.#hits,
      semantic: this.#semantic,
      shared: this.#shared,
      misses: this.#misses,
      bypasses: Object.fromEntries(this.#bypasses),
      unkept: Object.fromEntries(this.#unkept),
      savedUsd: this.#savedUsd,
      savedMs: this.#savedMs,
    };
  }

  /** @param savedUsd - `null` if unknown */
  hit(
    result: 'hit' | 'semantic' | 'shared',
    model: string,
    savedUsd: number | null,
    savedMs: number,
  ): void {
    if (result === 'hit') this.#hits += 1;
    else if (result === 'semantic') this.#semantic += 1;
    else this.#shared += 1;
    this.#savedUsd += savedUsd ?? 0;
    this.#savedMs += savedMs;
    this.#metrics.cacheRequests.inc({ result });
    if (savedUsd !== null && savedUsd > 0) this.#metrics.cacheSavedUsd.inc({ model }, savedUsd);
  }

  miss(): void {
    this.#misses += 1;
    this.#metrics.cacheRequests.inc({ result: 'miss' });
  }

  bypass(why: BypassReason): void {
    this.#bypasses.set(why, (this.#bypasses.get(why) ?? 0) + 1);
    this.#metrics.cacheRequests.inc({ result: 'bypass' });
  }

  /** An answer was offered to the store. @param reason - why it was not stored; `null` if it was */
  countStored(reason: UnkeptReason | null): void {
    this.updateGauges();
    if (reason === null) return;
    this.#unkept.set(reason, (this.#unkept.get(reason) ?? 0) + 1);
    this.#metrics.cacheUnkept.inc({ reason });
  }

  /** Updates the gauges of entries and bytes. */
  updateGauges(): void {
    this.#metrics.cacheEntries.set(this.#store.size);
    this.#metrics.cacheBytes.set(this.#store.bytes);
  }
}
