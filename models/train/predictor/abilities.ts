import type { ModelFacts } from '../../../src/route/model-strength.js';
import { at } from '../../../src/route/factor-network.js';
import { forEachDemand } from './ensemble.js';
import type { Ensemble } from './ensemble.js';
import type { OutcomeTable } from './outcome-table.js';
import type { GradedModel } from './strength.js';

/**
 * Variance of a model's log-odds from set to set beyond what its skills explain. Larger than what unseen
 * sets need of shifts (`doubt.ts`): models graded in few sets also carry the level of those sets, so that
 * of two of one family the larger came out below the smaller.
 */
const SET_VARIANCE = 2.5;
/** A single set may be an odd one, so that the first counts for less than half a set. */
const ODD_SETS = 0.6;
/** Mean of p (1 − p) over graded answers: what one answer tells of log-odds. */
const INFORMATION = 0.15;
/** A stronger model is never worse at any skill, whatever a few odd sets say. */
const SMALLEST_SKILL_SLOPE = 0.4;

/** What the graded answers of the training part say of each model. */
export interface AbilitySummary {
  /** In the order of the table's models. */
  readonly graded: readonly GradedModel[];
  /** Shape [models]. */
  readonly variance: Float32Array;
  readonly skillIntercept: Float32Array;
  readonly skillSlope: Float32Array;
  /** Variance of skills about the lines. */
  readonly skillVariance: number;
}

/** Sums every model up as one strength, and each skill as a line over strength. */
export function summariseAbilities(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
  factsOf: (model: string) => ModelFacts,
): AbilitySummary {
  const usage = meanUsage(ensemble, table, rows);
  const known = gradedIn(table, rows);
  const variance = Float32Array.from(known, fittedVariance);
  const { abilities } = ensemble;
  const factors = usage.length;
  const graded = table.models.map((name, m) => {
    let strength = 0;
    for (let k = 0; k < factors; k++) strength += at(usage, k) * at(abilities, m * factors + k);
    return {
      name,
      strength,
      variance: at(variance, m),
      facts: factsOf(name),
      answers: known[m] ?? {},
    };
  });
  return { graded, variance, ...fitSkills(ensemble, graded, factors) };
}

/** How much each skill is asked for on average; sums to 1. */
function meanUsage(ensemble: Ensemble, table: OutcomeTable, rows: readonly number[]): Float32Array {
  const usage = new Float32Array(ensemble.shape.members * ensemble.shape.skills);
  forEachDemand(ensemble, table, rows, ({ skills }) => {
    for (let k = 0; k < usage.length; k++) usage[k] = at(usage, k) + at(skills, k);
  });
  return usage.map((sum) => sum / (rows.length * ensemble.shape.members));
}

/** How many answers of each model were graded, by set, in the order of the table's models. */
function gradedIn(table: OutcomeTable, rows: readonly number[]): Record<string, number>[] {
  const found = table.models.map((): Record<string, number> => ({}));
  for (const row of rows) {
    const set = table.prompts[row]?.set.name ?? '';
    for (let i = table.first[row] ?? 0; i < (table.first[row + 1] ?? 0); i++) {
      const answers = found[table.model[i] ?? 0];
      if (answers !== undefined) answers[set] = (answers[set] ?? 0) + 1;
    }
  }
  return found;
}

function fittedVariance(answers: Readonly<Record<string, number>>): number {
  const counts = Object.values(answers);
  const count = counts.reduce((sum, inSet) => sum + inSet, 0);
  return SET_VARIANCE / Math.max(0.2, counts.length - ODD_SETS) + 1 / (INFORMATION * count + 0.5);
}

type Skills = Pick<AbilitySummary, 'skillIntercept' | 'skillSlope' | 'skillVariance'>;

/** A line per skill through the models, each weighed by how well it is known. */
function fitSkills(
  { abilities }: Ensemble,
  graded: readonly GradedModel[],
  factors: number,
): Skills {
  const weights = graded.map(({ variance }) => 1 / (variance + 0.3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (of: (m: number) => number): number =>
    weights.reduce((sum, weight, m) => sum + weight * of(m), 0) / total;
  const strength = (m: number): number => graded[m]?.strength ?? 0;
  const centre = mean(strength);
  const spread = mean((m) => (strength(m) - centre) ** 2);
  const skillIntercept = new Float32Array(factors);
  const skillSlope = new Float32Array(factors);
  let left = 0;
  for (let k = 0; k < factors; k++) {
    const skill = (m: number): number => at(abilities, m * factors + k);
    const level = mean(skill);
    const slope = mean((m) => (strength(m) - centre) * (skill(m) - level)) / spread;
    const kept = Math.max(SMALLEST_SKILL_SLOPE, slope);
    skillSlope[k] = kept;
    skillIntercept[k] = level - kept * centre;
    left += mean((m) => (skill(m) - level - kept * (strength(m) - centre)) ** 2) / factors;
  }
  return { skillIntercept, skillSlope, skillVariance: Math.max(0.05, left) };
}

/** A name that says that the model reasons at length before it answers, where the answers show it. */
const SHOWS_REASONING = /deepseek-r1|qwq|deephermes|-reasoning|gpt-5|-thk|glm-z1/;
/** Answers a model must have given for its length to count towards the average. */
const ENOUGH_ANSWERS = 25;

/** Usual verbosity of models that do and do not reason before they answer, in log tokens. */
export function usualVerbosity(
  ensemble: Ensemble,
  table: OutcomeTable,
): { readonly plain: number; readonly reasoning: number } {
  const counts = new Float32Array(table.models.length);
  table.model.forEach((model, i) => {
    if (at(table.logTokens, i) >= 0) counts[model] = at(counts, model) + 1;
  });
  const average = (wanted: boolean): number => {
    const found = table.models.flatMap((name, m) =>
      SHOWS_REASONING.test(name) === wanted && at(counts, m) >= ENOUGH_ANSWERS
        ? [at(ensemble.verbosity, m)]
        : [],
    );
    return found.reduce((sum, value) => sum + value, 0) / Math.max(1, found.length);
  };
  const plain = average(false);
  // Half-way: a model that can reason does not always.
  return { plain, reasoning: Math.max(plain, (plain + average(true)) / 2) };
}
