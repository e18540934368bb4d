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
  async answer(received: ReceivedRequest, callModel: CallModel): Promise<Exchange> {
    const { tally, books } = this.#parts;
    const { call, setup } = received;
    // The pipeline only calls this if a cache is configured.
    const lookup = setup.caching === null ? 'off' : cacheLookupFor(received, setup.caching, books);
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
    const { request, startedMs } = received;
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
  async #exactHit(cacheable: CacheableRequest): Promise<Exchange | null> {
    const { key, control, settings } = cacheable.lookup;
    const cached = this.#parts.cache.store.find(key, control.maxAgeS);
    if (cached === null) return null;
    const { budgetMs } = settings.semantic;
    const loaded = hasPayload(cached) ? cached : await this.#fetch(cached, budgetMs);
    return loaded === null ? null : serveCached(this.#parts, cacheable, loaded);
  }

  /** Looks for a request in flight without awaiting anything, so that of identical requests only one becomes the leader. */
  #joinOrAsk(cacheable: CacheableRequest, callModel: CallModel): Promise<Exchange> {
    const { lookup, request } = cacheable;
    const inFlight = this.#inFlight(lookup, request.stream);
    if (inFlight !== null) return follow(this.#parts, cacheable, inFlight, callModel);
    const startedMs = this.#parts.books.clock.now();
    const match = this.#findMatch(lookup);
    if (match?.estimate.isServable !== true)
      return this.#lead(withNearest(cacheable, match), callModel);
    if (!hasPayload(match.answer))
      return this.#fetchMatch({ cacheable, match, startedMs }, callModel);
    const hit = this.#semanticHit(cacheable, match, match.answer, callModel);
    return hit === null ? this.#lead(cacheable, callModel) : Promise.resolve(hit);
  }

  /** An identical request in flight; `null` if there is none, or only a cached answer is wanted. */
  #inFlight({ key, control }: CacheLookup, stream: boolean): InFlightRequest<SharedResult> | null {
    return control.onlyIfCached ? null : this.#parts.cache.findInFlight(key, stream, control);
  }

  /** @throws {GatewayError} `not_kept` if no model may be called */
  async #lead(cacheable: CacheableRequest, callModel: CallModel): Promise<Exchange> {
    if (!cacheable.lookup.control.onlyIfCached) return lead(this.#parts, cacheable, callModel);
    const message = 'No cached answer matches, and the request has cache-control: only-if-cached.';
    throw new GatewayError('not_kept', message);
  }

  /** Answers a semantic hit whose text is in another process. */
  async #fetchMatch(
    {
      cacheable,
      match,
      startedMs,
    }: { cacheable: CacheableRequest; match: SemanticMatch; startedMs: number },
    callModel: CallModel,
  ): Promise<Exchange> {
    const { lookup, request } = cacheable;
    const spentMs = this.#parts.books.clock.now() - startedMs;
    const loaded = await this.#fetch(match.answer, lookup.settings.semantic.budgetMs - spentMs);
    const hit = loaded === null ? null : this.#semanticHit(cacheable, match, loaded, callModel);
    if (hit !== null) return hit;
    // Another client may have sent the same request meanwhile.
    const inFlight = this.#inFlight(lookup, request.stream);
    if (inFlight !== null) return follow(this.#parts, cacheable, inFlight, callModel);
    return this.#lead(withNearest(cacheable, match), callModel);
  }

  /** The text of an answer that another process stored; `null` if it does not arrive in time. */
  #fetch(cached: CachedAnswer, budgetMs: number): Promise<LoadedAnswer | null> {
    return this.#parts.shared?.fetch(cached, budgetMs) ?? Promise.resolve(null);
  }

  /** The best semantic match, whether or not it may be given; `null` if there is none. */
  #findMatch({ control, question, settings }: CacheLookup): SemanticMatch | null {
    const { semantic } = this.#parts;
    const text = semantic === null || control.semantic === null ? null : question();
    if (semantic === null || control.semantic === null || text === null) return null;
    const { maxError } = control.semantic;
    const { maxAgeS } = control;
    return semantic.cache.find(text, {
      maxError,
      maxAgeS,
      budgetMs: settings.semantic.budgetMs,
    });
  }

  /** `null` if the answer cannot be converted to the form that the client wants. */
  #semanticHit(
    cacheable: CacheableRequest,
    found: SemanticMatch,
    cached: LoadedAnswer,
    callModel: CallModel,
  ): Exchange | null {
    const { semantic } = this.#parts;
    const match = { ...found, answer: cached };
    const exchange = serveCached(this.#parts, cacheable, cached, match);
    if (exchange === null || semantic === null) return null;
    semantic.tally.countHit(match.estimate.expectedError);
    maybeRecheck(this.#parts, { semantic, cacheable, match }, callModel);
    return exchange;
  }
}

function withNearest(
  { call, request, setup, startedMs, lookup }: CacheableRequest,
  nearest: SemanticMatch | null,
): CacheableRequest {
  return { call, request, setup, startedMs, lookup, nearest };
}
