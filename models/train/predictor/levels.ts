import type { Model } from '../../../src/core/model.js';
import { at } from '../../../src/route/factor-network.js';
import { estimateStrength } from '../../../src/route/model-strength.js';
import type { ModelFacts } from '../../../src/route/model-strength.js';
import { fitDifficulties } from './difficulties.js';
import { countAnswers, sharesOf } from './answer-counts.js';
import type { OutcomeTable } from './outcome-table.js';
import { fitStrength, withoutOwnQuestions } from './strength.js';
import type { GradedModel } from './strength.js';

/** Facts about models, graded or not. */
export interface FactSource {
  factsOf(name: string): ModelFacts;
  /** Models whose figures tell how benchmarks go together. */
  readonly catalogModels: readonly Model[];
}

/**
 * The general ability that the networks start from: log-odds on a usual prompt on one scale for all sets, shape [models].
 *
 * A set by itself cannot tell hard prompts from weak models, but models that several sets graded can, and facts about the
 * others. So a model's ability in a set counts relative to the level of the set; facts count as much as few answers leave open.
 */
export function fitLevels(
  table: OutcomeTable,
  rows: readonly number[],
  known: FactSource,
): Float32Array {
  const graded = gradedModels(table, rows, known);
  const counts = countAnswers(table, rows);
  const { rule, levelIn } = fitStrength(graded, known.catalogModels);
  return Float32Array.from(graded, (model, m) => {
    const prior = estimateStrength(withoutOwnQuestions(model), rule);
    const shares = sharesOf(counts[m] ?? {});
    let own = 0;
    let variance = 0;
    for (const grade of model.grades) {
      const share = shares[grade.set] ?? 0;
      own += share * (grade.value - levelIn(grade.set));
      variance += share * share * grade.variance;
    }
    if (model.grades.length === 0) return prior.mean;
    return (prior.mean * variance + own * prior.variance) / (variance + prior.variance);
  });
}

/** Every model with its ability in each set, in the order of the table's models. */
export function gradedModels(
  table: OutcomeTable,
  rows: readonly number[],
  known: FactSource,
): readonly GradedModel[] {
  const { abilities } = fitDifficulties(table, rows);
  const counts = countAnswers(table, rows);
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
