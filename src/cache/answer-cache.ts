import type { Clock } from '../core/clock.js';
import type { AnswerForms, AnswerKind } from '../dialects/answer-forms.js';
import { AnswerStore } from './answer-store.js';
import { Flight } from './flight.js';
import {
  answerWith,
  packed,
  wholeOf,
  type AnswerFacts,
  type AnswerPayload,
  type KeptAnswer,
  type Question,
} from './kept-answer.js';
import type { CacheOrder } from './order.js';
import type { CacheSettings } from './settings.js';

/** Why an answer was not kept. */
export type UnkeptReason =
  Exclude<AnswerKind, 'complete'> | 'unreadable' | 'lossy' | 'too_large' | 'unpopular';

/** An answer that has just come, and under what it may be found again. */
export interface FreshAnswer {
  readonly key: string;
  /** `null`: it is given to the very same request only. */
  readonly question: Question | null;
  readonly order: CacheOrder;
  readonly facts: AnswerFacts;
  readonly payload: AnswerPayload;
  /** The provider was to look something up. */
  readonly searches: boolean;
  /** Members of the request that the answer may repeat. */
  readonly repeated?: Parameters<AnswerForms['kindOf']>[1];
}

/** Bounds of a cache, fixed as long as it lives. */
export interface CacheBounds {
  readonly maxBytes: number;
  /** A longer answer is not kept. */
  readonly maxEntryBytes: number;
}

/**
 * The exact cache: answers that may be given again, and questions that are under way.
 *
 * @typeParam Landing - what those who wait for an answer are told
 */
export class AnswerCache<Landing> {
  readonly store: AnswerStore;
  readonly maxEntryBytes: number;
  readonly #clock: Clock;
  readonly #flights = new Map<string, Flight<Landing>>();

  constructor({ maxBytes, maxEntryBytes }: CacheBounds, clock: Clock) {
    this.#clock = clock;
    this.maxEntryBytes = maxEntryBytes;
    this.store = new AnswerStore(maxBytes, clock);
  }

  /**
   * The same question under way, if its answer will do.
   *
   * A whole answer can be made of a stream without loss. A client that wants a stream does not wait
   * for a whole answer: it would see nothing of it until the end.
   */
  flightFor(key: string, stream: boolean): Flight<Landing> | null {
    const streamed = this.#flights.get(flightName(key, true));
    return streamed ?? (stream ? null : (this.#flights.get(flightName(key, false)) ?? null));
  }

  /** Begins a flight that others may join, until it is closed or nobody waits for it any more. */
  openFlight(key: string, stream: boolean): Flight<Landing> {
    const flight = new Flight<Landing>(() => {
      this.closeFlight(key, stream, flight);
    });
    this.#flights.set(flightName(key, stream), flight);
    return flight;
  }

  /** Nobody can join a flight any more; harmless when it is closed already. */
  closeFlight(key: string, stream: boolean, flight: Flight<Landing>): void {
    const name = flightName(key, stream);
    // A refreshed question has taken the place of an older flight, which then closes nothing.
    if (this.#flights.get(name) === flight) this.#flights.delete(name);
  }

  /**
   * Keeps an answer, if it is one that may be given again.
   *
   * @returns `null`, or why it was not kept
   */
  keep(fresh: FreshAnswer, forms: AnswerForms, { keep }: CacheSettings): UnkeptReason | null {
    if (fresh.searches) return 'searched';
    const whole = wholeOf(fresh.payload, forms);
    const kind = whole === null ? null : forms.kindOf(whole, fresh.repeated);
    if (whole === null || kind === null) return 'unreadable';
    if (kind === 'empty' || kind === 'searched') return kind;
    if (kind !== 'complete' && !keep.includes(kind)) return kind;
    if (whole.length > this.maxEntryBytes) return 'too_large';
    return this.store.keep(this.#entry(fresh)) ? null : 'unpopular';
  }

  #entry({ key, question, order, facts, payload }: FreshAnswer): KeptAnswer {
    const { tenant, namespace, tags, ttlS } = order;
    const nowMs = this.#clock.wallMs();
    const times = { storedAtMs: nowMs, expiresAtMs: nowMs + ttlS * 1_000 };
    const placed = { key, question, tenant, namespace, tags, ...times, ...facts };
    return answerWith(placed, packed(payload));
  }
}

function flightName(key: string, stream: boolean): string {
  return stream ? `${key}~` : key;
}
