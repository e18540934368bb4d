import type { Model, OwnStrength } from '../core/model.js';
import type { Features } from './features.js';
import type { Predictor } from './predictor.js';

/** A prompt, and how good the answer of the model to be measured was. */
export interface GradedAnswer {
  readonly features: Features;
  /** 0 to 1. */
  readonly score: number;
}

/** What answers say of a model's general strength. */
export interface MeasuredStrength extends OwnStrength {
  /** What was thought of the model before, by facts alone. */
  readonly before: OwnStrength;
  /** Probability of an adequate answer, as it was expected before, in the order of the answers. */
  readonly expected: readonly number[];
}

/** Strengths that are weighed: the strongest model lies some 4 from the average one. */
const LOWEST = -6;
const HIGHEST = 8;
const STEP = 0.05;
/** Of a strength that is taken for certain, to see what it would lead to. */
const CERTAIN = 1e-3;
/**
 * How far off the predictor is for the prompts of a set as a whole, whatever the model: one standard
 * deviation, in log-odds. Measured as the mean difference of predicted and true log-odds on the
 * validation parts of the twenty sets of graded answers: 0.67 on those it learnt from, 0.68 on others.
 * No number of answers to the same prompts removes it.
 */
const SET_ERROR = 0.68;

/**
 * The strength that is most likely by a model's answers and what was known of it before.
 *
 * The posterior over a grid, by the predictor's own view of the prompts, with the facts of the model
 * as the prior: few answers move it little, and those to prompts that all models answer alike not at all.
 *
 * @returns `null` when the predictor knows no general strength
 */
export function measureStrength(
  model: Model,
  predictor: Predictor,
  answers: readonly GradedAnswer[],
): MeasuredStrength | null {
  const { general: before } = predictor.ability({ ...model, strength: undefined });
  if (before === undefined) return null;
  const grid = Array.from(
    { length: Math.round((HIGHEST - LOWEST) / STEP) + 1 },
    (_, i) => LOWEST + i * STEP,
  );
  const abilities = [before, ...grid.map((mean) => ({ mean, error: CERTAIN }))].map((strength) =>
    predictor.ability(nobody(model, strength)),
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
  const seen = blurred(grid, fromLogs(logs));
  const likely = grid.map(
    (mean, i) => (seen[i] ?? 0) * Math.exp(-0.5 * ((mean - before.mean) / before.error) ** 2),
  );
  return { before, expected, ...momentsOf(grid, likely) };
}

/** How far apart strengths are compared to see how much a prompt tells them apart. */
const APART = 0.5;

/**
 * How much an answer to each prompt would tell of a model's strength: Fisher's information where the
 * model is thought to be. 0 for prompts that it answers surely, or surely not.
 */
export function tellingOf(
  model: Model,
  predictor: Predictor,
  prompts: readonly Features[],
): readonly number[] {
  const { general = AVERAGE } = predictor.ability({ ...model, strength: undefined });
  const abilities = [-APART / 2, APART / 2].map((by) =>
    predictor.ability(nobody(model, { mean: general.mean + by, error: CERTAIN })),
  );
  return prompts.map((features) => {
    const [weaker, stronger] = predictor.predict(features, abilities).models;
    const [low, high] = [weaker?.success ?? 0.5, stronger?.success ?? 0.5];
    const middle = (low + high) / 2;
    return ((high - low) / APART) ** 2 / (middle * (1 - middle));
  });
}

const AVERAGE: OwnStrength = { mean: 0, error: 1 };

/** How likely each strength is where the prompts may be harder or easier than they seem, all alike. */
function blurred(grid: readonly number[], likely: readonly number[]): readonly number[] {
  return grid.map((strength) =>
    grid.reduce(
      (sum, other, k) =>
        sum + (likely[k] ?? 0) * Math.exp(-0.5 * ((other - strength) / SET_ERROR) ** 2),
      0,
    ),
  );
}

/** A model of which nothing is known but its strength and how it works. */
function nobody({ capabilities }: Model, strength: OwnStrength): Model {
  return {
    // Not the model's own name: graded answers of others' must not be mixed in.
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
