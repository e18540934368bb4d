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
  /**
   * What one more adequate answer is worth, in what the objective spares: US dollars, or
   * milliseconds. `null` when the promise is kept by every single choice instead of on average.
   */
  readonly price: number | null;
}

/** The model that answers, and how it came to that. */
export interface Choice {
  readonly chosen: Candidate;
  readonly reason: Exclude<Reason, 'requested' | 'heuristic' | 'fallback'>;
  readonly rule: string | null;
  /** The candidate the promise is measured against. */
  readonly reference: Candidate;
  /** The quality, 0 to 1, that a candidate had to reach; 0 when the average alone is promised. */
  readonly floor: number;
  /**
   * The prompt is far from the training prompts, so all but the reference count as their success
   * less its uncertainty.
   */
  readonly cautious: boolean;
}

/**
 * Chooses the candidate that is worth most (its quality at the price in force, less what it takes),
 * or, without a price, the cheapest (fastest, best) of those that keep the promise by themselves.
 *
 * Pure: no clock, no I/O, no randomness.
 *
 * @returns `null` when every candidate is dropped
 */
export function choose(input: ChoiceInput): Choice | null {
  const far = input.ood > FAR;
  const ranking = rank(input, far);
  if (ranking === null) return null;
  const { chosen, reason, rule } = pick(ranking, input.outcome);
  return {
    chosen,
    reason: far && changesWith(input, chosen) ? 'unfamiliar_prompt' : reason,
    rule,
    reference: ranking.reference,
    floor: ranking.floor,
    cautious: far,
  };
}

/**
 * Whom to ask when the chosen one fails, in order.
 *
 * A fallback must keep the promise where it can, and must not be a silent upgrade to the dearest
 * model: the same order in which the choice itself was made gives both. Hardly any request needs one,
 * so they are not put in order when the choice is made.
 *
 * @param choice - made of this input
 */
export function fallbacksOf(
  input: ChoiceInput,
  { chosen, cautious }: Pick<Choice, 'chosen' | 'cautious'>,
): readonly Candidate[] {
  const ranking = rank(input, cautious);
  if (ranking === null) return [];
  const others = inOrder(ranking).filter((candidate) => candidate !== chosen);
  const { fallbacks } = input.outcome;
  if (fallbacks === null) return others;
  return fallbacks.value.flatMap((model) => others.filter((c) => c.model === model));
}

/** How good a candidate's answer counts as when candidates are compared, 0 to 1. */
export function qualityOf(
  candidate: Candidate,
  { cautious, reference }: Pick<Choice, 'cautious' | 'reference'>,
): number {
  return cautious && candidate !== reference ? lowerBound(candidate) : candidate.success;
}

/** What a policy tries to spend little of: US dollars, or milliseconds; `null` when unknown. */
export function outlayOf(
  candidate: Candidate,
  { objective }: Pick<RuleOutcome, 'objective'>,
): number | null {
  return objective === 'latency' ? candidate.latencyMs : candidate.costUsd;
}

/** The candidate that a policy's promise is measured against; `null` when all are dropped. */
export function referenceOf(
  candidates: readonly Candidate[],
  { reference }: Pick<RuleOutcome, 'reference'>,
  cautious: boolean,
): Candidate | null {
  let best: Candidate | null = null;
  for (const candidate of candidates) {
    if (candidate.dropped !== null) continue;
    if (best === null || safety(candidate, cautious) > safety(best, cautious)) best = candidate;
  }
  if (best === null || reference === 'best') return best;
  return candidates.find(({ model }) => model === reference) ?? best;
}

// Where the predictor has seen nothing alike, a high guess is not worth more than its error bar.
function lowerBound({ success, uncertainty }: Candidate): number {
  return Math.max(0, success - uncertainty);
}

function safety(candidate: Candidate, cautious: boolean): number {
  return cautious ? lowerBound(candidate) : candidate.success;
}

/** How good an answer counts as, when comparing candidates; 0 to 1. */
type Quality = (candidate: Candidate) => number;

interface Ranking {
  /** Those that are good enough, and the others that may answer; as they came. */
  readonly sufficient: readonly Candidate[];
  readonly insufficient: readonly Candidate[];
  /** Those that are good enough come in the order of the policy's objective; then the others, the best first. */
  readonly bySuitability: Order;
  readonly byQuality: Order;
  /** Of all of them the first in order. */
  readonly first: Candidate;
  readonly reference: Candidate;
  readonly floor: number;
  readonly quality: Quality;
  /** Quality from which a preferred model is taken. */
  readonly preferable: number;
}

/** @returns `null` when every candidate is dropped */
function rank({ candidates, outcome, price }: ChoiceInput, cautious: boolean): Ranking | null {
  const reference = referenceOf(candidates, outcome, cautious);
  if (reference === null) return null;
  const choice = { cautious, reference };
  const quality: Quality = (candidate) => qualityOf(candidate, choice);
  const promised = outcome.keep.value * reference.success;
  const each = (outcome.keepEach?.value ?? 0) * reference.success;
  // A hair of slack: keep 1 must accept the reference itself, whatever the rounding.
  const floor = (price === null ? Math.max(promised, each) : each) - SLACK;

  const sufficient: Candidate[] = [];
  const insufficient: Candidate[] = [];
  for (const candidate of candidates) {
    if (candidate.dropped !== null) continue;
    (quality(candidate) >= floor ? sufficient : insufficient).push(candidate);
  }
  const bySuitability = suitability(sufficient, outcome, price, quality);
  const byQuality: Order = { keyOf: (candidate) => -quality(candidate), compare: () => 0 };
  const first = firstBy(sufficient, bySuitability) ?? firstBy(insufficient, byQuality);
  // Whoever may answer is in one of the two, and the reference may or somebody else may in its place.
  if (first === null) return null;
  // What keeps the promise by itself, or does no worse than the choice, takes nothing from the average.
  const preferable = price === null ? floor : Math.min(promised - SLACK, quality(first));
  return {
    sufficient,
    insufficient,
    bySuitability,
    byQuality,
    first,
    reference,
    quality,
    floor: Math.max(0, floor),
    preferable,
  };
}

