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
  const { outcome } = input;
  const open = input.candidates.filter((candidate) => candidate.dropped === null);
  if (open.length === 0) return null;

  const far = input.ood > FAR;
  const ranking = rank(open, input, far ? lowerBound : expected);
  const picked = pick(ranking, outcome);
  const reason =
    far && changesWith(input, open, picked.chosen) ? 'unfamiliar_prompt' : picked.reason;

  return {
    ...picked,
    reason,
    reference: ranking.reference,
    floor: ranking.floor,
    cautious: far,
    fallbacks: fallbacksFor(picked.chosen, ranking, outcome),
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
  /** Those that keep the promise, in the order of the policy's objective. */
  readonly sufficient: readonly Candidate[];
  /** The others, best first. */
  readonly insufficient: readonly Candidate[];
  readonly reference: Candidate;
  readonly floor: number;
}

function rank(open: readonly Candidate[], input: ChoiceInput, quality: Quality): Ranking {
  const { outcome } = input;
  const reference =
    input.candidates.find((candidate) => candidate.model === outcome.reference) ??
    bestOf(open, quality);
  // A hair of slack: keep 1 must accept the reference itself, whatever the rounding.
  const floor = outcome.keep.value * quality(reference) - 1e-12;
  const byObjective = comparisonFor(outcome.objective, quality);
  return {
    sufficient: open.filter((c) => quality(c) >= floor).sort(byObjective),
    insufficient: open.filter((c) => quality(c) < floor).sort((a, b) => quality(b) - quality(a)),
    reference,
    floor,
  };
}

function bestOf(open: readonly Candidate[], quality: Quality): Candidate {
  return open.reduce((best, c) => (quality(c) > quality(best) ? c : best));
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

function pick(ranking: Ranking, outcome: RuleOutcome): Picked {
  const { sufficient, insufficient } = ranking;
  const open = [...sufficient, ...insufficient];
  const { pin, prefer } = outcome;

  const pinned = pin && open.find((candidate) => candidate.model === pin.value);
  if (pinned) return { chosen: pinned, reason: 'pinned', rule: pin.rule };

  const [first] = open as [Candidate, ...Candidate[]];
  if (open.length === 1) return { chosen: first, reason: 'only_candidate', rule: null };
  if (sufficient.length === 0) {
    return { chosen: first, reason: 'best_available', rule: outcome.keep.rule };
  }

  for (const glob of prefer?.value ?? []) {
    const matches = globMatcher([glob]);
    const preferred = sufficient.find((candidate) => matches(candidate.model));
    if (preferred) return { chosen: preferred, reason: 'preferred', rule: prefer?.rule ?? null };
  }
  return {
    chosen: first,
    reason: OBJECTIVE_REASON[outcome.objective],
    rule: outcome.keep.rule,
  };
}

function changesWith(input: ChoiceInput, open: readonly Candidate[], chosen: Candidate): boolean {
  return pick(rank(open, input, expected), input.outcome).chosen !== chosen;
}

// A fallback must keep the promise where it can, and must not be a silent upgrade to the dearest
// model: the same order in which the choice itself was made gives both.
function fallbacksFor(
  chosen: Candidate,
  ranking: Ranking,
  outcome: RuleOutcome,
): readonly Candidate[] {
  const others = [...ranking.sufficient, ...ranking.insufficient].filter((c) => c !== chosen);
  if (outcome.fallbacks === null) return others;
  return outcome.fallbacks.value.flatMap((model) => others.filter((c) => c.model === model));
}
