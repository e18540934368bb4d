import { at } from '../../metrics/at.js';
import { meanOver } from './learner.js';
import type { Learner } from './learner.js';

/** The weight of the overall mean, in lines: the mean of a category with few lines is uncertain. */
const SHRINKAGE = 5;

/** Predicts the mean of the training lines of the same category, shrunk towards the overall mean. */
export function categoryPrior(categories: readonly string[]): Learner {
  return (train, targets, test) =>
    targets.map((target) => {
      const overall = meanOver(target, train);
      const sums = new Map<string, { sum: number; lines: number }>();
      for (const line of train) {
        const category = categories[line] ?? '';
        const { sum, lines } = sums.get(category) ?? { sum: 0, lines: 0 };
        sums.set(category, { sum: sum + at(target, line), lines: lines + 1 });
      }
      return Float64Array.from(test, (line) => {
        const { sum, lines } = sums.get(categories[line] ?? '') ?? { sum: 0, lines: 0 };
        return (sum + SHRINKAGE * overall) / (lines + SHRINKAGE);
      });
    });
}
