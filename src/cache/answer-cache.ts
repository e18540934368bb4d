import type { Clock } from '../core/clock.js';
import type { CacheCodec, AnswerKind } from '../dialects/cache-codec.js';
import { AnswerStore, type Refusal } from './answer-store.js';
import { InFlightRequest } from './in-flight-request.js';
import {
  createCachedAnswer,
  compactPayload,
  wholeOf,
  type AnswerMetadata,
  type AnswerPayload,
  type CachedAnswer,
  type Question,
} from './cached-answer.js';
import type { CacheControl } from './cache-control.js';
import { matchesFilter, type PurgeFilter } from './purge-history.js';
import type { CacheSettings } from './settings.js';

/** Why an answer was not stored. */
export type UnkeptReason =
  Exclude<AnswerKind, 'complete'> | Refusal | 'unreadable' | 'lossy' | 'too_large' | 'unpopular';

/** A new answer, and how it may be found again. */
export interface FreshAnswer {
  readonly key: string;
  /** `null`: for exact hits only. */
  readonly question: Question | null;
  readonly order: CacheControl;
  /** Of all requests that share it. */
  readonly tags: readonly string[];
  readonly facts: AnswerMetadata;
  readonly payload: AnswerPayload;
  /** The request enabled a provider's own tools. */
  readonly usesProviderTools: boolean;
  /** Request members that the answer may repeat. */
  readonly repeated?: Parameters<CacheCodec['classify']>[1];
}

/** Size limits of a cache, fixed for its lifetime. */
export interface CacheBounds {
  readonly maxBytes: number;
  /** Longer answers are not stored. */
  readonly maxEntryBytes: number;
}

/**
 * The exact cache: stored answers, and requests in flight.
 *
 * @typeParam Result - what requests that share one in flight get
 */
export class AnswerCache<Result> {
  readonly store: AnswerStore;
  readonly maxEntryBytes: number;
  readonly #clock: Clock;
  readonly #inFlight = new Map<string, InFlightRequest<Result>>();

  constructor({ maxBytes, maxEntryBytes }: CacheBounds, clock: Clock) {
    this.#clock = clock;
    this.maxEntryBytes = maxEntryBytes;
    this.store = new AnswerStore(maxBytes, clock);
    // A request after a purge must not join one from before it.
    this.store.addListener({
      onStored: () => undefined,
      onRemoved: () => undefined,
      onPurged: (filter) => {
        this.#closeMatching(filter);
      },
      onDropped: ({ key }) => {
        for (const stream of [true, false]) this.#inFlight.delete(inFlightName(key, stream));
      },
    });
  }

  /**
   * An identical request in flight that has not been in flight for longer than `maxAgeS`.
   *
   * A whole answer can be assembled from a stream without loss. A client that streams does not wait for a
   * whole answer: it would see nothing until the end.
   */
  findInFlight(
    key: string,
    stream: boolean,
    { maxAgeS }: CacheControl,
  ): InFlightRequest<Result> | null {
    const streamed = this.#inFlight.get(inFlightName(key, true));
    const request = streamed ?? (stream ? undefined : this.#inFlight.get(inFlightName(key, false)));
    if (request === undefined) return null;
    const ageMs = this.#clock.now() - request.info.openedMs;
    return ageMs <= maxAgeS * 1_000 ? request : null;
  }

  /** Registers a request that others may join until it is closed or purged, or no client waits for it any more. */
  openInFlight(key: string, stream: boolean, order: CacheControl): InFlightRequest<Result> {
    const info = { order, openedMs: this.#clock.now() };
    const request = new InFlightRequest<Result>(info, () => {
      this.closeInFlight(key, stream, request);
    });
    this.#inFlight.set(inFlightName(key, stream), request);
    return request;
  }

  /** From now on nobody can join it. Closing it again has no effect. */
  closeInFlight(key: string, stream: boolean, request: InFlightRequest<Result>): void {
    const name = inFlightName(key, stream);
    // A refresh may have replaced it by a newer one, which stays open.
    if (this.#inFlight.get(name) === request) this.#inFlight.delete(name);
  }

  /**
   * Stores an answer, if it may be given again.
   *
   * @returns `null`, or why it was not stored
   */
  add(fresh: FreshAnswer, forms: CacheCodec, { keep }: CacheSettings): UnkeptReason | null {
    if (fresh.usesProviderTools) return 'searched';
    const whole = wholeOf(fresh.payload, forms);
    const kind = whole === null ? null : forms.classify(whole, fresh.repeated);
    if (whole === null || kind === null) return 'unreadable';
    if (kind === 'empty' || kind === 'searched') return kind;
    if (kind !== 'complete' && !keep.includes(kind)) return kind;
    if (whole.length > this.maxEntryBytes) return 'too_large';
    const entry = this.#entry(fresh);
    return this.store.refusal(entry) ?? (this.store.put(entry) ? null : 'unpopular');
  }

  #closeMatching(filter: PurgeFilter): void {
    for (const [name, { info, tags }] of this.#inFlight) {
      const { tenant, namespace } = info.order;
      // The decision id is not known yet.
      if (matchesFilter({ tenant, namespace, tags, source: '' }, filter))
        this.#inFlight.delete(name);
    }
  }

  #entry({ key, question, order, tags, facts, payload }: FreshAnswer): CachedAnswer {
    const { tenant, namespace, ttlS } = order;
    const nowMs = this.#clock.wallMs();
    const times = { storedAtMs: nowMs, expiresAtMs: nowMs + ttlS * 1_000 };
    const entry = { key, question, tenant, namespace, tags, ...times, ...facts };
    return createCachedAnswer(entry, compactPayload(payload));
  }
}

function inFlightName(key: string, stream: boolean): string {
  return stream ? `${key}~` : key;
}
