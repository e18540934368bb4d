import type { Alignment, LeftOver } from './alignment.js';
import type { ComparedQuestion } from './compared-question.js';
import type { DifferenceWeights } from './difference.js';
import type { Objections } from './veto.js';
import type { WordingWeights } from './wording.js';

/** What the features of a pair are computed from. */
export interface Pair {
  readonly a: ComparedQuestion;
  readonly b: ComparedQuestion;
  readonly alignment: Alignment;
  /** Length of the front part of a vector, which says which words occur. */
  readonly identityDims: number;
  readonly objections: Objections;
  readonly differences: DifferenceWeights;
  readonly wordings: WordingWeights;
}

/** Words that only one side has. */
export type Side = readonly LeftOver[];

/**
 * Features that are computed together, because a request waits for the comparison.
 * The numbers are in the order of the names.
 */
export interface FeatureGroup {
  readonly names: readonly string[];
  readonly of: (pair: Pair) => readonly number[];
}

/** Turns each per-side number into two of the pair, minimum and maximum, so that features are symmetric. */
export function ofSides(
  names: readonly string[],
  of: (side: Side, whole: ComparedQuestion) => readonly number[],
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
