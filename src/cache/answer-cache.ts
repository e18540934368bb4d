import type { Clock } from '../core/clock.js';
import type { AnswerForms, AnswerKind } from '../dialects/answer-forms.js';
import { AnswerStore, type Refusal } from './answer-store.js';
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
import { matches, type PurgeFilter } from './past-purges.js';
import type { CacheSettings } from './settings.js';

/** Why an answer was not kept. */
export type UnkeptReason =
  Exclude<AnswerKind, 'complete'> | Refusal | 'unreadable' | 'lossy' | 'too_large' | 'unpopular';

/** An answer that has just come, and under what it may be found again. */
export interface FreshAnswer {
  readonly key: string;
  /** `null`: it is given to the very same request only. */
  readonly question: Question | null;
  readonly order: CacheOrder;
  /** Of all who share it. */
  readonly tags: readonly string[];
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
    // Who asks after a purge must not be given what was asked before it.
    this.store.noteIn({
      kept: () => undefined,
      gone: () => undefined,
      purged: (filter) => {
        this.#closeMatching(filter);
      },
      dropped: ({ key }) => {
        for (const stream of [true, false]) this.#flights.delete(flightName(key, stream));
      },
    });
  }

  /**
   * The same question under way, if its answer will do: it was not asked before the oldest that the order puts up
   * with.
   *
   * A whole answer can be made of a stream without loss. A client that wants a stream does not wait
   * for a whole answer: it would see nothing of it until the end.
   */
  flightFor(key: string, stream: boolean, { maxAgeS }: CacheOrder): Flight<Landing> | null {
    const streamed = this.#flights.get(flightName(key, true));
    const flight = streamed ?? (stream ? undefined : this.#flights.get(flightName(key, false)));
    if (flight === undefined) return null;
    const ageMs = this.#clock.now() - flight.facts.openedMs;
    return ageMs <= maxAgeS * 1_000 ? flight : null;
  }

  /** Begins a flight that others may join, until it is closed, purged, or nobody waits for it any more. */
  openFlight(key: string, stream: boolean, order: CacheOrder): Flight<Landing> {
    const facts = { order, openedMs: this.#clock.now() };
    const flight = new Flight<Landing>(facts, () => {
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
    const entry = this.#entry(fresh);
    return this.store.refusal(entry) ?? (this.store.keep(entry) ? null : 'unpopular');
  }

  #closeMatching(filter: PurgeFilter): void {
    for (const [name, { facts, tags }] of this.#flights) {
      const { tenant, namespace } = facts.order;
      // The decision whose answer it will be is not known yet.
      if (matches({ tenant, namespace, tags, source: '' }, filter)) this.#flights.delete(name);
    }
  }

  #entry({ key, question, order, tags, facts, payload }: FreshAnswer): KeptAnswer {
    const { tenant, namespace, ttlS } = order;
    const nowMs = this.#clock.wallMs();
    const times = { storedAtMs: nowMs, expiresAtMs: nowMs + ttlS * 1_000 };
    const placed = { key, question, tenant, namespace, tags, ...times, ...facts };
    return answerWith(placed, packed(payload));
  }
}

function flightName(key: string, stream: boolean): string {
  return stream ? `${key}~` : key;
}
