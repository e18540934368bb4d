import type { Books } from '../account/settle.js';
import { fingerprint, type CacheScope } from '../cache/fingerprint.js';
import type { Question } from '../cache/kept-answer.js';
import { orderFor, type BypassReason } from '../cache/order.js';
import type { CacheSettings } from '../cache/settings.js';
import type { AnswerForms } from '../dialects/answer-forms.js';
import type { JsonObject } from '../dialects/json.js';
import type { AskedRequest } from '../request/exchange.js';
import { routeRequest, type PolicyRequest } from '../request/plan.js';
import type { Target } from '../request/setup.js';
import type { Router } from '../route/router.js';
import type { FactKind } from '../route/rules/reads.js';
import type { Place } from './landing.js';

/** What of a request says where in the cache it belongs. */
export interface PlaceableRequest {
  readonly call: Pick<AskedRequest['call'], 'headers' | 'caller'> & {
    readonly dialect: { readonly forms: AnswerForms };
  };
  readonly request: Pick<AskedRequest['request'], 'body' | 'forwarded'> & PolicyRequest['request'];
  readonly setup: PolicyRequest['setup'] & {
    resolve(name: string): Target;
    readonly router: Pick<Router, 'receipt' | 'rulesReading'>;
  };
}

/** What tells apart requests that ask the same, and such as ask it in other words. */
const BESIDE_THE_WORDS: readonly FactKind[] = ['aside'];
const BESIDE_THE_MEANING: readonly FactKind[] = ['aside', 'wording'];

/**
 * Where in the cache a request belongs, or why it has no place in it.
 *
 * @throws {GatewayError} `model_not_found`; `invalid_request` for headers that cannot be understood; whatever
 *   reading the conversation throws, where rules look at it
 */
export function placeOf(
  asked: PlaceableRequest,
  settings: CacheSettings,
  books: Pick<Books, 'clock' | 'spend'>,
): Place | BypassReason {
  const { call, request, setup } = asked;
  const { forms } = call.dialect;
  const target = setup.resolve(request.model);
  const policy = target.kind === 'policy' ? target.policy : null;
  const { members, sampled, searches = false, question } = forms.identityOf(request.body);
  const caller = call.caller.name;
  const order = orderFor(settings, { caller, policy, headers: call.headers, sampled });
  if (order.kind === 'bypass') return order.why;
  const { tenant, namespace } = order;
  const scopeOf = (kinds: readonly FactKind[]): CacheScope => {
    return { dialect: forms.name, tenant, namespace, target: nameOf(asked, target, kinds, books) };
  };
  const told = withHeaders(members, request.forwarded);
  const key = fingerprint(scopeOf(BESIDE_THE_WORDS), told, request.body);
  if (key === null) return 'nested';
  let found: Question | null | undefined;
  // Worked out only where it is wanted: most requests are found by their key, or not compared at all.
  const questionOf = (): Question | null => {
    if (question === null || order.semantic === null) return null;
    if (found !== undefined) return found;
    const rest = withHeaders(question.rest, request.forwarded);
    const partition = fingerprint(scopeOf(BESIDE_THE_MEANING), rest, request.body, 'partition');
    found = partition === null ? null : { partition, text: question.text };
    return found;
  };
  return { key, question: questionOf, order, searches, forms, settings, policy };
}

/** What goes to the provider beside the body decides the answer as well. */
function withHeaders(members: JsonObject, headers: readonly string[] | undefined): JsonObject {
  // In every dialect that has such headers all requests are wrapped so, so that no member is taken for them.
  return headers === undefined ? members : { headers, members };
}

/**
 * A policy means what the rules in force make of it: under other rules it is another question, and so it is
 * where other rules hold for the request.
 *
 * @param kinds - what of a request the rest of its fingerprint does not tell
 */
function nameOf(
  { call, request, setup }: PlaceableRequest,
  target: Target,
  kinds: readonly FactKind[],
  books: Pick<Books, 'clock' | 'spend'>,
): string {
  if (target.kind === 'model') return `model:${target.served.model.id}`;
  const { policy } = target;
  const { router } = setup;
  const matched = router.rulesReading(kinds, policy, () => {
    const asked = { setup, request, caller: call.caller, policy };
    return routeRequest(asked, books, { id: '', atMs: books.clock.wallMs(), cached: null });
  });
  const name = `policy:${policy}@${router.receipt.rules}`;
  return matched.length === 0 ? name : `${name}+${JSON.stringify(matched)}`;
}
