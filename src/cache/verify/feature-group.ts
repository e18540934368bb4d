import type { Alignment, UnmatchedWord } from './alignment.js';
import type { AnalysedQuestion } from './analysed-question.js';
import type { DifferenceWeights } from './word-differences.js';
import type { VetoResults } from './veto.js';
import type { WordingWeights } from './wordings.js';

/** What the features of a pair are computed from. */
export interface FeaturePair {
  readonly a: AnalysedQuestion;
  readonly b: AnalysedQuestion;
  readonly alignment: Alignment;
  /** Length of the front part of a vector, which says which words occur. */
  readonly identityDims: number;
  readonly objections: VetoResults;
  readonly differences: DifferenceWeights;
  readonly wordings: WordingWeights;
}

/** Words that only one side has. */
export type Side = readonly UnmatchedWord[];

/**
 * Features that are computed together, because a request waits for the comparison.
 * The numbers are in the order of the names.
 */
export interface FeatureGroup {
  readonly names: readonly string[];
  readonly of: (pair: FeaturePair) => readonly number[];
}

/** Turns each per-side number into two of the pair, minimum and maximum, so that features are symmetric. */
export function minMaxOfSides(
  names: readonly string[],
  of: (side: Side, whole: AnalysedQuestion) => readonly number[],
): FeatureGroup {
  return {
    names: names.flatMap((name) => [`${name}_least`, `${name}_most`]),
    of: ({ a, b, alignment }) => {
      const [left, right] = [of(alignment.left, a), of(alignment.right, b)];
      const both: number[] = [];
      for (let i = 0; i < left.length; i++) {
        const [x, y] = [left[i] ?? 0, right[i] ?? 0];
        both.push(Math.min(x, y), Math.max(x, y));
      }
      return both;
    },
  };
}
