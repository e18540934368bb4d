import type { PromptCacheState } from '../account/prompt-caches.js';
import type { Ledger } from '../account/settle.js';
import type { Caller } from '../admit/keys.js';
import type { Decision, DecisionSummary } from '../core/decision.js';
import type { ServedModel, Upstream } from '../core/model.js';
import type { ChatRequest } from '../dialects/dialect.js';
import type { RoutingPreferences } from '../dialects/routing-preferences.js';
import { fallbacksOf } from '../route/decide.js';
import { flips, type Flip } from '../route/explain.js';
import { CompactRouting } from '../route/compact-routing.js';
import type { PromptReader, PreparedFeatures } from '../route/prompt-reader.js';
import type { RouteRequest } from '../route/router.js';
import type { Routing } from '../route/routing.js';
import { placesWithinTerms, refuseTermsOnPolicy, type PlacesToTry } from './places-to-try.js';
import type { Setup } from './setup.js';

/** The places to try, in order, and the decision behind them. */
export interface Plan {
  readonly decision: DecisionSummary;
  /** The data that the decision was made from; `null` when the client named the model. */
  readonly routing: CompactRouting | null;
  /** Can be iterated once. */
  readonly tries: Iterable<Upstream>;
  /** Attempts in all. */
  readonly maxAttempts: number;
  /** See `PlacesToTry.sendsModelList`. */
  readonly sendsModelList?: boolean;
  /** What providers may have of it in their prompt caches; `null` if it was not routed or is too short. */
  readonly prompt: PromptCacheState | null;
}

/** A decision, its routing data, and what would have flipped it. */
export interface Explanation {
  readonly decision: Decision;
  /** `null` when the client named the model. */
  readonly routing: Routing | null;
  readonly flips: readonly Flip[];
}

/** A request to a policy, and its caller. */
export interface PolicyRequest {
  readonly setup: Pick<Setup, 'dailyBudgetUsd'>;
  readonly request: Pick<ChatRequest, 'model' | 'stream' | 'conversation' | 'metadata'>;
  readonly caller: Caller;
  readonly policy: string;
}

/** Dependencies of planning. */
export interface PlanningParts {
  readonly ledger: Pick<Ledger, 'clock' | 'metrics' | 'spend' | 'promptCaches'>;
  /** Makes a decision's id from the wall clock. */
  readonly newId: (wallMs: number) => string;
}

/** Options of planning. */
export interface PlanOptions {
  /** The request will not be sent: the decision is not counted, and nothing is learnt from it. */
  readonly isPreview: boolean;
  /** The result of `readAhead`; `null` if the router reads the prompt itself. */
  readonly read: PreparedFeatures | null;
}

/** Without an encoder, and not a preview. */
const DEFAULT_OPTIONS: PlanOptions = { isPreview: false, read: null };

/**
 * Reads a prompt with the setup's encoder, within the time limit for its vector.
 *
 * @returns `null` if the client named the model, so that nothing is to be decided
 * @throws {GatewayError} `model_not_found`, or why the request cannot be read
 */
export async function readAhead(
  setup: Setup,
  reader: PromptReader,
  request: ChatRequest,
): Promise<PreparedFeatures | null> {
  if (setup.resolve(request.model).kind === 'model') return null;
  return await reader.readWithinLimit(request.conversation());
}

/**
 * Decides where a request goes: to the model it names, or to the one its policy chooses.
 *
 * @throws {GatewayError} `model_not_found`, `no_candidate`
 */
export function planFor(
  setup: Setup,
  request: ChatRequest,
  caller: Caller,
  parts: PlanningParts,
  { isPreview, read } = DEFAULT_OPTIONS,
): Plan {
  const target = setup.resolve(request.model);
  const atMs = parts.ledger.clock.wallMs();
  const id = parts.newId(atMs);
  const { terms = null } = request;
  if (target.kind === 'model') {
    const decision = requestedModelDecision(id, atMs, request.model, target.served.model.id, setup);
    const { tries, maxAttempts, sendsModelList = false } = placesFor(setup, target.served, terms);
    return {
      decision,
      routing: null,
      prompt: null,
      tries,
      maxAttempts,
      sendsModelList,
    };
  }
  if (terms !== null) refuseTermsOnPolicy(target.policy, terms);

  const beganMs = parts.ledger.clock.now();
  const conversation = request.conversation();
  const { promptCaches } = parts.ledger;
  const prompt = promptCaches.lookup(conversation, caller.name, setup.promptCacheMs);
  const { policy } = target;
  const routed = { setup, request, caller, policy };
  const routing = setup.router.route(
    routeRequest(routed, parts.ledger, {
      id,
      atMs,
      cached: prompt?.cachedTokens ?? null,
      isPreview,
      read,
    }),
  );
  if (!isPreview) {
    const readMs = read === null ? 0 : read.tookMs;
    count(parts, routing.head, readMs + parts.ledger.clock.now() - beganMs);
  }
  const kept = new CompactRouting(routing);
  const tries = triesOf(setup, kept);
  return { decision: kept.head, routing: kept, prompt, tries, maxAttempts: setup.maxAttempts };
}

