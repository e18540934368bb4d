import type { CandidateTable } from '../candidate-table.js';
import type { EvaluationContext } from '../candidates.js';
import type {
  Ability,
  ModelPrediction,
  NumbersPrediction,
  Predictor,
  UsualPrompt,
} from '../predictor.js';
import type { RuleOutcome } from '../rules/outcome.js';
import type { Prospect } from './expectations.js';

/** Makes candidates of predictions; see `CandidateEvaluator`. */
type CandidatesFor = (
  prediction: { readonly models: readonly ModelPrediction[] },
  demand: EvaluationContext,
) => CandidateTable;

/** Predictions that are made ahead for all usual prompts together, and the least number of prompts. */
const MOST_PREDICTIONS = 10_000;
const LEAST_PROMPTS = 64;

/** What prompts as they usually come would meet, for prices to be found before there is traffic. */
export class UsualTraffic {
  readonly #predictor: Predictor;
  readonly #abilities: readonly Ability[];
  readonly #candidatesFor: CandidatesFor;
  #predicted: readonly Predicted[] | null = null;

  constructor(predictor: Predictor, abilities: readonly Ability[], candidatesFor: CandidatesFor) {
    this.#predictor = predictor;
    this.#abilities = abilities;
    this.#candidatesFor = candidatesFor;
  }

  /** One prospect for each prompt: none from a predictor that brings no prompts. */
  prospectsFor(outcome: RuleOutcome): readonly Prospect[] {
    this.#predicted ??= this.#predict();
    return this.#predicted.map(({ prompt: { inputTokens }, models, novelty }) => {
      const features = { inputTokens, maxOutputTokens: null, needs: [], tools: 0 };
      const demand: EvaluationContext = { features, outcome, choices: 1, vouched: false };
      // The usual prompts are those that the predictor was trained for: none of them is far.
      return { ood: 0, novelty, candidates: this.#candidatesFor({ models }, demand) };
    });
  }

  #predict(): readonly Predicted[] {
    const { predictNumbers: judge, usualPrompts: usual = [] } = this.#predictor;
    if (judge === undefined) return [];
    const affordable = Math.floor(MOST_PREDICTIONS / Math.max(1, this.#abilities.length));
    return usual.slice(0, Math.max(LEAST_PROMPTS, affordable)).map((prompt) => ({
      prompt,
      ...judge.call(this.#predictor, prompt, this.#abilities),
    }));
  }
}

interface Predicted extends NumbersPrediction {
  readonly prompt: UsualPrompt;
}