const SLACK = 1e-12;

type Comparison = (a: Candidate, b: Candidate) => number;

/** What a candidate is worth at a price, less its outlay; `null` where nothing is weighed. */
function worthOf(
  candidates: readonly Candidate[],
  outcome: RuleOutcome,
  price: number | null,
  quality: Quality,
): Quality | null {
  if (price === null || outcome.objective === 'quality') return null;
  const unknown = unknownOutlay(candidates, outcome);
  return (candidate) => price * quality(candidate) - (outlayOf(candidate, outcome) ?? unknown);
}

/** What is taken for an unknown outlay: the most that any of the candidates takes; never nothing. */
function unknownOutlay(candidates: readonly Candidate[], outcome: RuleOutcome): number {
  let most = 0;
  for (const candidate of candidates) most = Math.max(most, outlayOf(candidate, outcome) ?? 0);
  return most;
}

/** How candidates are put in order: by their keys, the least first, equal ones as `compare` has them. */
interface Order {
  /** Worked out once for each candidate, not for every pair. */
  readonly keyOf: Quality;
  readonly compare: Comparison;
}

/** The policy's order of those that are good enough. */
function suitability(
  sufficient: readonly Candidate[],
  outcome: RuleOutcome,
  price: number | null,
  quality: Quality,
): Order {
  const worth = worthOf(sufficient, outcome, price, quality);
  const { objective } = outcome;
  return {
    keyOf: keyFor(objective, quality, worth),
    compare: comparisonFor(objective, quality, worth),
  };
}

function keyFor(
  objective: RuleOutcome['objective'],
  quality: Quality,
  worth: Quality | null,
): Quality {
  if (worth !== null) return (candidate) => -worth(candidate);
  switch (objective) {
    case 'cost':
      return ({ costUsd }) => costUsd ?? Infinity;
    case 'latency':
      return ({ latencyMs }) => latencyMs ?? Infinity;
    case 'quality':
      return (candidate) => -quality(candidate);
  }
}

/** The first in an order; of equal ones the earliest, `null` of none. */
function firstBy(candidates: Iterable<Candidate>, { keyOf, compare }: Order): Candidate | null {
  let first: Candidate | null = null;
  let least = 0;
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    if (first !== null && (key > least || (key === least && compare(first, candidate) <= 0))) {
      continue;
    }
    first = candidate;
    least = key;
  }
  return first;
}

function sortedBy(candidates: readonly Candidate[], { keyOf, compare }: Order): Candidate[] {
  const keyed = candidates.map((candidate) => ({ candidate, key: keyOf(candidate) }));
  keyed.sort((a, b) => ascending(a.key, b.key) || compare(a.candidate, b.candidate));
  return keyed.map(({ candidate }) => candidate);
}

function inOrder({ sufficient, insufficient, bySuitability, byQuality }: Ranking): Candidate[] {
  return [...sortedBy(sufficient, bySuitability), ...sortedBy(insufficient, byQuality)];
}

function comparisonFor(
  objective: RuleOutcome['objective'],
  quality: Quality,
  worth: Quality | null,
): Comparison {
  const byCost: Comparison = (a, b) => ascending(a.costUsd ?? Infinity, b.costUsd ?? Infinity);
  const byName: Comparison = (a, b) => (a.model < b.model ? -1 : 1);
  if (worth !== null) {
    return (a, b) => worth(b) - worth(a) || byCost(a, b) || quality(b) - quality(a) || byName(a, b);
  }
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
  const { sufficient, insufficient, first, bySuitability, quality, preferable } = ranking;
  const { pin, prefer } = outcome;

  if (pin !== null) {
    const isPinned = ({ model }: Candidate): boolean => model === pin.value;
    const pinned = sufficient.find(isPinned) ?? insufficient.find(isPinned);
    if (pinned !== undefined) return { chosen: pinned, reason: 'pinned', rule: pin.rule };
  }
  if (sufficient.length + insufficient.length === 1) {
    return { chosen: first, reason: 'only_candidate', rule: null };
  }
  if (sufficient.length === 0) {
    return { chosen: first, reason: 'best_available', rule: outcome.keep.rule };
  }

  for (const glob of prefer?.value ?? []) {
    const matches = globMatcher([glob]);
    const preferred = firstBy(
      sufficient.filter((one) => quality(one) >= preferable && matches(one.model)),
      bySuitability,
    );
    if (preferred !== null) {
      return { chosen: preferred, reason: 'preferred', rule: prefer?.rule ?? null };
    }
  }
  return {
    chosen: first,
    reason: OBJECTIVE_REASON[outcome.objective],
    rule: outcome.keep.rule,
  };
}

function changesWith(input: ChoiceInput, chosen: Candidate): boolean {
  const ranking = rank(input, false);
  return ranking !== null && pick(ranking, input.outcome).chosen !== chosen;
}
