import { DifferenceWeights } from '../../../src/cache/verify/word-differences.js';
import { WordingWeights } from '../../../src/cache/verify/wordings.js';
import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import { trainDifferences } from './difference-training.js';
import type { Example, PairWeights } from './examples.js';
import { trainWordings } from './wording-training.js';
import type { WordedPair } from './wording-training.js';

type LeftOverWeights = Omit<PairWeights, 'network'>;

/** Weights of left-over words, cross-fitted: trained on one half of the pairs for the other. */
interface WordWeights {
  /** For pairs of that half; trained on the other one. */
  readonly halves: Readonly<Record<Example['half'], LeftOverWeights>>;
  /** For pairs that are not trained on. */
  readonly all: LeftOverWeights & {
    readonly tables: Readonly<Record<'differences' | 'wordings', Float32Array>>;
  };
}

/** Scales log odds to about the size of the other features of a pair. */
const ODDS_SCALE = 1 / 3;

/**
 * Trains the weights of left-over words: first of differences in meaning, then of wordings.
 *
 * The weights used for a pair must not have been trained on it, or the trees would trust them too much.
 */
export function learnWords(
  fit: readonly Example[],
  chance: { readonly random: Random; readonly progress: Progress },
): WordWeights {
  const differences = ofHalves((half) =>
    trainDifferences(
      fit.filter((example) => example.half !== half).map(({ different }) => different),
      chance,
    ),
  );
  const unmet = [new DifferenceWeights(differences[0]), new DifferenceWeights(differences[1])];
  const worded = fit.map((example) => wordedPair(example, unmet[example.half]));
  const wordings = ofHalves((half) =>
    trainWordings(
      worded.filter((_, i) => fit[i]?.half !== half),
      chance.random,
    ),
  );
  const weightsOf = (half: Example['half']): LeftOverWeights => ({
    differences: new DifferenceWeights(differences[half]),
    wordings: new WordingWeights(wordings[half]),
  });
  const tables = { differences: meanOf(differences), wordings: meanOf(wordings) };
  return {
    halves: { 0: weightsOf(0), 1: weightsOf(1) },
    all: {
      differences: new DifferenceWeights(tables.differences),
      wordings: new WordingWeights(tables.wordings),
      tables,
    },
  };
}

function wordedPair(example: Example, unmet: DifferenceWeights | undefined): WordedPair {
  const { different, wordings, set, pair, weight } = example;
  let odds = 0;
  for (const left of different.leftOver) odds += unmet?.logOdds(left) ?? 0;
  return {
    wordings,
    known: [odds * ODDS_SCALE, ...different.whole],
    set,
    label: pair.label,
    weight,
  };
}

type OfHalves = readonly [Float32Array, Float32Array];

const ofHalves = (learn: (half: Example['half']) => Float32Array): OfHalves => [learn(0), learn(1)];

function meanOf([one, other]: OfHalves): Float32Array {
  return Float32Array.from(one, (weight, i) => (weight + (other[i] ?? 0)) / 2);
}
