import type { Books } from './account/settle.js';
import type { Caller } from './admit/keys.js';
import type { Decision } from './core/decision.js';
import type { Upstream } from './core/model.js';
import type { ChatRequest } from './dialects/dialect.js';
import { flips, type Flip } from './route/explain.js';
import type { Routing } from './route/router.js';
import type { Setup } from './setup.js';

/** What a decision was made from; kept beside it, so that it can be explained later. */
export type RoutingDetail = Omit<Routing, 'decision'>;

/** Where to ask, in order, and why. */
export interface Plan {
  readonly decision: Decision;
  /** `null` when the client named the model. */
  readonly detail: RoutingDetail | null;
  readonly tries: readonly Upstream[];
}

/** A decision, what it was made from, and what would have flipped it. */
export interface Explanation {
  readonly decision: Decision;
  /** `null` when the client named the model. */
  readonly routing: RoutingDetail | null;
  readonly flips: readonly Flip[];
}

/** What planning needs besides the request. */
export interface PlanningParts {
  readonly books: Pick<Books, 'clock' | 'metrics' | 'spend'>;
  /** Makes a decision's id from the wall clock. */
  readonly newId: (wallMs: number) => string;
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
): Plan {
  const target = setup.resolve(request.model);
  const atMs = parts.books.clock.wallMs();
  const id = parts.newId(atMs);
  if (target.kind === 'model') {
    const { model, upstreams } = target.served;
    const decision = namedByClient(id, atMs, request.model, model.id, setup);
    return { decision, detail: null, tries: upstreams };
  }

  const beganMs = parts.books.clock.now();
  const { decision, ...detail } = setup.router.route({
    id,
    atMs,
    requested: request.model,
    policy: target.policy,
    stream: request.stream,
    conversation: request.conversation(),
    key: caller,
    metadata: request.metadata,
    budget: parts.books.spend.state(setup.dailyBudgetUsd),
    vouched: false,
  });
  count(parts, decision, parts.books.clock.now() - beganMs);
  const models = [decision.model, ...decision.fallbacks];
  const tries = models.flatMap((model) => setup.served.get(model)?.upstreams.slice(0, 1) ?? []);
  return { decision, detail, tries };
}

function count({ books: { metrics } }: PlanningParts, decision: Decision, tookMs: number): void {
  const { policy, reason, model, degraded } = decision;
  metrics.decisionS.observe(tookMs / 1000);
  metrics.decisions.inc({ policy: policy ?? '', reason, model });
  if (degraded !== null) metrics.degraded.inc({ cause: degraded });
}

/** Looks for what would have flipped a decision; milliseconds of work, so not on the hot path. */
export function explained(decision: Decision, detail: RoutingDetail | null): Explanation {
  return {
    decision,
    routing: detail,
    flips: detail === null ? [] : flips(detail.input, detail.choice),
  };
}

function namedByClient(
  id: string,
  atMs: number,
  requested: string,
  model: string,
  setup: Setup,
): Decision {
  return {
    id,
    atMs,
    requested,
    policy: null,
    model,
    reason: 'requested',
    rule: null,
    matchedRules: [],
    fallbacks: [],
    candidates: [],
    keep: null,
    reference: null,
    degraded: null,
    ood: null,
    receipt: setup.router.receipt,
  };
}