/** The places of a model that the client names, within its routing terms if it has any. */
function placesFor(
  setup: Setup,
  served: ServedModel,
  terms: RoutingPreferences | null,
): PlacesToTry {
  if (terms !== null) return placesWithinTerms(setup, served, terms);
  return { tries: served.upstreams, maxAttempts: setup.maxAttempts };
}

type RequestTerms = Pick<RouteRequest, 'id' | 'atMs' | 'cached' | 'isPreview' | 'read'>;

/** The router's view of a request to a policy. */
export function routeRequest(
  { setup, request, caller, policy }: PolicyRequest,
  { spend }: Pick<Ledger, 'spend'>,
  { id, atMs, cached, isPreview = false, read = null }: RequestTerms,
): RouteRequest {
  return {
    id,
    atMs,
    requested: request.model,
    policy,
    stream: request.stream,
    conversation: request.conversation(),
    read,
    key: caller,
    metadata: request.metadata,
    budget: spend.state(setup.dailyBudgetUsd),
    vouched: false,
    cached,
    isPreview,
  };
}

/**
 * The chosen model at all its places, then the fallback models, each at its best place.
 *
 * A failing place says nothing about the model, which was preferred to all others. Other places must speak the dialect of
 * the best one: the request may have parts that only that dialect can read (files by id).
 *
 * A generator, because fallbacks are ranked only if the first place fails, which is rare.
 */
function* triesOf({ served }: Setup, routing: CompactRouting): Iterable<Upstream> {
  const places = served.get(routing.head.model)?.upstreams ?? [];
  for (const place of places) {
    if (speaksAs(place, places[0] ?? place)) yield place;
  }
  const { input, choice } = routing.unpack();
  for (const model of fallbacksOf(input, choice)) {
    const upstream = served.get(model)?.upstreams[0];
    if (upstream !== undefined) yield upstream;
  }
}

function speaksAs(place: Upstream, first: Upstream): boolean {
  return place.dialect === first.dialect && place.responses === first.responses;
}

function count(
  { ledger: { metrics } }: PlanningParts,
  decision: DecisionSummary,
  tookMs: number,
): void {
  const { policy, reason, model, degraded } = decision;
  metrics.decisionS.observe(tookMs / 1000);
  metrics.decisions.inc({ policy: policy ?? '', reason, model });
  if (degraded !== null) metrics.degraded.inc({ cause: degraded });
}

/** Explains a decision and finds what would have flipped it. Takes milliseconds, so not for the hot path. */
export function explained({
  decision,
  routing,
  tries = [],
}: Pick<Plan, 'decision' | 'routing'> & Partial<Pick<Plan, 'tries'>>): Explanation {
  if (routing === null) {
    const listed = new Set([...tries].map(({ modelId }) => modelId));
    listed.delete(decision.model);
    const fallbacks = [...listed];
    return { decision: { ...decision, fallbacks, candidates: [] }, routing: null, flips: [] };
  }
  const unpacked = routing.unpack();
  return {
    decision: unpacked.decision,
    routing: unpacked,
    flips: flips(unpacked.input, unpacked.choice),
  };
}

/** The decision record of a request whose model the client named. */
export function requestedModelDecision(
  id: string,
  atMs: number,
  requested: string,
  model: string,
  setup: Setup,
): DecisionSummary {
  const { receipt } = setup.router;
  return unroutedDecision({
    id,
    atMs,
    requested,
    policy: null,
    model,
    reason: 'requested',
    receipt,
  });
}

/** The decision record of a request that was not routed. */
export function unroutedDecision(
  known: Pick<
    DecisionSummary,
    'id' | 'atMs' | 'requested' | 'policy' | 'model' | 'reason' | 'receipt'
  >,
): DecisionSummary {
  const { id, atMs, requested, policy, model, reason, receipt } = known;
  return {
    id,
    atMs,
    requested,
    policy,
    model,
    reason,
    rule: null,
    matchedRules: [],
    keep: null,
    reference: null,
    degraded: null,
    ood: null,
    novelty: null,
    receipt,
  };
}
