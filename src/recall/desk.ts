import { fingerprint } from '../cache/fingerprint.js';
import { orderFor, type BypassReason } from '../cache/order.js';
import type { CacheSettings } from '../cache/settings.js';
import type { AskedRequest, Exchange } from '../exchange.js';
import type { Target } from '../setup.js';
import { follow } from './follow.js';
import { recalled } from './hit.js';
import type { Ask, Place, RecallParts } from './landing.js';
import { lead } from './lead.js';

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
    const placed = { ...asked, place };
    if (place.order.looks) {
      const kept = cache.store.find(place.key, place.order.maxAgeS);
      const exchange = kept === null ? null : recalled(this.#parts, placed, kept);
      if (exchange !== null) return exchange;
      const flight = cache.flightFor(place.key, request.stream);
      if (flight !== null) return follow(this.#parts, placed, flight, ask);
    }
    return lead(this.#parts, placed, ask);
  }
}

/**
 * Where in the cache a request belongs, or why it has no place in it.
 *
 * @throws {GatewayError} `model_not_found`; `invalid_request` for headers that cannot be understood
 */
function placeOf(asked: AskedRequest, settings: CacheSettings): Place | BypassReason {
  const { call, request, setup } = asked;
  const { forms } = call.dialect;
  if (forms === undefined) return 'dialect';
  const target = setup.resolve(request.model);
  const policy = target.kind === 'policy' ? target.policy : null;
  const { members, sampled } = forms.identityOf(request.body);
  const caller = call.caller.name;
  const order = orderFor(settings, { caller, policy, headers: call.headers, sampled });
  if (order.kind === 'bypass') return order.why;
  const { tenant, namespace } = order;
  const scope = {
    dialect: forms.name,
    tenant,
    namespace,
    target: nameOf(target, setup.router.receipt.rules),
  };
  const key = fingerprint(scope, members, request.body);
  return key === null ? 'nested' : { key, order, forms, settings, policy };
}

/** A policy means what the rules in force make of it: under other rules it is another question. */
function nameOf(target: Target, rules: string): string {
  return target.kind === 'model'
    ? `model:${target.served.model.id}`
    : `policy:${target.policy}@${rules}`;
}
