import type { Ledger } from '../account/settle.js';
import { fingerprint, type CacheScope } from '../cache/fingerprint.js';
import type { Question } from '../cache/cached-answer.js';
import { cacheControlFor, type BypassReason } from '../cache/cache-control.js';
import type { CacheSettings } from '../cache/settings.js';
import type { CacheCodec } from '../dialects/cache-codec.js';
import type { JsonObject } from '../dialects/json.js';
import type { ReceivedRequest } from '../request/exchange.js';
import { routeRequest, type PolicyRequest } from '../request/plan.js';
import type { Target } from '../request/setup.js';
import type { Router } from '../route/router.js';
import type { FactKind } from '../route/rules/fact-kinds.js';
import type { CacheLookup } from './types.js';

/** The parts of a request that decide how it is looked up. */
export interface CacheLookupInput {
  readonly call: Pick<ReceivedRequest['call'], 'headers' | 'caller'> & {
    readonly dialect: { readonly forms: CacheCodec };
  };
  readonly request: Pick<ReceivedRequest['request'], 'body' | 'forwarded'> &
    PolicyRequest['request'];
  readonly setup: PolicyRequest['setup'] & {
    resolve(name: string): Target;
    readonly router: Pick<Router, 'receipt' | 'rulesReading'>;
  };
}

/**
 * Kinds of facts by which rules can tell two requests apart although their bodies are the same, or although all
 * but their last user message is.
 */
const BESIDE_THE_BODY: readonly FactKind[] = ['aside'];
const BESIDE_THE_REST: readonly FactKind[] = ['aside', 'wording'];

/**
 * How a request is looked up in the cache, or why it bypasses the cache.
 *
 * @throws {GatewayError} `model_not_found`; `invalid_request` for invalid headers; whatever reading the
 *   conversation throws, if rules depend on it
 */
export function cacheLookupFor(
  input: CacheLookupInput,
  settings: CacheSettings,
  books: Pick<Ledger, 'clock' | 'spend'>,
): CacheLookup | BypassReason {
  const { call, request, setup } = input;
  const { forms } = call.dialect;
  const target = setup.resolve(request.model);
  const policy = target.kind === 'policy' ? target.policy : null;
  const {
    members,
    sampled,
    searches: usesProviderTools = false,
    question,
  } = forms.identityOf(request.body);
  const caller = call.caller.name;
  const control = cacheControlFor(settings, { caller, policy, headers: call.headers, sampled });
  if (control.kind === 'bypass') return control.why;
  const { tenant, namespace } = control;
  const scopeOf = (kinds: readonly FactKind[]): CacheScope => {
    return {
      dialect: forms.name,
      tenant,
      namespace,
      target: targetName(input, target, kinds, books),
    };
  };
  const identity = withHeaders(members, request.forwarded);
  const key = fingerprint(scopeOf(BESIDE_THE_BODY), identity, request.body);
  if (key === null) return 'nested';
  let memo: Question | null | undefined;
  // Computed lazily: most requests are exact hits, or not compared at all.
  const questionOf = (): Question | null => {
    if (question === null || control.semantic === null) return null;
    if (memo !== undefined) return memo;
    const rest = withHeaders(question.rest, request.forwarded);
    const partition = fingerprint(scopeOf(BESIDE_THE_REST), rest, request.body, 'partition');
    memo = partition === null ? null : { partition, text: question.text };
    return memo;
  };
  return {
    key,
    question: questionOf,
    control,
    usesProviderTools,
    forms,
    settings,
    policy,
  };
}

/** Headers that are forwarded to the provider affect the answer, too. */
function withHeaders(members: JsonObject, headers: readonly string[] | undefined): JsonObject {
  // A dialect with such headers wraps all its requests like this, so that no member can be mistaken for them.
  return headers === undefined ? members : { headers, members };
}

/**
 * The model or policy of the request, for its fingerprint. A policy's name includes the hash of the rules in force,
 * and those of them that match the request by facts that the fingerprint does not cover.
 *
 * @param kinds - the kinds of facts that the rest of the fingerprint does not cover
 */
function targetName(
  { call, request, setup }: CacheLookupInput,
  target: Target,
  kinds: readonly FactKind[],
  books: Pick<Ledger, 'clock' | 'spend'>,
): string {
  if (target.kind === 'model') return `model:${target.served.model.id}`;
  const { policy } = target;
  const { router } = setup;
  const matched = router.rulesReading(kinds, policy, () => {
    const input = { setup, request, caller: call.caller, policy };
    return routeRequest(input, books, { id: '', atMs: books.clock.wallMs(), cached: null });
  });
  const name = `policy:${policy}@${router.receipt.rules}`;
  return matched.length === 0 ? name : `${name}+${JSON.stringify(matched)}`;
}
