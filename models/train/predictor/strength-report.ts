import { rankCorrelation } from '../../../src/bench/metrics/rank-correlation.js';
import { estimateStrength } from '../../../src/route/model-strength.js';
import type { ModelFacts, Strength, StrengthRule } from '../../../src/route/model-strength.js';
import type { Progress } from '../progress.js';
import { fitStrengths, independent } from './strength.js';
import type { GradedModel } from './strength.js';

/** Minimum number of sets that a model is graded in: results of a single set mostly reflect the set. */
const FEWEST_SETS = 2;
/** Number of folds: leaving out each model by itself would take minutes. */
const PARTS = 10;
/** Half-width of the central 80 % of a normal distribution, in standard deviations. */
const EIGHTY_PERCENT = 1.2816;

/**
 * Reports how well strength predicted from facts agrees with strength fitted to answers, for models whose answers
 * were left out of the fit; with and without benchmark figures.
 */
export function reportStrength(
  graded: readonly GradedModel[],
  rule: StrengthRule,
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
    ({ name, facts, answers }) =>
      Object.keys(answers).length >= FEWEST_SETS &&
      !name.includes('@') &&
      Object.keys(independent(facts, answers).benchmarks).length > 0,
  );
  const told = leaveOut(graded, compared);
  report('price and date alone', compared, told, ({ bare }) => bare, progress);
  report('price, date and benchmark figures', compared, told, ({ full }) => full, progress);
}

interface Told {
  readonly full: Strength;
  readonly bare: Strength;
  /** What the model's sets add to fitted strengths. */
  readonly shift: number;
}

function leaveOut(
  graded: readonly GradedModel[],
  compared: readonly GradedModel[],
): ReadonlyMap<GradedModel, Told> {
  const found = new Map<GradedModel, Told>();
  for (let part = 0; part < PARTS; part++) {
    const left = new Set(compared.filter((_, i) => i % PARTS === part));
    // The facts of models that are left out may still be used; only their grades must not be known.
    const { rule, shiftOf } = fitStrengths(
      graded.filter((model) => !left.has(model)),
      [...left].map(({ facts, answers }) => independent(facts, answers)),
    );
    for (const model of left) {
      const facts: ModelFacts = independent(model.facts, model.answers);
      found.set(model, {
        full: estimateStrength(facts, rule),
        bare: estimateStrength({ ...facts, benchmarks: {} }, rule),
        shift: shiftOf(model),
      });
    }
  }
  return found;
}

function report(
  what: string,
  compared: readonly GradedModel[],
  told: ReadonlyMap<GradedModel, Told>,
  of: (told: Told) => Strength,
  progress: Progress,
): void {
  const pairs = compared.flatMap((model) => {
    const known = told.get(model);
    if (known === undefined) return [];
    const { mean, variance } = of(known);
    return [{ told: mean + known.shift, fitted: model.strength, deviation: Math.sqrt(variance) }];
  });
  const errors = pairs.map((pair) => Math.abs(pair.told - pair.fitted));
  const rmse = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
  const within = pairs.filter(
    (pair, i) => (errors[i] ?? 0) < EIGHTY_PERCENT * pair.deviation,
  ).length;
  const spearman = rankCorrelation(
    pairs.map((pair) => pair.told),
    pairs.map((pair) => pair.fitted),
  );
  progress.say(
    `strength of ${pairs.length} models left out, told by ${what}: Spearman ${spearman.toFixed(3)}, ` +
      `root mean square error ${rmse.toFixed(2)}, ${((100 * within) / pairs.length).toFixed(0)} % ` +
      'inside the 80 % interval',
  );
}
