import { FEATURE_NAMES } from '../../../../src/route/dense-features.js';
import { readFeatures } from '../../../../src/route/features.js';
import { logistic } from '../../../../src/route/factor-network.js';
import { fitLogisticLine } from '../../logistic-line.js';
import type { Line } from '../../logistic-line.js';
import { WORDING_TASKS } from '../outcome-sets.js';
import type { GradedPrompt } from '../outcomes.js';
import { promptId, RATED_MODELS } from './rated-prompts.js';
import type { Rating } from './rated-prompts.js';

/** Features that show an exam question, mathematics or code, and the values from which they do. */
const CHECKABLE = { options: 0.1, maths: 0.3, code: 0.3 } as const;

/** Whether an answer can be checked: an exam question, mathematics, or code. Such prompts are the ones with grades. */
export function isCheckable({ conversation }: Pick<GradedPrompt, 'conversation'>): boolean {
  const { dense } = readFeatures(conversation);
  return Object.entries(CHECKABLE).some(([name, least]) => {
    const at = (FEATURE_NAMES as readonly string[]).indexOf(name);
    return (dense[at] ?? 0) >= least;
  });
}

/** The grades of the rated models on a prompt, with their ratings. */
export function gradesOfRated(
  { outcomes }: Pick<GradedPrompt, 'outcomes'>,
  rating: Rating,
): (readonly [rating: number, grade: number])[] {
  return outcomes.flatMap(({ model, score }) => {
    const expected = rating[(RATED_MODELS as readonly string[]).indexOf(model)];
    return expected === undefined ? [] : [[expected, score] as const];
  });
}

/**
 * Log-odds of grades as a line over log-odds of ratings, on prompts of the training part that have both. Every set counts as the root
 * of its number of grades.
 */
export function calibrateRatings(
  graded: readonly GradedPrompt[],
  ratings: ReadonlyMap<string, Rating>,
): Line {
  const bySet = new Map<string, (readonly [number, number])[]>();
  for (const prompt of graded) {
    const rating = ratings.get(promptId(prompt.prompt));
    if (rating === undefined || prompt.part !== 'train' || WORDING_TASKS.has(prompt.task)) continue;
    const pairs = bySet.get(prompt.set.name) ?? [];
    pairs.push(...gradesOfRated(prompt, rating));
    bySet.set(prompt.set.name, pairs);
  }
  const points = [...bySet.values()].flatMap((pairs) =>
    pairs.map(([rating, share]) => ({
      x: logOdds(rating),
      share,
      weight: 1 / Math.sqrt(pairs.length),
    })),
  );
  return fitLogisticLine(points);
}

/** The ratings of a checkable prompt as grades would have been; those of others as they are. */
export function calibrated(prompt: GradedPrompt, { scale, shift }: Line): GradedPrompt {
  if (!isCheckable(prompt)) return prompt;
  return {
    ...prompt,
    outcomes: prompt.outcomes.map((outcome) => ({
      ...outcome,
      score: logistic(scale * logOdds(outcome.score) + shift),
    })),
  };
}

const logOdds = (p: number): number => Math.log(p / (1 - p));
