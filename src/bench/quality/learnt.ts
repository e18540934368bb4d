import { crossPredict } from './baselines/learner.js';
import type { Learner } from './baselines/learner.js';
import type { BenchSet } from './bench-set.js';

/** The baselines that learn from a set's own graded lines. */
export type LearnerId = 'ridge' | 'neighbours' | 'category';

/** Them, made ready for the lines of one set. */
export type Learners = Readonly<Record<LearnerId, Learner>>;

export const LEARNERS: readonly LearnerId[] = ['ridge', 'neighbours', 'category'];

/** Share of the measured prompts that a model must have answered to be compared with others. */
export const LEAST_COVERAGE = 0.95;

/** What the baselines expect of the models of one set, learnt once for all that is measured on it. */
export interface LearntScores {
  /** The models that answered nearly all of the measured prompts. */
  readonly models: readonly string[];
  /** The score expected of each of these models, by line; `null` where there is too little to learn from. */
  of(id: LearnerId): ReadonlyMap<string, Float64Array> | null;
}

/** @param models - all models of the set */
export function learntScores(
  set: BenchSet,
  models: readonly string[],
  learners: Learners,
): LearntScores {
  const answered = (model: string): number =>
    set.measured.filter((line) => set.lines[line]?.outcomes.has(model) === true).length;
  const covered = models.filter((model) => answered(model) >= LEAST_COVERAGE * set.measured.length);
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
