import type { Model, OwnStrength } from '../core/model.js';
import type { Features } from './features.js';

/** A predictor's data about one model, computed once per model by `Predictor.ability`. */
export interface Ability {
  readonly model: string;
  /** `fitted` from graded answers, `regressed` from benchmarks and price, or `unknown`. */
  readonly basis: 'fitted' | 'regressed' | 'unknown';
  /** General strength by facts, as `OwnStrength`; absent if the predictor has none. */
  readonly general?: OwnStrength | undefined;
}

/** The prediction for one model and one prompt. */
export interface ModelPrediction {
  /** Probability of an adequate answer, 0 to 1, calibrated. */
  readonly success: number;
  /** One standard deviation of `success`, 0 to 0.5. */
  readonly uncertainty: number;
  /** Expected tokens of the answer, reasoning included; at least 1. */
  readonly outputTokens: number;
}

/** The prediction for one prompt and all models that were passed. */
export interface Prediction {
  /** In the order of the abilities passed in. */
  readonly models: readonly ModelPrediction[];
  /** Distance from the training prompts, 0 to 1; above 0.5 is out of distribution. */
  readonly ood: number;
  /**
   * How unlike the prompts with graded or rated answers the prompt is: 0 among similar ones, 1 far from all. Predictions for new
   * kinds of prompts can be wrong for all of them alike. A prompt can be novel without being far from the training texts.
   */
  readonly novelty: number;
  /** Unit-length sentence vector of the prompt; `null` if the predictor uses none. Overwritten by the next call. */
  readonly vector: Float32Array | null;
}

/** The prediction for a prompt of which only the numbers are known. */
export type NumbersPrediction = Pick<Prediction, 'models' | 'novelty'>;

/** The numbers of a prompt that a predictor reads; the text is not stored. */
export interface PromptNumbers {
  /** Sentence vector of unit length, by the predictor's own embedder. */
  readonly vector: Float32Array;
  /** `Features.dense`. */
  readonly dense: Float32Array;
}

/** One of the prompts that represent usual traffic. */
export interface UsualPrompt extends PromptNumbers {
  readonly inputTokens: number;
}

/** Predicts success and length of answers. Synchronous and without I/O, so a decision can be replayed. */
export interface Predictor {
  /** First 12 hex digits of the SHA-256 over all artefacts. */
  readonly revision: string;

  /** Costs microseconds to milliseconds: call it when the catalog changes, not per request. */
  ability(model: Model): Ability;

  predict(features: Features, abilities: readonly Ability[]): Prediction;

  /** As `predict`, for a prompt of which only the numbers are known; absent if they do not suffice. */
  readonly predictNumbers?:
    ((prompt: PromptNumbers, abilities: readonly Ability[]) => NumbersPrediction) | undefined;

  /** Prompts that represent usual traffic, in no particular order, for `predictNumbers`; absent if the predictor has none. */
  readonly usualPrompts?: readonly UsualPrompt[] | undefined;

  /** Dimensions of the sentence vector; absent if none is used. */
  readonly vectorLength?: number | undefined;
}
