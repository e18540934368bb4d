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

/** Joins the cache to the journey of a request: between reading it and deciding on it. */
export class CacheDesk {
  readonly #parts: RecallParts;

  constructor(parts: RecallParts) {
    this.#parts = parts;
  }

  /**
   * Answers from the cache, together with the same request of another client, or by `ask`.
   *
   * @throws {GatewayError} as `ask` does, `not_kept`, and `invalid_request` for headers that cannot be understood
   */
  async answer(asked: AskedRequest, ask: Ask): Promise<Exchange> {
    const { tally, books } = this.#parts;
    const { call, setup } = asked;
    // The pipeline asks only where there is a cache configured.
    const place = setup.caching === null ? 'off' : placeOf(asked, setup.caching, books);
    if (typeof place === 'string') {
      tally.bypass(place);
      const mark = {
        status: 'bypass',
        why: place,
        ageS: null,
        source: null,
        savedUsd: null,
      } as const;
      return { cache: mark, ...(await ask(call.signal, false)) };
    }
    const placed = { place, alike: null, ...asked };
    if (!place.order.looks) return this.#lead(placed, ask);
    return (await this.#same(placed)) ?? this.#shareOrAsk(placed, ask);
  }

  /** The kept answer to the very same request. */
  async #same(asked: PlacedRequest): Promise<Exchange | null> {
    const { key, order, settings } = asked.place;
    const kept = this.#parts.cache.store.find(key, order.maxAgeS);
    if (kept === null) return null;
    const { budgetMs } = settings.semantic;
    const held = isHeld(kept) ? kept : await this.#fetch(kept, budgetMs);
    return held === null ? null : recalled(this.#parts, asked, held);
  }

  /** Without waiting for anything, so that of the same requests only one finds none under way. */
  #shareOrAsk(asked: PlacedRequest, ask: Ask): Promise<Exchange> {
    const { place, request } = asked;
    const flight = this.#flightFor(place, request.stream);
    if (flight !== null) return follow(this.#parts, asked, flight, ask);
    const startedMs = this.#parts.books.clock.now();
    const alike = this.#seek(place);
    if (alike?.outlook.serves !== true) return this.#lead(withAlike(asked, alike), ask);
    if (!isHeld(alike.kept)) return this.#fetchAlike({ asked, alike, startedMs }, ask);
    const given = this.#giveAlike(asked, alike, alike.kept, ask);
    return given === null ? this.#lead(asked, ask) : Promise.resolve(given);
  }

  /** The same request of another client, unless only a kept answer will do. */
  #flightFor({ key, order }: Place, stream: boolean): Flight<Landing> | null {
    return order.onlyKept ? null : this.#parts.cache.flightFor(key, stream, order);
  }

  /** @throws {GatewayError} `not_kept` where nobody is to be asked */
  async #lead(asked: PlacedRequest, ask: Ask): Promise<Exchange> {
    if (!asked.place.order.onlyKept) return lead(this.#parts, asked, ask);
    const message = 'no kept answer will do, and the request says cache-control: only-if-cached';
    throw new GatewayError('not_kept', message);
  }

  async #fetchAlike(
    { asked, alike, startedMs }: { asked: PlacedRequest; alike: Alike; startedMs: number },
    ask: Ask,
  ): Promise<Exchange> {
    const { place, request } = asked;
    const spentMs = this.#parts.books.clock.now() - startedMs;
    const kept = await this.#fetch(alike.kept, place.settings.semantic.budgetMs - spentMs);
    const given = kept === null ? null : this.#giveAlike(asked, alike, kept, ask);
    if (given !== null) return given;
    // Meanwhile the same request of another client may have come.
    const flight = this.#flightFor(place, request.stream);
    if (flight !== null) return follow(this.#parts, asked, flight, ask);
    return this.#lead(withAlike(asked, alike), ask);
  }

  /** The words of an answer that another process keeps, if they come in time. */
  #fetch(kept: KeptAnswer, budgetMs: number): Promise<HeldAnswer | null> {
    return this.#parts.shared?.fetch(kept, budgetMs) ?? Promise.resolve(null);
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

  #giveAlike(asked: PlacedRequest, found: Alike, kept: HeldAnswer, ask: Ask): Exchange | null {
    const { alike: tools } = this.#parts;
    const alike = { ...found, kept };
    const exchange = recalled(this.#parts, asked, kept, alike);
    if (exchange === null || tools === null) return null;
    tools.tally.gave(alike.outlook.expectedError);
    recheckSometimes(this.#parts, { tools, asked, alike }, ask);
    return exchange;
  }
}

function withAlike({ call, request, setup, startedMs, place }: PlacedRequest, alike: Alike | null) {
  return { call, request, setup, startedMs, place, alike };
}
