import type { Candidate, Reason } from '../core/decision.js';
import { Ranking, type ChoiceInput } from './ranking.js';
import type { RuleOutcome } from './rules/outcome.js';
import { globMatcher } from './rules/glob.js';

/** Over this distance a prompt counts as out of distribution; see `Prediction.ood`. */
export const OOD_THRESHOLD = 0.5;

/** The model that answers, and why. */
export interface Choice {
  readonly chosen: Candidate;
  readonly reason: Exclude<Reason, 'requested' | 'heuristic' | 'fallback'>;
  readonly rule: string | null;
  /** The candidate the promise is measured against. */
  readonly reference: Candidate;
  /** Quality that a candidate had to reach, 0 to 1; 0 when only the average is promised. */
  readonly floor: number;
  /**
   * Whether the prompt is far from the training prompts, so that the uncertainty of every candidate, the reference
   * included, is subtracted from its success. Most of this uncertainty is of the prompt and common to all models:
   * exempting the reference would let it win against models that are as good.
   */
  readonly cautious: boolean;
}

/**
 * Chooses the candidate with the highest net value (its quality times the price in force, minus its outlay),
 * or, without a price, the cheapest (fastest, best) of those that keep the promise by themselves.
 *
 * Pure: no clock, no I/O, no randomness.
 *
 * @returns `null` when every candidate is dropped
 */
export function choose(input: ChoiceInput): Choice | null {
  const far = input.ood > OOD_THRESHOLD;
  const ranking = Ranking.of(input, far);
  if (ranking === null) return null;
  const { place, reason, rule } = pick(ranking, input);
  const { candidates } = input;
  return {
    chosen: candidates.at(place),
    reason: far && changesWith(input, place) ? 'unfamiliar_prompt' : reason,
    rule,
    reference: candidates.at(ranking.reference),
    floor: Math.max(0, ranking.floor),
    cautious: far,
  };
}

/**
 * The models to try if the chosen one fails, in order.
 *
 * A fallback should keep the promise where possible, and must not be a silent upgrade to the most expensive
 * model, so fallbacks have the same order as the choice itself. They are sorted on demand, because few
 * requests need them.
 *
 * @param choice - made of this input
 */
export function fallbacksOf(
  input: ChoiceInput,
  { chosen, cautious }: Pick<Choice, 'chosen' | 'cautious'>,
): readonly string[] {
  const { models } = input.candidates;
  const inOrder = Ranking.of(input, cautious)?.inOrder() ?? [];
  const others = inOrder
    .map((place) => models[place] ?? '')
    .filter((model) => model !== chosen.model);
  const { fallbacks } = input.outcome;
  if (fallbacks === null) return others;
  return fallbacks.value.filter((model) => others.includes(model));
}

/** Quality by which a candidate is compared with others, 0 to 1. */
export function qualityOf(
  { success, uncertainty }: Candidate,
  { cautious }: Pick<Choice, 'cautious'>,
): number {
  return cautious ? Math.max(0, success - uncertainty) : success;
}

/** What the policy minimises, in US dollars, or milliseconds for latency; `null` when unknown. */
export function outlayOf(
  candidate: Candidate,
  { objective }: Pick<RuleOutcome, 'objective'>,
): number | null {
  return objective === 'latency' ? candidate.latencyMs : candidate.costUsd;
}

interface Picked extends Pick<Choice, 'reason' | 'rule'> {
  /** Index of the candidate. */
  readonly place: number;
}

const OBJECTIVE_REASON = {
  cost: 'cheapest_sufficient',
  latency: 'fastest_sufficient',
  quality: 'highest_quality',
} as const satisfies Record<RuleOutcome['objective'], Choice['reason']>;

function pick(ranking: Ranking, { candidates, outcome }: ChoiceInput): Picked {
  const { first } = ranking;
  const { models } = candidates;
  const { pin, prefer } = outcome;

  if (pin !== null) {
    const place = models.indexOf(pin.value);
    if (place >= 0 && candidates.isEligible(place))
      return { place, reason: 'pinned', rule: pin.rule };
  }
  if (ranking.eligibleCount === 1) {
    return { place: first, reason: 'only_candidate', rule: candidates.soleDroppingRule };
  }
  if (ranking.sufficientCount === 0) {
    return { place: first, reason: 'best_available', rule: outcome.keep.rule };
  }

  for (const glob of prefer?.value ?? []) {
    const matches = globMatcher([glob]);
    const place = ranking.firstOf(
      (i) =>
        ranking.isSufficient(i) &&
        ranking.quality(i) >= ranking.preferenceFloor &&
        matches(models[i] ?? ''),
    );
    if (place >= 0) return { place, reason: 'preferred', rule: prefer?.rule ?? null };
  }
  return { place: first, reason: OBJECTIVE_REASON[outcome.objective], rule: outcome.keep.rule };
}

function changesWith(input: ChoiceInput, chosen: number): boolean {
  const ranking = Ranking.of(input, false);
  return ranking !== null && pick(ranking, input).place !== chosen;
}
