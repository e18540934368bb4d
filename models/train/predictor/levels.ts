import type { Model } from '../../../src/core/model.js';
import { at } from '../../../src/route/factor-network.js';
import type { ModelFacts } from '../../../src/route/model-strength.js';
import { fitDifficulties } from './difficulties.js';
import { gradedIn } from './graded-in.js';
import type { OutcomeTable } from './outcome-table.js';
import { fitStrength } from './strength.js';
import type { GradedModel } from './strength.js';

/** Facts about models, graded or not. */
export interface FactSource {
  factsOf(name: string): ModelFacts;
  /** Models whose figures tell how benchmarks go together. */
  readonly catalogModels: readonly Model[];
}

/**
 * How strong each model is on one scale for all sets: log-odds on a usual prompt, shape [models].
 *
 * A set by itself cannot tell hard prompts from weak models. Models that several sets graded, and facts about the
 * others, can: what a set's models fall short of them by is how hard the set is.
 */
export function levelsOf(
  table: OutcomeTable,
  rows: readonly number[],
  known: FactSource,
): Float32Array {
  const graded = gradedModels(table, rows, known);
  const { levelOf } = fitStrength(graded, known.catalogModels);
  return Float32Array.from(graded, (model) => levelOf(model).mean);
}

/** Every model with its ability in each set, in the order of the table's models. */
export function gradedModels(
  table: OutcomeTable,
  rows: readonly number[],
  known: FactSource,
): readonly GradedModel[] {
  const { abilities } = fitDifficulties(table, rows);
  const counts = gradedIn(table, rows);
  return table.models.map((name, m) => ({
    name,
    facts: known.factsOf(name),
    grades: table.sets.flatMap((set, s) => {
      const found = abilities.get(s);
      if (found === undefined || counts[m]?.[set.name] === undefined) return [];
      return [{ set: set.name, value: at(found.value, m), variance: at(found.variance, m) }];
    }),
  }));
}
