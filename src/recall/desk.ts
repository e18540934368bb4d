import type { Alike } from '../cache/semantic/alike.js';
import type { AskedRequest, Exchange } from '../exchange.js';
import { follow } from './follow.js';
import { recalled } from './hit.js';
import type { Ask, Place, PlacedRequest, RecallParts } from './landing.js';
import { lead } from './lead.js';
import { placeOf } from './place.js';
import { recheckSometimes } from './recheck.js';

/** Joins the cache to the journey of a request: between reading it and deciding on it. */
export class CacheDesk {
  readonly #parts: RecallParts;

  constructor(parts: RecallParts) {
    this.#parts = parts;
  }

  /**
   * Answers from the cache, together with the same request of another client, or by `ask`.
   *
   * @throws {GatewayError} as `ask` does, and `invalid_request` for headers that cannot be understood
   */
  async answer(asked: AskedRequest, ask: Ask): Promise<Exchange> {
    const { cache, tally } = this.#parts;
    const { call, request, setup } = asked;
    // The pipeline asks only where there is a cache configured.
    const place = setup.caching === null ? 'off' : placeOf(asked, setup.caching);
    if (typeof place === 'string') {
      tally.bypass(place);
      const mark = {
        status: 'bypass',
        why: place,
        ageS: null,
        source: null,
        savedUsd: null,
      } as const;
      return { ...(await ask(call.signal, false)), cache: mark };
    }
    const placed = { ...asked, place, alike: null };
    if (!place.order.looks) return lead(this.#parts, placed, ask);
    const kept = cache.store.find(place.key, place.order.maxAgeS);
    const exchange = kept === null ? null : recalled(this.#parts, placed, kept);
    if (exchange !== null) return exchange;
    const flight = cache.flightFor(place.key, request.stream);
    if (flight !== null) return follow(this.#parts, placed, flight, ask);
    const alike = this.#seek(place);
    if (alike?.outlook.serves !== true) return lead(this.#parts, { ...placed, alike }, ask);
    return this.#giveAlike(placed, alike, ask) ?? lead(this.#parts, placed, ask);
  }

  /** The answer to a question in other words, or the one that comes nearest to it. */
  #seek({ order, question, settings }: Place): Alike | null {
    const { alike } = this.#parts;
    const asked = alike === null || order.semantic === null ? null : question();
    if (alike === null || order.semantic === null || asked === null) return null;
    const { maxError } = order.semantic;
    const { maxAgeS } = order;
    return alike.answers.seek(asked, { maxError, maxAgeS, budgetMs: settings.semantic.budgetMs });
  }

  #giveAlike(asked: PlacedRequest, alike: Alike, ask: Ask): Exchange | null {
    const { alike: tools } = this.#parts;
    const exchange = recalled(this.#parts, asked, alike.kept, alike);
    if (exchange === null || tools === null) return null;
    tools.tally.gave(alike.outlook.expectedError);
    recheckSometimes(this.#parts, { tools, asked, alike }, ask);
    return exchange;
  }
}
