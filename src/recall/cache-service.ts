import type { InFlightRequest } from '../cache/in-flight-request.js';
import { hasPayload, type LoadedAnswer, type CachedAnswer } from '../cache/cached-answer.js';
import type { SemanticMatch } from '../cache/semantic/semantic-cache.js';
import { GatewayError } from '../core/errors.js';
import type { ReceivedRequest, Exchange } from '../request/exchange.js';
import { follow } from './follow.js';
import { serveCached } from './serve-cached.js';
import type {
  CallModel,
  SharedResult,
  CacheLookup,
  CacheableRequest,
  RecallParts,
} from './types.js';
import { lead } from './lead.js';
import { cacheLookupFor } from './cache-lookup.js';
import { maybeRecheck } from './recheck.js';

/** The cache stage of a request's path: between reading the request and deciding on a model. */
export class CacheService {
  readonly #parts: RecallParts;

  constructor(parts: RecallParts) {
    this.#parts = parts;
  }

  /**
   * Answers from the cache, by joining an identical request in flight, or by `callModel`.
   *
   * @throws {GatewayError} as `callModel` does; `not_kept`; `invalid_request` for invalid headers
   */
  async answer(asked: ReceivedRequest, callModel: CallModel): Promise<Exchange> {
    const { tally, books } = this.#parts;
    const { call, setup } = asked;
    // The pipeline only calls this if a cache is configured.
    const lookup = setup.caching === null ? 'off' : cacheLookupFor(asked, setup.caching, books);
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
    const placed: CacheableRequest = {
      call,
      request,
      setup,
      startedMs,
      lookup,
      nearest: null,
    };
    if (!lookup.control.allowsCached) return this.#lead(placed, callModel);
    return (await this.#exactHit(placed)) ?? this.#joinOrAsk(placed, callModel);
  }

  /** The cached answer to an identical request; `null` if there is none. */
  async #exactHit(asked: CacheableRequest): Promise<Exchange | null> {
    const { key, control, settings } = asked.lookup;
    const kept = this.#parts.cache.store.find(key, control.maxAgeS);
    if (kept === null) return null;
    const { budgetMs } = settings.semantic;
    const held = hasPayload(kept) ? kept : await this.#fetch(kept, budgetMs);
    return held === null ? null : serveCached(this.#parts, asked, held);
  }

  /** Looks for a request in flight without awaiting anything, so that of identical requests only one becomes the leader. */
  #joinOrAsk(asked: CacheableRequest, callModel: CallModel): Promise<Exchange> {
    const { lookup, request } = asked;
    const inFlight = this.#inFlight(lookup, request.stream);
    if (inFlight !== null) return follow(this.#parts, asked, inFlight, callModel);
    const startedMs = this.#parts.books.clock.now();
    const match = this.#findMatch(lookup);
    if (match?.estimate.isServable !== true)
      return this.#lead(withNearest(asked, match), callModel);
    if (!hasPayload(match.answer)) return this.#fetchMatch({ asked, match, startedMs }, callModel);
    const hit = this.#semanticHit(asked, match, match.answer, callModel);
    return hit === null ? this.#lead(asked, callModel) : Promise.resolve(hit);
  }

  /** An identical request in flight; `null` if there is none, or only a cached answer is wanted. */
  #inFlight({ key, control }: CacheLookup, stream: boolean): InFlightRequest<SharedResult> | null {
    return control.onlyIfCached ? null : this.#parts.cache.findInFlight(key, stream, control);
  }

  /** @throws {GatewayError} `not_kept` if no model may be called */
  async #lead(asked: CacheableRequest, callModel: CallModel): Promise<Exchange> {
    if (!asked.lookup.control.onlyIfCached) return lead(this.#parts, asked, callModel);
    const message = 'No cached answer matches, and the request has cache-control: only-if-cached.';
    throw new GatewayError('not_kept', message);
  }

  /** A semantic hit whose text is held by another process. */
  async #fetchMatch(
    {
      asked,
      match,
      startedMs,
    }: { asked: CacheableRequest; match: SemanticMatch; startedMs: number },
    callModel: CallModel,
  ): Promise<Exchange> {
    const { lookup, request } = asked;
    const spentMs = this.#parts.books.clock.now() - startedMs;
    const kept = await this.#fetch(match.answer, lookup.settings.semantic.budgetMs - spentMs);
    const hit = kept === null ? null : this.#semanticHit(asked, match, kept, callModel);
    if (hit !== null) return hit;
    // Another client may have sent the same request meanwhile.
    const inFlight = this.#inFlight(lookup, request.stream);
    if (inFlight !== null) return follow(this.#parts, asked, inFlight, callModel);
    return this.#lead(withNearest(asked, match), callModel);
  }

  /** The text of an answer that another process stored; `null` if it does not arrive in time. */
  #fetch(kept: CachedAnswer, budgetMs: number): Promise<LoadedAnswer | null> {
    return this.#parts.shared?.fetch(kept, budgetMs) ?? Promise.resolve(null);
  }

  /** The best semantic match, whether or not it may be given; `null` if there is none. */
  #findMatch({ control, question, settings }: CacheLookup): SemanticMatch | null {
    const { semantic } = this.#parts;
    const asked = semantic === null || control.semantic === null ? null : question();
    if (semantic === null || control.semantic === null || asked === null) return null;
    const { maxError } = control.semantic;
    const { maxAgeS } = control;
    return semantic.cache.find(asked, {
      maxError,
      maxAgeS,
      budgetMs: settings.semantic.budgetMs,
    });
  }

  /** `null` if the answer cannot be converted to the form that the client wants. */
  #semanticHit(
    asked: CacheableRequest,
    found: SemanticMatch,
    kept: LoadedAnswer,
    callModel: CallModel,
  ): Exchange | null {
    const { semantic } = this.#parts;
    const match = { ...found, kept };
    const exchange = serveCached(this.#parts, asked, kept, match);
    if (exchange === null || semantic === null) return null;
    semantic.tally.countHit(match.estimate.expectedError);
    maybeRecheck(this.#parts, { semantic, asked, match }, callModel);
    return exchange;
  }
}

function withNearest(
  { call, request, setup, startedMs, lookup }: CacheableRequest,
  nearest: SemanticMatch | null,
): CacheableRequest {
  return { call, request, setup, startedMs, lookup, nearest };
}
