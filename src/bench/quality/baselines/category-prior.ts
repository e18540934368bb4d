import { at } from '../../metrics/at.js';
import { meanOver } from './learner.js';
import type { Learner } from './learner.js';

/** So many lines of the whole set stand beside those of a category: a category of two says little. */
const SHRINKAGE = 5;

/** Predicts what the lines of the same category had on average. */
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
