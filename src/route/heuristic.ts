import type { Model } from '../core/model.js';
import { logistic } from './factor-network.js';
import type { Features } from './features.js';
import { estimateStrength } from './model-strength.js';
import type { StrengthRule } from './model-strength.js';
import type { Ability, Prediction, Predictor } from './predictor.js';

/** Assumed slope (log-odds per log-odds) and variance of every benchmark, not fitted. */
const USUAL = { slope: 0.5, variance: 1 } as const;

/** A model's strength by published facts, in log-odds of answering an average prompt; round numbers, not fitted. */
const STRENGTH: StrengthRule = {
  mean: 1,
  variance: 2,
  pricePower: 0.8,
  log10Price: 0.3,
  perYear: 0.5,
  year: 2025,
  variancePriced: 1,
  common: 0,
  benchmarks: {
    mmlu_pro: { intercept: 1, ...USUAL },
    gpqa_diamond: { intercept: 1.5, ...USUAL },
    livecodebench: { intercept: 1.4, ...USUAL },
    arena_elo: { intercept: 1, ...USUAL },
    epoch_eci: { intercept: 1, ...USUAL },
  },
};

/** Log-odds that properties of a prompt subtract for every model. */
const DIFFICULTY = { perLogToken: 0.15, code: 0.6, maths: 1, tools: 0.4, image: 0.3 } as const;
/** A prompt of this many tokens is neither hard nor easy for its length. */
const USUAL_TOKENS = 60;
/** Variance of the difficulty of prompts with equal properties. */
const PROMPT_VARIANCE = 1.5;
/** Reported as out-of-distribution distance, which the heuristic does not know. */
const UNKNOWN_DISTANCE = 0.5;
const REASONING_FACTOR = 2.5;

interface HeuristicAbility extends Ability {
  readonly strength: number;
  readonly variance: number;
  readonly reasons: boolean;
}

/**
 * A predictor that needs no training: the length and kind of a prompt against a model's price and benchmarks.
 *
 * Ranks models sensibly; wide uncertainties show that it knows no more.
 */
export function heuristicPredictor(): Predictor {
  return {
    revision: 'heuristic',
    ability,
    predict: (features, abilities): Prediction => {
      const difficulty = difficultyOf(features);
      const tokens = answerTokens(features);
      return {
        ood: UNKNOWN_DISTANCE,
        novelty: 1,
        vector: null,
        models: abilities.map((known) => {
          const { strength, variance, reasons } = known as HeuristicAbility;
          const success = logistic(strength - difficulty);
          const deviation = success * (1 - success) * Math.sqrt(variance + PROMPT_VARIANCE);
          return {
            success,
            uncertainty: Math.min(0.5, deviation),
            outputTokens: reasons ? REASONING_FACTOR * tokens : tokens,
          };
        }),
      };
    },
  };
}

function ability(model: Model): Ability {
  const { mean, variance, facts } = estimateStrength(model, STRENGTH);
  const known: HeuristicAbility = {
    model: model.id,
    basis: facts === 0 ? 'unknown' : 'regressed',
    // Beyond this, predictions would be more certain than a heuristic can be.
    strength: Math.max(-4, Math.min(4, mean)),
    variance,
    reasons: model.capabilities.has('reasoning'),
  };
  return known;
}

function difficultyOf(features: Features): number {
  const length = Math.log(Math.max(1, features.inputTokens) / USUAL_TOKENS);
  return (
    DIFFICULTY.perLogToken * Math.max(-3, Math.min(6, length)) +
    DIFFICULTY.code * features.code +
    DIFFICULTY.maths * features.maths +
    (features.tools > 0 ? DIFFICULTY.tools : 0) +
    (features.images > 0 ? DIFFICULTY.image : 0)
  );
}

/** Longer questions get longer answers, code the longest; between 50 and 2,000 tokens. */
function answerTokens(features: Features): number {
  const tokens = 120 + 8 * Math.sqrt(features.inputTokens) + 300 * features.code;
  return Math.max(50, Math.min(2000, tokens));
}
