import type { ModelFacts } from '../../../src/route/model-strength.js';
import { at, factorsOf } from '../../../src/route/factor-network.js';
import type { Ensemble } from './ensemble.js';
import type { OutcomeTable } from './outcome-table.js';
import { fitSkillLines, averageDemand } from './skill-lines.js';
import type { FittedModel, SkillLines } from './skill-lines.js';
import { fittedVariance, countAnswers } from './answer-counts.js';

/** What the graded answers of the training part tell about each model. */
export interface AbilitySummary extends SkillLines {
  /** In the order of the table's models. */
  readonly fitted: readonly FittedModel[];
  /** Shape [models]. */
  readonly variance: Float32Array;
}

/** Summarises every model as one strength, and each skill as a line over strength. */
export function summariseAbilities(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
  factsOf: (model: string) => ModelFacts,
): AbilitySummary {
  const usage = averageDemand(ensemble, table, rows);
  const known = countAnswers(table, rows);
  const variance = Float32Array.from(known, fittedVariance);
  const fitted = table.models.map((name, m) => ({
    strength: generalAbility(ensemble, m),
    variance: at(variance, m),
    facts: factsOf(name),
  }));
  return { fitted, variance, ...fitSkillLines(ensemble, fitted, usage) };
}

/** The mean over the members. */
function generalAbility({ abilities, shape }: Ensemble, model: number): number {
  const factors = factorsOf(shape);
  let sum = 0;
  for (let k = 0; k < factors; k += 1 + shape.skills) sum += at(abilities, model * factors + k);
  return sum / shape.members;
}

/** Names of models that reason before they answer and whose graded answers include the reasoning. */
const SHOWS_REASONING = /deepseek-r1|qwq|deephermes|-reasoning|gpt-5|-thk|glm-z1/;
/** Minimum number of answers for a model's length to count towards the average. */
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
  const average = (isReasoning: boolean): number => {
    const found = table.models.flatMap((name, m) =>
      SHOWS_REASONING.test(name) === isReasoning && at(counts, m) >= ENOUGH_ANSWERS
        ? [at(ensemble.verbosity, m)]
        : [],
    );
    return found.reduce((sum, value) => sum + value, 0) / Math.max(1, found.length);
  };
  const plain = average(false);
  // Half-way: a model that can reason does not always.
  return { plain, reasoning: Math.max(plain, (plain + average(true)) / 2) };
}
