import type { Learner } from './baselines/learner.js';

/** The baselines that learn from a set's own graded lines. */
export type LearnerId = 'ridge' | 'neighbours' | 'category';

/** Them, made ready for the lines of one set. */
export type Learners = Readonly<Record<LearnerId, Learner>>;

export const LEARNERS: readonly LearnerId[] = ['ridge', 'neighbours', 'category'];
