import type { Candidate, Reason } from '../core/decision.js';
import type { RuleOutcome } from './rules/outcome.js';
import { globMatcher } from './rules/glob.js';

/** Over this distance a prompt counts as out of distribution; see `Prediction.ood`. */
export const FAR = 0.5;

/** All that a choice depends on. Equal input, equal choice. */
export interface ChoiceInput {
  /** Dropped candidates included: they may serve as the reference. */
  readonly candidates: readonly Candidate[];
  readonly outcome: RuleOutcome;
  /** Distance of the prompt from the training prompts, 0 to 1. */
  readonly ood: number;
}

/** The model that answers, and how it came to that. */
export interface Choice {
  readonly chosen: Candidate;
  readonly reason: Exclude<Reason, 'requested' | 'heuristic' | 'fallback'>;
  readonly rule: string | null;
  /** The candidate the promise is measured against. */
  readonly reference: Candidate;
  /** The quality, 0 to 1, that a candidate had to reach. */
  readonly floor: number;
  /** The prompt is far from the training prompts, so quality is success less its uncertainty. */
  readonly cautious: boolean;
  /** In the order in which to try them. */
  readonly fallbacks: readonly Candidate[];
}

/**
 * Chooses the cheapest (or fastest, or best) candidate that keeps the policy's promise.
 *
 * Pure: no clock, no I/O, no randomness.
 *
 * @returns `null` when every candidate is dropped
 */
export function choose(input: ChoiceInput): Choice | null {
  const far = input.ood > FAR;
  const ranking = rank(input, far ? lowerBound : expected);
  if (ranking === null) return null;
  const { chosen, reason, rule } = pick(ranking, input.outcome);
  return {
    chosen,
    reason: far && changesWith(input, chosen) ? 'unfamiliar_prompt' : reason,
    rule,
    reference: ranking.reference,
    floor: ranking.floor,
    cautious: far,
    fallbacks: fallbacksFor(chosen, ranking, input.outcome),
  };
}

/** What a candidate is held against `Choice.floor` with, 0 to 1. */
export function qualityOf(candidate: Candidate, { cautious }: Pick<Choice, 'cautious'>): number {
  return cautious ? lowerBound(candidate) : expected(candidate);
}

/** How good an answer counts as, when comparing candidates; 0 to 1. */
type Quality = (candidate: Candidate) => number;

const expected: Quality = (candidate) => candidate.success;

// Where the predictor has seen nothing alike, a high guess is not worth more than its error bar.
const lowerBound: Quality = (candidate) => Math.max(0, candidate.success - candidate.uncertainty);

interface Ranking {
  /** Those that keep the promise, in the order of the policy's objective; then the others, best first. */
  readonly order: readonly Candidate[];
  /** How many of `order` keep the promise. */
  readonly sufficient: number;
  readonly reference: Candidate;
  readonly floor: number;
}

/** @returns `null` when every candidate is dropped */
function rank({ candidates, outcome }: ChoiceInput, quality: Quality): Ranking | null {
  const best = bestOf(candidates, quality);
  if (best === null) return null;
  const reference = candidates.find(({ model }) => model === outcome.reference) ?? best;
  // A hair of slack: keep 1 must accept the reference itself, whatever the rounding.
  const floor = outcome.keep.value * quality(reference) - 1e-12;

  const order: Candidate[] = [];
  const insufficient: Candidate[] = [];
  for (const candidate of candidates) {
    if (candidate.dropped !== null) continue;
    (quality(candidate) >= floor ? order : insufficient).push(candidate);
  }
  order.sort(comparisonFor(outcome.objective, quality));
  insufficient.sort((a, b) => quality(b) - quality(a));
  const sufficient = order.length;
  for (const candidate of insufficient) order.push(candidate);
  return { order, sufficient, reference, floor };
}

function bestOf(candidates: readonly Candidate[], quality: Quality): Candidate | null {
  let best: Candidate | null = null;
  for (const candidate of candidates) {
    if (candidate.dropped !== null) continue;
    if (best === null || quality(candidate) > quality(best)) best = candidate;
  }
  return best;
}

type Comparison = (a: Candidate, b: Candidate) => number;

// Written out rather than put together of smaller functions: these run for every pair that is
// sorted, for every request.
function comparisonFor(objective: RuleOutcome['objective'], quality: Quality): Comparison {
  const byCost: Comparison = (a, b) => ascending(a.costUsd ?? Infinity, b.costUsd ?? Infinity);
  const byName: Comparison = (a, b) => (a.model < b.model ? -1 : 1);
  switch (objective) {
    case 'cost':
      return (a, b) => byCost(a, b) || quality(b) - quality(a) || byName(a, b);
    case 'latency':
      return (a, b) =>
        ascending(a.latencyMs ?? Infinity, b.latencyMs ?? Infinity) || byCost(a, b) || byName(a, b);
    case 'quality':
      return (a, b) => quality(b) - quality(a) || byCost(a, b) || byName(a, b);
  }
}

/** The order of two figures that may be infinite (unknown), where subtraction would give NaN. */
function ascending(x: number, y: number): number {
  return x < y ? -1 : x > y ? 1 : 0;
}

type Picked = Pick<Choice, 'chosen' | 'reason' | 'rule'>;

const OBJECTIVE_REASON = {
  cost: 'cheapest_sufficient',
  latency: 'fastest_sufficient',
  quality: 'highest_quality',
} as const satisfies Record<RuleOutcome['objective'], Choice['reason']>;

function pick({ order, sufficient }: Ranking, outcome: RuleOutcome): Picked {
  const { pin, prefer } = outcome;

  const pinned = pin && order.find((candidate) => candidate.model === pin.value);
  if (pinned) return { chosen: pinned, reason: 'pinned', rule: pin.rule };

  const [first] = order as [Candidate, ...Candidate[]];
  if (order.length === 1) return { chosen: first, reason: 'only_candidate', rule: null };
  if (sufficient === 0) {
    return { chosen: first, reason: 'best_available', rule: outcome.keep.rule };
  }

  for (const glob of prefer?.value ?? []) {
    const matches = globMatcher([glob]);
    const preferred = order.find((candidate, i) => i < sufficient && matches(candidate.model));
    if (preferred) return { chosen: preferred, reason: 'preferred', rule: prefer?.rule ?? null };
  }
  return {
    chosen: first,
    reason: OBJECTIVE_REASON[outcome.objective],
    rule: outcome.keep.rule,
  };
}

function changesWith(input: ChoiceInput, chosen: Candidate): boolean {
  const ranking = rank(input, expected);
  return ranking !== null && pick(ranking, input.outcome).chosen !== chosen;
}

// A fallback must keep the promise where it can, and must not be a silent upgrade to the dearest
// model: the same order in which the choice itself was made gives both.
function fallbacksFor(
  chosen: Candidate,
  { order }: Ranking,
  { fallbacks }: RuleOutcome,
): readonly Candidate[] {
  const others = order[0] === chosen ? order.slice(1) : order.filter((c) => c !== chosen);
  if (fallbacks === null) return others;
  return fallbacks.value.flatMap((model) => others.filter((c) => c.model === model));
}
