/**
 * Why a model was chosen. A closed set: dashboards and clients may switch on it.
 *
 * - `requested`: the client named the model; nothing was decided.
 * - `pinned`: a rule names the model.
 * - `preferred`: the cheapest sufficient model of those that a rule prefers.
 * - `only_candidate`: constraints left one model.
 * - `cheapest_sufficient`: the model that keeps the policy's promise at the least cost: a dearer one
 *   adds too little quality for its price, a cheaper one saves too little for what it lacks.
 * - `fastest_sufficient`: the same with time in the place of cost.
 * - `highest_quality`: the policy asks for the best model, whatever it costs.
 * - `best_available`: no model keeps the promise; the best of them was taken.
 * - `unfamiliar_prompt`: far from everything the predictor has seen, so a safer model was taken than the
 *   prediction alone would have chosen.
 * - `heuristic`: the predictor could not be used; prompt statistics decided.
 * - `fallback`: the first choice failed before its first byte.
 * - `cached`: an earlier answer to the same request was given again; nothing was decided.
 */
export const REASONS = [
  'requested',
  'pinned',
  'preferred',
  'only_candidate',
  'cheapest_sufficient',
  'fastest_sufficient',
  'highest_quality',
  'best_available',
  'unfamiliar_prompt',
  'heuristic',
  'fallback',
  'cached',
] as const;

export type Reason = (typeof REASONS)[number];

/** What is expected of one model for one request. */
export interface Candidate {
  /** `vendor/name`. */
  readonly model: string;
  /** Probability, 0 to 1, that the answer is adequate; calibrated on held-out prompts. */
  readonly success: number;
  /** One standard deviation of `success`, 0 to 0.5. */
  readonly uncertainty: number;
  /** Expected tokens of the answer, reasoning included. */
  readonly outputTokens: number;
  /** Tokens of the input that its provider probably holds in its prompt cache, and reads at a lower rate. */
  readonly cachedTokens: number;
  /** Expected US dollars for the request; `null` when a price is unknown. */
  readonly costUsd: number | null;
  /** Expected milliseconds until the answer is complete; `null` when the speed is unknown. */
  readonly latencyMs: number | null;
  /** Why constraints removed the model; `null` if it could be chosen. */
  readonly dropped: Drop | null;
}

/** A constraint that removed a candidate. */
export interface Drop {
  readonly why:
    | 'capability_missing'
    | 'context_too_small'
    | 'output_too_small'
    | 'vendor_bound'
    | 'never'
    | 'not_in_only'
    | 'cost_limit'
    | 'cost_unknown'
    | 'latency_limit'
    | 'latency_unknown'
    | 'context_limit';
  /** A plain phrase: `needs vision`, `$0.012 is over the limit of $0.01`. */
  readonly detail: string;
  /** The rule that did it, or `null` when the request itself rules the model out. */
  readonly rule: string | null;
}

/** The result of a decision, without its candidates. */
export interface DecisionSummary {
  /** `dec_` and 24 characters; unique, sortable by time. */
  readonly id: string;
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
  /** What the client wrote as `model`. */
  readonly requested: string;
  /** The policy that applied; `null` when the client named a model. */
  readonly policy: string | null;
  /** The chosen model, `vendor/name`. */
  readonly model: string;
  readonly reason: Reason;
  /** The rule that decided, or `null` when none did. */
  readonly rule: string | null;
  /** All rules that matched, in file order. */
  readonly matchedRules: readonly string[];
  /** 0 to 1: the promise in force, as a share of the reference model's success, on average. */
  readonly keep: number | null;
  /** The model that `keep` and `saved` are measured against. */
  readonly reference: string | null;
  /** What did not work as it should while deciding (`predictor_unavailable`); `null` if all did. */
  readonly degraded: string | null;
  /** How far the prompt is from what the predictor was trained on; 0 to 1, over 0.5 is far. */
  readonly ood: number | null;
  /** How unlike prompts with known answers it is, 0 to 1: the higher it is on average, the more `keep` holds back. */
  readonly novelty: number | null;
  readonly receipt: Receipt;
}

/** A decision with everything needed to explain and to replay it. */
export interface Decision extends DecisionSummary {
  /** Models to try in order when the chosen one fails before its first byte. */
  readonly fallbacks: readonly string[];
  /** Every model considered, dropped ones included. */
  readonly candidates: readonly Candidate[];
}

/** All that a decision depends on besides the request, by hash; same receipt, same decision. */
export interface Receipt {
  readonly rules: string;
  readonly predictor: string;
  readonly catalog: string;
  /**
   * What one more adequate answer was worth: US dollars, or milliseconds where the policy strives
   * for latency; `null` where nothing was weighed.
   */
  readonly price: number | null;
}
