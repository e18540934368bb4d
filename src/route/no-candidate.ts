import type { Candidate, Drop } from '../core/decision.js';
import { GatewayError } from '../core/errors.js';

/** No candidate is left; carries what dropped each of them. */
export class NoCandidateError extends GatewayError {
  readonly candidates: readonly Candidate[];

  /** @param whyNone - why there are no candidates at all, where that is known */
  constructor(policy: string, candidates: readonly Candidate[], whyNone: string | null) {
    super('no_candidate', describeDrops(policy, candidates, whyNone), { param: 'model' });
    this.candidates = candidates;
  }
}

function describeDrops(
  policy: string,
  candidates: readonly Candidate[],
  whyNone: string | null,
): string {
  if (candidates.length === 0) {
    return `no model can be chosen by "${policy}"${whyNone === null ? '' : `: ${whyNone}`}`;
  }
  const groups = new Map<string, Dropped[]>();
  for (const candidate of candidates) {
    const { dropped } = candidate;
    if (dropped === null) continue;
    const by = byWhom(dropped, policy);
    // Every model has an expectation of its own: the one that comes closest says what would have to change.
    const alike = NEAREST[dropped.why] === undefined ? dropped.detail : dropped.why;
    const group = groups.get(alike + by) ?? [];
    groups.set(alike + by, [...group, { candidate, dropped, by }]);
  }
  const reasons = Array.from(groups.values(), describeGroup);
  return `no model is left for "${policy}" to choose from. ${reasons.join('; ')}.`;
}

interface Dropped {
  readonly candidate: Candidate;
  readonly dropped: Drop;
  readonly by: string;
}

/** How far a model is from what is allowed, where that differs from model to model. */
const NEAREST: Partial<Record<Drop['why'], (candidate: Candidate) => number | null>> = {
  cost_limit: ({ costUsd }) => costUsd,
  latency_limit: ({ latencyMs }) => latencyMs,
};

/** What only rules and policies can want: where no rule does, the policy itself does. */
const WANTED: ReadonlySet<Drop['why']> = new Set<Drop['why']>([
  'never',
  'not_in_only',
  'cost_limit',
  'cost_unknown',
  'latency_limit',
  'latency_unknown',
  'context_limit',
]);

function byWhom({ rule, why }: Drop, policy: string): string {
  if (rule !== null) return ` (rule "${rule}")`;
  return WANTED.has(why) ? ` (policy "${policy}")` : '';
}

function describeGroup(group: readonly Dropped[]): string {
  const distance = ({ candidate, dropped }: Dropped): number =>
    NEAREST[dropped.why]?.(candidate) ?? 0;
  const nearest = group.reduce((a, b) => (distance(b) < distance(a) ? b : a));
  const { candidate, dropped, by } = nearest;
  const differ = group.some((one) => one.dropped.detail !== dropped.detail);
  const count = `${group.length} ${group.length === 1 ? 'model' : 'models'}`;
  return `${count}${differ ? `, ${candidate.model} the closest` : ''}: ${dropped.detail}${by}`;
}
