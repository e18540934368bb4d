import type { OutcomeTable } from './outcome-table.js';

/**
 * Variance of a model's log-odds between sets, after removing the level of each set; measured on models graded
 * in three sets or more, as the deviation in one set from the others.
 */
export const SET_VARIANCE = 0.5;
/** Subtracted from the number of sets: a single set may be atypical, so the first counts for less than half. */
const ODD_SETS = 0.6;
/** Mean of p (1 − p) over graded answers: the information of one answer about log-odds. */
const INFORMATION = 0.15;

/** How many answers of each model were graded, by set, in the order of the table's models. */
export function countAnswers(
  table: OutcomeTable,
  rows: readonly number[],
): Record<string, number>[] {
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

/** Variance of a model's strength as estimated from its graded answers, in squared log-odds. */
export function fittedVariance(answers: Readonly<Record<string, number>>): number {
  const counts = Object.values(answers);
  const count = counts.reduce((sum, inSet) => sum + inSet, 0);
  return SET_VARIANCE / Math.max(0.2, counts.length - ODD_SETS) + 1 / (INFORMATION * count + 0.5);
}

/** Larger sets count for more, but less than proportionally: errors within a set are correlated. */
const SET_POWER = 0.6;

/** Share of each set in what a model's answers tell; they sum to 1, or there are none. */
export function sharesOf(answers: Readonly<Record<string, number>>): Record<string, number> {
  const weights = Object.entries(answers).map(([set, count]) => [set, count ** SET_POWER] as const);
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return Object.fromEntries(weights.map(([set, weight]) => [set, weight / total]));
}
