import type { Candidate, Reason } from '../core/decision.js';
import { Ranking, type ChoiceInput } from './ranking.js';
import type { RuleOutcome } from './rules/outcome.js';
import { globMatcher } from './rules/glob.js';

/** Over this distance a prompt counts as out of distribution; see `Prediction.ood`. */
export const OOD_THRESHOLD = 0.5;

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

/** How good a candidate's answer counts as when candidates are compared, 0 to 1. */
export function qualityOf(
  { model, success, uncertainty }: Candidate,
  { cautious, reference }: Pick<Choice, 'cautious' | 'reference'>,
): number {
  return cautious && model !== reference.model ? Math.max(0, success - uncertainty) : success;
}

/** What a policy tries to spend little of: US dollars, or milliseconds; `null` when unknown. */
export function outlayOf(
  candidate: Candidate,
  { objective }: Pick<RuleOutcome, 'objective'>,
): number | null {
  return objective === 'latency' ? candidate.latencyMs : candidate.costUsd;
}

interface Picked extends Pick<Choice, 'reason' | 'rule'> {
  /** Among the candidates. */
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
