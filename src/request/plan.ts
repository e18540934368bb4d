import type { KnownPrompt } from '../account/prompt-caches.js';
import type { Books } from '../account/settle.js';
import type { Caller } from '../admit/keys.js';
import type { Decision, DecisionHead } from '../core/decision.js';
import type { ServedModel, Upstream } from '../core/model.js';
import type { ChatRequest } from '../dialects/dialect.js';
import type { RouteTerms } from '../dialects/route-terms.js';
import { fallbacksOf } from '../route/decide.js';
import { flips, type Flip } from '../route/explain.js';
import { KeptRouting } from '../route/kept-routing.js';
import type { PromptReader, ReadAhead } from '../route/prompt-reader.js';
import type { RouteRequest } from '../route/router.js';
import type { Routing } from '../route/routing.js';
import { placesOnTerms, refuseTermsOn } from './asked-places.js';
import type { Setup } from './setup.js';

/** Where to ask, in order, and why. */
export interface Plan {
  readonly decision: DecisionHead;
  /** What the decision was made from; `null` when the client named the model. */
  readonly routing: KeptRouting | null;
  /** Can be gone through once. */
  readonly tries: Iterable<Upstream>;
  /** Attempts in all. */
  readonly maxAttempts: number;
  /** See `AskedPlaces.tellsModels`. */
  readonly tellsModels?: boolean;
  /** What providers' prompt caches may hold of it; `null` where nothing was decided or it is too short. */
  readonly prompt: KnownPrompt | null;
}

/** A decision, what it was made from, and what would have flipped it. */
export interface Explanation {
  readonly decision: Decision;
  /** `null` when the client named the model. */
  readonly routing: Routing | null;
  readonly flips: readonly Flip[];
}

/** A request to a policy, and who asks. */
export interface PolicyRequest {
  readonly setup: Pick<Setup, 'dailyBudgetUsd'>;
  readonly request: Pick<ChatRequest, 'model' | 'stream' | 'conversation' | 'metadata'>;
  readonly caller: Caller;
  readonly policy: string;
}

/** What planning needs besides the request. */
export interface PlanningParts {
  readonly books: Pick<Books, 'clock' | 'metrics' | 'spend' | 'promptCaches'>;
  /** Makes a decision's id from the wall clock. */
  readonly newId: (wallMs: number) => string;
}

/** How a request is planned. */
export interface PlanOptions {
  /** It goes nowhere: the decision is not counted, and nothing is learnt of it. */
  readonly isPreview: boolean;
  /** What `readAhead` gave; `null` where nothing is read before it is decided on. */
  readonly read: ReadAhead | null;
}

/** How most requests are planned. */
const AS_USUAL: PlanOptions = { isPreview: false, read: null };

/**
 * Reads a request for a setup that has an encoder, whose vector is waited for as long as a request may.
 *
 * @returns `null` where nothing is to be decided
 * @throws {GatewayError} `model_not_found`, or why the request cannot be read
 */
export async function readAhead(
  setup: Setup,
  reader: PromptReader,
  request: ChatRequest,
): Promise<ReadAhead | null> {
  if (setup.resolve(request.model).kind === 'model') return null;
  return await reader.readInTime(request.conversation());
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
  { isPreview, read } = AS_USUAL,
): Plan {
  const target = setup.resolve(request.model);
  const atMs = parts.books.clock.wallMs();
  const id = parts.newId(atMs);
  const { terms = null } = request;
  if (target.kind === 'model') {
    const decision = namedByClient(id, atMs, request.model, target.served.model.id, setup);
    const { tries, maxAttempts, tellsModels = false } = whomToAsk(setup, target.served, terms);
    return { decision, routing: null, prompt: null, tries, maxAttempts, tellsModels };
  }
  if (terms !== null) refuseTermsOn(target.policy, terms);

  const beganMs = parts.books.clock.now();
  const conversation = request.conversation();
  const { promptCaches } = parts.books;
  const prompt = promptCaches.look(conversation, caller.name, setup.promptCacheMs);
  const { policy } = target;
  const asked = { setup, request, caller, policy };
  const routing = setup.router.route(
    routeRequest(asked, parts.books, { id, atMs, cached: prompt?.held ?? null, isPreview, read }),
  );
  if (!isPreview) {
    const readMs = read === null ? 0 : read.tookMs;
    count(parts, routing.head, readMs + parts.books.clock.now() - beganMs);
  }
  const kept = new KeptRouting(routing);
  const tries = triesOf(setup, kept);
  return { decision: kept.head, routing: kept, prompt, tries, maxAttempts: setup.maxAttempts };
}

/** The places of a model that the client names, on its terms if it has any. */
function whomToAsk(
  setup: Setup,
  served: ServedModel,
  terms: RouteTerms | null,
): Pick<Plan, 'tries' | 'maxAttempts' | 'tellsModels'> {
  if (terms !== null) return placesOnTerms(setup, served, terms);
  return { tries: served.upstreams, maxAttempts: setup.maxAttempts };
}

type RequestTerms = Pick<RouteRequest, 'id' | 'atMs' | 'cached' | 'isPreview' | 'read'>;

/** What the router is told of a request to a policy. */
export function routeRequest(
  { setup, request, caller, policy }: PolicyRequest,
  { spend }: Pick<Books, 'spend'>,
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
 * The chosen model at all its places, then the others, each at its best.
 *
 * That a place is away says nothing of the model, which was chosen before all others. What the request has for the
 * dialect of its best place (files by id) can be read only where the same is spoken.
 *
 * Whom to ask next is put in order when the first has failed, which hardly any does.
 */
function* triesOf({ served }: Setup, routing: KeptRouting): Iterable<Upstream> {
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
  { books: { metrics } }: PlanningParts,
  decision: DecisionHead,
  tookMs: number,
): void {
  const { policy, reason, model, degraded } = decision;
  metrics.decisionS.observe(tookMs / 1000);
  metrics.decisions.inc({ policy: policy ?? '', reason, model });
  if (degraded !== null) metrics.degraded.inc({ cause: degraded });
}

/** Looks for what would have flipped a decision; milliseconds of work, so not on the hot path. */
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

/** The decision on a request whose model the client named. */
export function namedByClient(
  id: string,
  atMs: number,
  requested: string,
  model: string,
  setup: Setup,
): DecisionHead {
  const { receipt } = setup.router;
  return undecided({ id, atMs, requested, policy: null, model, reason: 'requested', receipt });
}

/** The decision on a request for which nothing was weighed. */
export function undecided(
  known: Pick<
    DecisionHead,
    'id' | 'atMs' | 'requested' | 'policy' | 'model' | 'reason' | 'receipt'
  >,
): DecisionHead {
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
    receipt,
  };
}
