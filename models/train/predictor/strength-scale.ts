import type { ModelFacts, StrengthRule } from '../../../src/route/model-strength.js';
import { fitStrength, rescaled } from './strength.js';
import type { GradedModel, Rescaling } from './strength.js';
import type { FittedModel } from './skill-lines.js';

/**
 * The strength rule on the scale of the ensemble's general abilities, as training and calibration have left it.
 *
 * @param graded, fitted - the same models in the same order
 */
export function strengthOnScale(
  graded: readonly GradedModel[],
  fitted: readonly FittedModel[],
  catalog: readonly ModelFacts[],
): StrengthRule {
  const { rule, levelOf } = fitStrength(graded, catalog);
  const points = graded.flatMap((model, m) => {
    const found = fitted[m];
    if (found === undefined || model.grades.length === 0) return [];
    const { mean, variance } = levelOf(model);
    return [{ predicted: mean, fitted: found.strength, weight: 1 / (variance + found.variance) }];
  });
  return rescaled(rule, lineThrough(points));
}

function lineThrough(
  points: readonly {
    readonly predicted: number;
    readonly fitted: number;
    readonly weight: number;
  }[],
): Rescaling {
  const total = points.reduce((sum, { weight }) => sum + weight, 0);
  const mean = (of: (point: (typeof points)[number]) => number): number =>
    points.reduce((sum, point) => sum + point.weight * of(point), 0) / total;
  const [predicted, fitted] = [mean((point) => point.predicted), mean((point) => point.fitted)];
  const by =
    mean((point) => (point.predicted - predicted) * (point.fitted - fitted)) /
    mean((point) => (point.predicted - predicted) ** 2);
  return { by, add: fitted - by * predicted };
}
