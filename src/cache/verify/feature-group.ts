import type { Alignment, LeftOver } from './alignment.js';
import type { ComparedQuestion } from './compared-question.js';
import type { DifferenceWeights } from './difference.js';
import type { Objections } from './veto.js';
import type { WordingWeights } from './wording.js';

/** One pair, on its way into features. */
export interface Pair {
  readonly a: ComparedQuestion;
  readonly b: ComparedQuestion;
  readonly alignment: Alignment;
  /** Numbers at the front of a vector that say which words occur. */
  readonly identityDims: number;
  readonly objections: Objections;
  readonly differences: DifferenceWeights;
  readonly wordings: WordingWeights;
}

/** Words that only one side has. */
export type Side = readonly LeftOver[];

/**
 * Some features that are worked out together, in one go: a pair is compared in the time a request waits.
 * The numbers come in the order of the names.
 */
export interface FeatureGroup {
  readonly names: readonly string[];
  readonly of: (pair: Pair) => readonly number[];
}

/** Numbers of each side become two of the pair, for it must not matter who asked first. */
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
