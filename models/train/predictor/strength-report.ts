import { rankCorrelation } from '../../../src/bench/metrics/rank-correlation.js';
import { estimateStrength } from '../../../src/route/model-strength.js';
import type { ModelFacts, Strength, StrengthRule } from '../../../src/route/model-strength.js';
import type { Progress } from '../progress.js';
import { fitStrengths, independent } from './strength.js';
import type { GradedModel } from './strength.js';

/** Sets a model must be graded in: what one set says of a model is mostly what the set is like. */
const FEWEST_SETS = 2;
/** Models are left out by so many parts in turn: each by itself would take minutes. */
const PARTS = 10;
/** Standard deviations that eight tenths of a normal distribution lie within. */
const EIGHTY_PERCENT = 1.2816;

/**
 * Tells how well strength read from facts agrees with strength fitted to answers, of models whose answers
 * took no part in learning how; with benchmark figures and without.
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
  /** What their sets add to the fitted strengths of all models graded in them. */
  readonly shift: number;
}

function leaveOut(
  graded: readonly GradedModel[],
  compared: readonly GradedModel[],
): ReadonlyMap<GradedModel, Told> {
  const found = new Map<GradedModel, Told>();
  for (let part = 0; part < PARTS; part++) {
    const left = new Set(compared.filter((_, i) => i % PARTS === part));
    // The figures of those left out still count; of them, grades are what must not be known.
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
