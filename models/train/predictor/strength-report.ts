import { rankCorrelation } from '../../../src/bench/metrics/rank-correlation.js';
import { estimateStrength } from '../../../src/route/model-strength.js';
import type { ModelFacts, Strength, StrengthRule } from '../../../src/route/model-strength.js';
import type { Progress } from '../progress.js';
import { fitStrength, withoutOwnQuestions } from './strength.js';
import type { GradedModel } from './strength.js';
import type { Guess } from './strength-lines.js';

/** Sets a model must be graded in: what one set says of a model is mostly what the set is like. */
const FEWEST_SETS = 2;
/** Models are left out by so many parts in turn: each by itself would take minutes. */
const PARTS = 10;
/** Standard deviations that eight tenths of a normal distribution lie within. */
const EIGHTY_PERCENT = 1.2816;

/**
 * Tells how well strength read from facts agrees with strength by grades, of models whose grades
 * took no part in learning how; with benchmark figures and without.
 */
export function reportStrength(
  graded: readonly GradedModel[],
  { rule, catalog }: { readonly rule: StrengthRule; readonly catalog: readonly ModelFacts[] },
  progress: Progress,
): void {
  const { mean, variance, pricePower, perYear, variancePriced, common } = rule;
  progress.say(
    `strength: mean ${mean.toFixed(2)}, variance ${variance.toFixed(2)} (${variancePriced.toFixed(2)} ` +
      `with price and date, never below ${common.toFixed(2)}), ${pricePower.toFixed(2)} a decade of ` +
      `price, ${perYear.toFixed(2)} a year`,
  );
  for (const [name, line] of Object.entries(rule.benchmarks)) {
    const { intercept, slope } = line;
    progress.say(
      `  ${name}: ${intercept.toFixed(2)} + ${slope.toFixed(2)} x, variance ${line.variance.toFixed(2)}`,
    );
  }
  const compared = graded.filter(
    (model) =>
      model.grades.length >= FEWEST_SETS &&
      !model.name.includes('@') &&
      Object.keys(withoutOwnQuestions(model).benchmarks).length > 0,
  );
  const predictions = leaveOut(graded, compared, catalog);
  report('price and date alone', compared, predictions, ({ bare }) => bare, progress);
  report('price, date and benchmark figures', compared, predictions, ({ full }) => full, progress);
}

interface Predictions {
  readonly full: Strength;
  readonly bare: Strength;
  /** Strength by its grades. */
  readonly graded: Guess;
}

function leaveOut(
  graded: readonly GradedModel[],
  compared: readonly GradedModel[],
  catalog: readonly ModelFacts[],
): ReadonlyMap<GradedModel, Predictions> {
  const found = new Map<GradedModel, Predictions>();
  for (let part = 0; part < PARTS; part++) {
    const left = new Set(compared.filter((_, i) => i % PARTS === part));
    // The figures of those left out still count; of them, grades are what must not be known.
    const { rule, gradesOf } = fitStrength(
      graded.filter((model) => !left.has(model)),
      [...[...left].map(withoutOwnQuestions), ...catalog],
    );
    for (const model of left) {
      const facts = withoutOwnQuestions(model);
      const byGrades = gradesOf(model);
      if (byGrades === null) continue;
      found.set(model, {
        full: estimateStrength(facts, rule),
        bare: estimateStrength({ ...facts, benchmarks: {} }, rule),
        graded: byGrades,
      });
    }
  }
  return found;
}

function report(
  what: string,
  compared: readonly GradedModel[],
  predictions: ReadonlyMap<GradedModel, Predictions>,
  of: (prediction: Predictions) => Strength,
  progress: Progress,
): void {
  const pairs = compared.flatMap((model) => {
    const known = predictions.get(model);
    if (known === undefined) return [];
    const { mean, variance } = of(known);
    const deviation = Math.sqrt(variance + known.graded.variance);
    return [{ predicted: mean, fitted: known.graded.mean, deviation }];
  });
  const errors = pairs.map((pair) => Math.abs(pair.predicted - pair.fitted));
  const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  const within = pairs.filter(
    (pair, i) => (errors[i] ?? 0) < EIGHTY_PERCENT * pair.deviation,
  ).length;
  const spearman = rankCorrelation(
    pairs.map((pair) => pair.predicted),
    pairs.map((pair) => pair.fitted),
  );
  progress.say(
    `strength of ${pairs.length} models left out, predicted from ${what}: Spearman ${spearman.toFixed(3)}, ` +
      `slope ${slopeOf(pairs).toFixed(2)}, root mean square error ${rmse.toFixed(2)}, ${((100 * within) / pairs.length).toFixed(0)} % ` +
      'inside the 80 % interval',
  );
}

/** Slope of strength by grades over predicted strength; 1 when the spread of predictions is right. */
function slopeOf(
  pairs: readonly { readonly predicted: number; readonly fitted: number }[],
): number {
  const mean = (of: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const [predicted, fitted] = [mean((pair) => pair.predicted), mean((pair) => pair.fitted)];
  return (
    mean((pair) => (pair.predicted - predicted) * (pair.fitted - fitted)) /
    mean((pair) => (pair.predicted - predicted) ** 2)
  );
}
