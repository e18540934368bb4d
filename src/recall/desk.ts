import type { Flight } from '../cache/flight.js';
import { isHeld, type HeldAnswer, type KeptAnswer } from '../cache/kept-answer.js';
import type { Alike } from '../cache/semantic/alike.js';
import { GatewayError } from '../core/errors.js';
import type { AskedRequest, Exchange } from '../request/exchange.js';
import { follow } from './follow.js';
import { recalled } from './hit.js';
import type { Ask, Landing, Place, PlacedRequest, RecallParts } from './landing.js';
import { lead } from './lead.js';
import { placeOf } from './place.js';
import { recheckSometimes } from './recheck.js';

/** The cache stage of a request's path: between reading the request and deciding on a model. */
export class CacheDesk {
  readonly #parts: RecallParts;

  constructor(parts: RecallParts) {
    this.#parts = parts;
  }

  /**
   * Answers from the cache, by joining an identical request in flight, or by `callModel`.
   *
   * @throws {GatewayError} as `callModel` does; `not_kept`; `invalid_request` for invalid headers
   */
  async answer(asked: AskedRequest, callModel: Ask): Promise<Exchange> {
    const { tally, books } = this.#parts;
    const { call, setup } = asked;
    // The pipeline only calls this if a cache is configured.
    const lookup = setup.caching === null ? 'off' : placeOf(asked, setup.caching, books);
    if (typeof lookup === 'string') {
      tally.bypass(lookup);
      const mark = {
        status: 'bypass',
        why: lookup,
        ageS: null,
        source: null,
        savedUsd: null,
      } as const;
      return { cache: mark, ...(await callModel(call.signal, false)) };
    }
    const { request, startedMs } = asked;
    const placed: PlacedRequest = { call, request, setup, startedMs, place: lookup, alike: null };
    if (!lookup.order.looks) return this.#lead(placed, callModel);
    return (await this.#exactHit(placed)) ?? this.#joinOrAsk(placed, callModel);
  }

  /** The cached answer to an identical request; `null` if there is none. */
  async #exactHit(asked: PlacedRequest): Promise<Exchange | null> {
    const { key, order: control, settings } = asked.place;
    const kept = this.#parts.cache.store.find(key, control.maxAgeS);
    if (kept === null) return null;
    const { budgetMs } = settings.semantic;
    const held = isHeld(kept) ? kept : await this.#fetch(kept, budgetMs);
    return held === null ? null : recalled(this.#parts, asked, held);
  }

  /** Looks for a request in flight without awaiting anything, so that of identical requests only one becomes the leader. */
  #joinOrAsk(asked: PlacedRequest, callModel: Ask): Promise<Exchange> {
    const { place: lookup, request } = asked;
    const inFlight = this.#inFlight(lookup, request.stream);
    if (inFlight !== null) return follow(this.#parts, asked, inFlight, callModel);
    const startedMs = this.#parts.books.clock.now();
    const match = this.#findMatch(lookup);
    if (match?.outlook.serves !== true) return this.#lead(withNearest(asked, match), callModel);
    if (!isHeld(match.kept)) return this.#fetchMatch({ asked, match, startedMs }, callModel);
    const hit = this.#semanticHit(asked, match, match.kept, callModel);
    return hit === null ? this.#lead(asked, callModel) : Promise.resolve(hit);
  }

  /** An identical request in flight; `null` if there is none, or only a cached answer is wanted. */
  #inFlight({ key, order: control }: Place, stream: boolean): Flight<Landing> | null {
    return control.onlyKept ? null : this.#parts.cache.flightFor(key, stream, control);
  }

  /** @throws {GatewayError} `not_kept` if no model may be called */
  async #lead(asked: PlacedRequest, callModel: Ask): Promise<Exchange> {
    if (!asked.place.order.onlyKept) return lead(this.#parts, asked, callModel);
    const message = 'no cached answer matches, and the request says cache-control: only-if-cached';
    throw new GatewayError('not_kept', message);
  }

  /** A semantic hit whose text is held by another process. */
  async #fetchMatch(
    { asked, match, startedMs }: { asked: PlacedRequest; match: Alike; startedMs: number },
    callModel: Ask,
  ): Promise<Exchange> {
    const { place: lookup, request } = asked;
    const spentMs = this.#parts.books.clock.now() - startedMs;
    const kept = await this.#fetch(match.kept, lookup.settings.semantic.budgetMs - spentMs);
    const hit = kept === null ? null : this.#semanticHit(asked, match, kept, callModel);
    if (hit !== null) return hit;
    // Another client may have sent the same request meanwhile.
    const inFlight = this.#inFlight(lookup, request.stream);
    if (inFlight !== null) return follow(this.#parts, asked, inFlight, callModel);
    return this.#lead(withNearest(asked, match), callModel);
  }

  /** The text of an answer that another process stored; `null` if it does not arrive in time. */
  #fetch(kept: KeptAnswer, budgetMs: number): Promise<HeldAnswer | null> {
    return this.#parts.shared?.fetch(kept, budgetMs) ?? Promise.resolve(null);
  }

  /** The best semantic match, whether or not it may be given; `null` if there is none. */
  #findMatch({ order: control, question, settings }: Place): Alike | null {
    const { alike: semantic } = this.#parts;
    const asked = semantic === null || control.semantic === null ? null : question();
    if (semantic === null || control.semantic === null || asked === null) return null;
    const { maxError } = control.semantic;
    const { maxAgeS } = control;
    return semantic.answers.seek(asked, {
      maxError,
      maxAgeS,
      budgetMs: settings.semantic.budgetMs,
    });
  }

  /** `null` if the answer cannot be converted to the form that the client wants. */
  #semanticHit(
    asked: PlacedRequest,
    found: Alike,
    kept: HeldAnswer,
    callModel: Ask,
  ): Exchange | null {
    const { alike: semantic } = this.#parts;
    const match = { ...found, kept };
    const exchange = recalled(this.#parts, asked, kept, match);
    if (exchange === null || semantic === null) return null;
    semantic.tally.gave(match.outlook.expectedError);
    recheckSometimes(this.#parts, { semantic, asked, match }, callModel);
    return exchange;
  }
}

function withNearest(
  { call, request, setup, startedMs, place: lookup }: PlacedRequest,
  nearest: Alike | null,
): PlacedRequest {
  return { call, request, setup, startedMs, place: lookup, alike: nearest };
}
