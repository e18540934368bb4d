import { fingerprint } from '../cache/fingerprint.js';
import type { Question } from '../cache/kept-answer.js';
import { orderFor, type BypassReason } from '../cache/order.js';
import type { CacheSettings } from '../cache/settings.js';
import type { AnswerForms } from '../dialects/answer-forms.js';
import type { JsonObject } from '../dialects/json.js';
import type { AskedRequest } from '../request/exchange.js';
import type { Target } from '../request/setup.js';
import type { Place } from './landing.js';

/** What of a request says where in the cache it belongs. */
export interface PlaceableRequest {
  readonly call: Pick<AskedRequest['call'], 'headers'> & {
    readonly dialect: { readonly forms: AnswerForms };
    readonly caller: { readonly name: string };
  };
  readonly request: Pick<AskedRequest['request'], 'model' | 'body' | 'forwarded'>;
  readonly setup: {
    resolve(name: string): Target;
    readonly router: { readonly receipt: { readonly rules: string } };
  };
}

/**
 * Where in the cache a request belongs, or why it has no place in it.
 *
 * @throws {GatewayError} `model_not_found`; `invalid_request` for headers that cannot be understood
 */
export function placeOf(asked: PlaceableRequest, settings: CacheSettings): Place | BypassReason {
  const { call, request, setup } = asked;
  const { forms } = call.dialect;
  const target = setup.resolve(request.model);
  const policy = target.kind === 'policy' ? target.policy : null;
  const { members, sampled, question } = forms.identityOf(request.body);
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
  const key = fingerprint(scope, withHeaders(members, request.forwarded), request.body);
  if (key === null) return 'nested';
  let found: Question | null | undefined;
  // Worked out only where it is wanted: most requests are found by their key, or not compared at all.
  const questionOf = (): Question | null => {
    if (question === null || order.semantic === null) return null;
    if (found !== undefined) return found;
    const rest = withHeaders(question.rest, request.forwarded);
    const partition = fingerprint(scope, rest, request.body, 'partition');
    found = partition === null ? null : { partition, text: question.text };
    return found;
  };
  return { key, question: questionOf, order, forms, settings, policy };
}

/** What goes to the provider beside the body decides the answer as well. */
function withHeaders(members: JsonObject, headers: readonly string[] | undefined): JsonObject {
  // In every dialect that has such headers all requests are wrapped so, so that no member is taken for them.
  return headers === undefined ? members : { headers, members };
}

/** A policy means what the rules in force make of it: under other rules it is another question. */
function nameOf(target: Target, rules: string): string {
  return target.kind === 'model'
    ? `model:${target.served.model.id}`
    : `policy:${target.policy}@${rules}`;
}
