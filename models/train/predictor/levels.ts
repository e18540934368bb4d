import { estimateStrength } from '../../../src/route/model-strength.js';
import type { Model } from '../../../src/core/model.js';
import type { ModelFacts } from '../../../src/route/model-strength.js';
import { at } from '../../../src/route/factor-network.js';
import { fittedVariance, gradedIn } from './graded-in.js';
import { fitDifficulties } from './difficulties.js';
import type { OutcomeTable } from './outcome-table.js';
import { fitStrengths, independent, sharesOf } from './strength.js';
import type { GradedModel } from './strength.js';

/** Facts about models, graded or not. */
export interface FactSource {
  factsOf(name: string): ModelFacts;
  /** Models whose figures show how benchmarks are related. */
  readonly catalogModels: readonly Model[];
}

/**
 * Strength of each model on one scale for all sets: log-odds on a typical prompt, shape [models].
 *
 * A single set cannot tell hard prompts from weak models. Models graded in several sets, and facts about models, can: how far a
 * set's models fall short of their strength is how hard the set is.
 */
export function levelsOf(
  table: OutcomeTable,
  rows: readonly number[],
  known: FactSource,
): Float32Array {
  const graded = gradedBySet(table, rows, known);
  const fit = fitStrengths(graded, known.catalogModels);
  return Float32Array.from(graded, (model) => {
    if (Object.keys(model.answers).length === 0) return fit.rule.mean;
    const told = estimateStrength(independent(model.facts, model.answers), fit.rule);
    const doubt = fit.doubtOf(model);
    const own = model.strength - fit.shiftOf(model);
    return (told.mean * doubt + own * told.variance) / (doubt + told.variance);
  });
}

/** Every model with its strength from each set's grades separately, as if the average prompt of each set were typical. */
function gradedBySet(
  table: OutcomeTable,
  rows: readonly number[],
  known: FactSource,
): GradedModel[] {
  const { abilities } = fitDifficulties(table, rows);
  const counts = gradedIn(table, rows);
  const bySet = new Map(table.sets.map((set, s) => [set.name, abilities.get(s)]));
  return table.models.map((name, m) => {
    const answers = counts[m] ?? {};
    const shares = Object.entries(sharesOf(answers));
    const strength = shares.reduce((sum, [set, share]) => {
      return sum + share * at(bySet.get(set) ?? NONE, m);
    }, 0);
    return {
      name,
      strength,
      variance: fittedVariance(answers),
      facts: known.factsOf(name),
      answers,
    };
  });
}

const NONE = new Float32Array(0);
