import type { Model, OwnStrength } from '../core/model.js';
import type { Features } from './features.js';
import type { Predictor } from './predictor.js';

/** A prompt, and the grade of the answer by the model that is measured. */
export interface GradedAnswer {
  readonly features: Features;
  /** 0 to 1. */
  readonly score: number;
}

/** A model's general strength as measured by graded answers. */
export interface MeasuredStrength extends OwnStrength {
  /** The estimate before, by facts alone. */
  readonly before: OwnStrength;
  /** Probability of an adequate answer as predicted before, in the order of the answers. */
  readonly expected: readonly number[];
}

/** Grid of strengths, in log-odds: the strongest model is about 4 above the average one. */
const MIN_STRENGTH = -6;
const MAX_STRENGTH = 8;
const STEP = 0.05;
/** Standard error of a strength that is assumed to be certain. */
const CERTAIN_ERROR = 1e-3;
/**
 * Standard deviation of the predictor's error for a whole set of prompts, common to all models,
 * in log-odds. Measured as the mean difference of predicted and true log-odds on the validation
 * parts of the twenty sets of graded answers: 0.67 on sets it was trained on, 0.68 on others.
 * More answers to the same prompts do not reduce it.
 */
const SET_ERROR = 0.68;

/**
 * Estimates a model's general strength from graded answers and the estimate by facts.
 *
 * The posterior mean over a grid, with the predictor's success probabilities as the likelihood and the
 * estimate by facts as the prior: few answers move it little, and prompts that all models answer equally
 * well not at all.
 *
 * @returns `null` if the predictor has no general strength
 */
export function measureStrength(
  model: Model,
  predictor: Predictor,
  answers: readonly GradedAnswer[],
): MeasuredStrength | null {
  const { general } = predictor.ability({ ...model, strength: undefined });
  if (general === undefined) return null;
  const grid = Array.from(
    { length: Math.round((MAX_STRENGTH - MIN_STRENGTH) / STEP) + 1 },
    (_, i) => MIN_STRENGTH + i * STEP,
  );
  const abilities = [general, ...grid.map((mean) => ({ mean, error: CERTAIN_ERROR }))].map(
    (strength) => predictor.ability(hypotheticalModel(model, strength)),
  );
  const logs = grid.map(() => 0);
  const expected = answers.map(({ features, score }) => {
    const [first, ...others] = predictor.predict(features, abilities).models;
    others.forEach(({ success }, i) => {
      const gain = score * Math.log(success) + (1 - score) * Math.log(1 - success);
      logs[i] = (logs[i] ?? 0) + gain;
    });
    return first?.success ?? Number.NaN;
  });
  const likelihood = blurred(grid, fromLogs(logs));
  const likely = grid.map(
    (mean, i) =>
      (likelihood[i] ?? 0) * Math.exp(-0.5 * ((mean - general.mean) / general.error) ** 2),
  );
  return { before: general, expected, ...momentsOf(grid, likely) };
}

/** Difference of strengths for the numerical derivative in `fisherInformation`. */
const STRENGTH_DIFFERENCE = 0.5;

/**
 * Fisher information of an answer to each prompt about a model's strength, at the strength it is
 * believed to have. 0 for prompts that the model surely succeeds or fails on.
 */
export function fisherInformation(
  model: Model,
  predictor: Predictor,
  prompts: readonly Features[],
): readonly number[] {
  const { general = AVERAGE } = predictor.ability({ ...model, strength: undefined });
  const abilities = [-STRENGTH_DIFFERENCE / 2, STRENGTH_DIFFERENCE / 2].map((by) =>
    predictor.ability(hypotheticalModel(model, { mean: general.mean + by, error: CERTAIN_ERROR })),
  );
  return prompts.map((features) => {
    const [weaker, stronger] = predictor.predict(features, abilities).models;
    const [low, high] = [weaker?.success ?? 0.5, stronger?.success ?? 0.5];
    const middle = (low + high) / 2;
    return ((high - low) / STRENGTH_DIFFERENCE) ** 2 / (middle * (1 - middle));
  });
}

const AVERAGE: OwnStrength = { mean: 0, error: 1 };

/** Likelihood of each strength if all prompts may be harder or easier than predicted by a common error. */
function blurred(grid: readonly number[], likely: readonly number[]): readonly number[] {
  return grid.map((strength) =>
    grid.reduce(
      (sum, other, k) =>
        sum + (likely[k] ?? 0) * Math.exp(-0.5 * ((other - strength) / SET_ERROR) ** 2),
      0,
    ),
  );
}

/** A model of which only the strength and the capabilities are known. */
function hypotheticalModel({ capabilities }: Model, strength: OwnStrength): Model {
  return {
    // Not the model's own name: graded answers to it must not be mixed in.
    id: 'nobody/in-particular',
    vendor: 'nobody',
    displayName: '',
    released: null,
    contextWindow: null,
    maxOutputTokens: null,
    capabilities,
    benchmarks: {},
    strength,
    speed: null,
    hosts: [],
    simulated: false,
  };
}

function fromLogs(logs: readonly number[]): readonly number[] {
  const most = Math.max(...logs);
  return logs.map((log) => Math.exp(log - most));
}

function momentsOf(grid: readonly number[], weights: readonly number[]): OwnStrength {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const over = (value: (strength: number) => number): number =>
    grid.reduce((sum, strength, i) => sum + (weights[i] ?? 0) * value(strength), 0) / total;
  const mean = over((strength) => strength);
  return { mean, error: Math.sqrt(over((strength) => (strength - mean) ** 2)) };
}
