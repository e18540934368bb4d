import type { Candidate, Drop } from '../core/decision.js';
import { GatewayError } from '../core/errors.js';

/** No candidate is left; has the reason for which each was dropped. */
export class NoCandidateError extends GatewayError {
  readonly candidates: readonly Candidate[];

  /** @param whyNone - why there are no candidates at all, if known */
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
    return `Policy "${policy}" has no model to choose from${whyNone === null ? '' : `: ${whyNone}`}.`;
  }
  const groups = new Map<string, Dropped[]>();
  for (const candidate of candidates) {
    const { dropped } = candidate;
    if (dropped === null) continue;
    const by = setBy(dropped, policy);
    // Details differ by model in cost or latency: such models form one group, described by the closest one.
    const groupKey = LIMITED_VALUE[dropped.why] === undefined ? dropped.detail : dropped.why;
    const group = groups.get(groupKey + by) ?? [];
    groups.set(groupKey + by, [...group, { candidate, dropped, by }]);
  }
  const reasons = Array.from(groups.values(), describeGroup);
  return `Policy "${policy}" has no model left to choose from. ${reasons.join('; ')}.`;
}

interface Dropped {
  readonly candidate: Candidate;
  readonly dropped: Drop;
  readonly by: string;
}

/** By what models of a group are compared to find the closest one to a limit. */
const LIMITED_VALUE: Partial<Record<Drop['why'], (candidate: Candidate) => number | null>> = {
  cost_limit: ({ costUsd }) => costUsd,
  latency_limit: ({ latencyMs }) => latencyMs,
};

/** Constraints of rules and policies only: without a rule, the policy itself sets them. */
const CONFIGURED: ReadonlySet<Drop['why']> = new Set<Drop['why']>([
  'never',
  'not_in_only',
  'cost_limit',
  'cost_unknown',
  'latency_limit',
  'latency_unknown',
  'context_limit',
]);

function setBy({ rule, why }: Drop, policy: string): string {
  if (rule !== null) return ` (rule "${rule}")`;
  return CONFIGURED.has(why) ? ` (policy "${policy}")` : '';
}

function describeGroup(group: readonly Dropped[]): string {
  const valueOf = ({ candidate, dropped }: Dropped): number =>
    LIMITED_VALUE[dropped.why]?.(candidate) ?? 0;
  const nearest = group.reduce((a, b) => (valueOf(b) < valueOf(a) ? b : a));
  const { candidate, dropped, by } = nearest;
  const differ = group.some((one) => one.dropped.detail !== dropped.detail);
  const count = `${group.length} ${group.length === 1 ? 'model' : 'models'}`;
  return `${count}${differ ? `, ${candidate.model} being closest` : ''}: ${dropped.detail}${by}`;
}
