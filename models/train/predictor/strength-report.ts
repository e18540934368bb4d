import { rankCorrelation } from '../../../src/bench/metrics/rank-correlation.js';
import { estimateStrength } from '../../../src/route/model-strength.js';
import type { StrengthRule } from '../../../src/route/model-strength.js';
import type { Progress } from '../progress.js';
import { fitStrength } from './strength.js';
import type { GradedModel } from './strength.js';

/** Models whose fitted strength is this certain are worth comparing with. */
const CERTAIN = 1;

/** Tells how well strength read from facts agrees with strength fitted to answers, each model left out in turn. */
export function reportStrength(
  graded: readonly GradedModel[],
  rule: StrengthRule,
  progress: Progress,
): void {
  const { mean, variance, pricePower, perYear, variancePriced } = rule;
  progress.say(
    `strength: mean ${mean.toFixed(2)}, variance ${variance.toFixed(2)} (${variancePriced.toFixed(2)} ` +
      `with price and date), ${pricePower.toFixed(2)} a decade of price, ${perYear.toFixed(2)} a year`,
  );
  for (const [name, line] of Object.entries(rule.benchmarks)) {
    const { intercept, slope } = line;
    progress.say(
      `  ${name}: ${intercept.toFixed(2)} + ${slope.toFixed(2)} x, variance ${line.variance.toFixed(2)}`,
    );
  }
  report('price, date or benchmarks', graded, progress, () => true);
  report('benchmarks', graded, progress, ({ facts }) => Object.keys(facts.benchmarks).length > 0);
}

function report(
  what: string,
  graded: readonly GradedModel[],
  progress: Progress,
  eligible: (model: GradedModel) => boolean,
): void {
  const compared = graded.filter(
    (model) => model.variance < CERTAIN && model.facts.hosts.length > 0 && eligible(model),
  );
  const told = compared.map((model) => {
    const others = graded.filter((other) => other !== model);
    return estimateStrength(model.facts, fitStrength(others, [])).mean;
  });
  const fitted = compared.map(({ strength }) => strength);
  const error = Math.sqrt(
    told.reduce((sum, value, i) => sum + (value - (fitted[i] ?? 0)) ** 2, 0) / told.length,
  );
  progress.say(
    `left out in turn, ${compared.length} models with ${what}: Spearman ` +
      `${rankCorrelation(told, fitted).toFixed(3)}, root mean square error ${error.toFixed(2)}`,
  );
}
