import { OUTCOME_SETS } from '../../models/train/predictor/outcome-sets.js';
import type { OutcomeSet } from '../../models/train/predictor/outcome-sets.js';
import type { GradedPrompt } from '../../models/train/predictor/outcomes.js';
import type { Random } from '../../models/train/random.js';
import type { Part } from '../../models/train/split.js';
import type { Catalog } from '../../src/catalog/catalog.js';
import { blankModel } from '../../src/catalog/entry.js';
import type { Conversation } from '../../src/core/conversation.js';
import { readFeatures } from '../../src/route/features.js';
import type { Ability, Prediction, Predictor } from '../../src/route/predictor.js';
import { bootstrapInterval } from './bootstrap.js';
import type { Interval } from './bootstrap.js';
import { areaUnderRoc, brierScore, calibrationError } from './probability.js';
import { quantileOf, routingCurve } from './routing-curve.js';
import type { RoutingCurve } from './routing-curve.js';

/** What is measured: a predictor, and the catalog it is told of models by. */
export interface Router {
  readonly predictor: Predictor;
  readonly catalog: Catalog;
}

/** What a predictor is worth on one set. */
export interface SetResult {
  readonly set: OutcomeSet;
  /** Prompts that both the weak and the strong model answered. */
  readonly prompts: number;
  readonly curve: RoutingCurve;
  readonly interval: Interval;
  /** APGR when longer prompts go to the strong model. */
  readonly byLength: number;
  /** APGR when prompts go to the strong model at random: the mean is 0.5, few prompts make it wide. */
  readonly byChance: Interval;
  /** Over all models and prompts of the set. */
  readonly auc: number;
  readonly brier: number;
  readonly calibrationError: number;
  readonly weakMean: number;
  readonly strongMean: number;
}

interface Judged {
  readonly probabilities: number[];
  readonly grades: number[];
  readonly scores: number[];
  readonly lengths: number[];
  readonly weak: number[];
  readonly strong: number[];
}

/**
 * Runs a predictor over graded prompts as the gateway would, and measures it set by set.
 *
 * A model that the catalog lists under the very name comes with its facts; of others the name alone is known.
 */
export function evaluateSets(
  { predictor, catalog }: Router,
  prompts: readonly GradedPrompt[],
  part: Part,
  random: Random,
): SetResult[] {
  const abilities = new Map<string, Ability>();
  const abilityOf = (name: string): Ability => {
    const ability =
      abilities.get(name) ?? predictor.ability(catalog.models.get(name) ?? blankModel(name).model);
    abilities.set(name, ability);
    return ability;
  };
  return OUTCOME_SETS.flatMap((set) => {
    const rows = prompts.filter(
      (prompt) =>
        prompt.set === set &&
        !prompt.contaminated &&
        (set.use === 'evaluate' || prompt.part === part),
    );
    const judged = judge(rows, set, (conversation, names) =>
      predictor.predict(readFeatures(conversation), names.map(abilityOf)),
    );
    return judged.weak.length === 0 ? [] : [measure(set, judged, random)];
  });
}

type Predict = (conversation: Conversation, models: readonly string[]) => Prediction;

function judge(rows: readonly GradedPrompt[], set: OutcomeSet, predict: Predict): Judged {
  const judged: Judged = {
    probabilities: [],
    grades: [],
    scores: [],
    lengths: [],
    weak: [],
    strong: [],
  };
  for (const { conversation, outcomes, prompt } of rows) {
    const names = outcomes.map(({ model }) => model);
    const { models } = predict(conversation, names);
    outcomes.forEach(({ score }, i) => {
      judged.probabilities.push(models[i]?.success ?? 0);
      judged.grades.push(score);
    });
    const weak = outcomes.findIndex(({ model }) => model === set.weak);
    const strong = outcomes.findIndex(({ model }) => model === set.strong);
    if (weak < 0 || strong < 0) continue;
    judged.weak.push(outcomes[weak]?.score ?? 0);
    judged.strong.push(outcomes[strong]?.score ?? 0);
    judged.scores.push((models[strong]?.success ?? 0) - (models[weak]?.success ?? 0));
    judged.lengths.push(prompt.length);
  }
  return judged;
}

function measure(set: OutcomeSet, judged: Judged, random: Random): SetResult {
  const { probabilities, grades, scores, lengths, weak, strong } = judged;
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const resampled = (rows: readonly number[]): number => {
    const pick = (values: readonly number[]): number[] => rows.map((row) => values[row] ?? 0);
    return routingCurve(pick(scores), pick(weak), pick(strong)).apgr;
  };
  return {
    set,
    prompts: weak.length,
    curve: routingCurve(scores, weak, strong),
    interval: bootstrapInterval(weak.length, resampled, () => random.next()),
    byLength: routingCurve(lengths, weak, strong).apgr,
    byChance: chanceInterval(weak, strong, random),
    auc: areaUnderRoc(probabilities, grades),
    brier: brierScore(probabilities, grades),
    calibrationError: calibrationError(probabilities, grades),
    weakMean: mean(weak),
    strongMean: mean(strong),
  };
}

const CHANCE_ROUNDS = 200;

function chanceInterval(
  weak: readonly number[],
  strong: readonly number[],
  random: Random,
): Interval {
  const draw = (): number => {
    const scores = weak.map(() => random.next());
    return routingCurve(scores, weak, strong).apgr;
  };
  const values = Array.from({ length: CHANCE_ROUNDS }, draw).sort((a, b) => a - b);
  return { low: quantileOf(values, 0.025), high: quantileOf(values, 0.975) };
}
