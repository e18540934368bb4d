import { crossPredict } from './baselines/learner.js';
import type { Learner } from './baselines/learner.js';
import type { BenchSet } from './bench-set.js';

/** The baselines that are trained on a set's own graded lines. */
export type LearnerId = 'ridge' | 'neighbours' | 'category';

/** The trainable baselines, prepared for the lines of one set. */
export type Learners = Readonly<Record<LearnerId, Learner>>;

export const LEARNER_IDS: readonly LearnerId[] = ['ridge', 'neighbours', 'category'];

/** The share of the measured prompts that a model must have answered to take part in comparisons. */
export const MIN_COVERAGE = 0.95;

/** The baselines' predicted scores for the models of one set, computed once for all measurements. */
export interface BaselineScores {
  /** The models that answered at least `MIN_COVERAGE` of the measured prompts. */
  readonly models: readonly string[];
  /** The predicted scores by model, then line; `null` if there are too few lines to train on. */
  of(id: LearnerId): ReadonlyMap<string, Float64Array> | null;
}

/** Trains each baseline when it is first asked for. @param models - all models of the set */
export function baselineScores(
  set: BenchSet,
  models: readonly string[],
  learners: Learners,
): BaselineScores {
  const answered = (model: string): number =>
    set.measured.filter((line) => set.lines[line]?.outcomes.has(model) === true).length;
  const covered = models.filter((model) => answered(model) >= MIN_COVERAGE * set.measured.length);
  const known = new Map<LearnerId, ReadonlyMap<string, Float64Array> | null>();
  return {
    models: covered,
    of: (id) => {
      const scores = known.get(id);
      if (scores !== undefined) return scores;
      const learnt = learn(set, covered, learners[id]);
      known.set(id, learnt);
      return learnt;
    },
  };
}

function learn(
  { lines, folds }: BenchSet,
  models: readonly string[],
  learner: Learner,
): ReadonlyMap<string, Float64Array> | null {
  const targets = models.map((model) =>
    Float64Array.from(lines, ({ outcomes }) => outcomes.get(model)?.score ?? Number.NaN),
  );
  const hasAll = (line: number): boolean => targets.every((of) => !Number.isNaN(of[line]));
  const predicted = crossPredict(learner, folds, targets, hasAll);
  if (predicted === null) return null;
  return new Map(models.map((model, m) => [model, predicted[m] ?? new Float64Array()]));
}
