import path from 'node:path';
import { loadCatalog } from '../../../src/catalog/load.js';
import type { NetworkShape } from '../../../src/route/factor-network.js';
import { FEATURE_NAMES } from '../../../src/route/dense-features.js';
import type { Progress } from '../progress.js';
import { tableVectors } from '../vectors.js';
import type { VectorSource } from '../vectors.js';
import { KnownModels } from './known-models.js';
import { OUTCOME_SETS } from './outcome-sets.js';
import { tabulate } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';
import { readOutcomes } from './outcomes.js';
import type { GradedPrompt } from './outcomes.js';
import { calibrated, calibrateRatings } from './rated/rating-calibration.js';
import { readRatedPrompts, readRatings } from './rated/rated-prompts.js';
import type { Rating } from './rated/rated-prompts.js';
import type { Hyperparameters } from './train-member.js';

/** Options of a training step: input data and output folder. */
export interface TrainingOptions {
  readonly dataFolder: string;
  /** Holds `embedder.bin` unless `vectors` are given; gets `predictor.bin`. */
  readonly outFolder: string;
  readonly seed: number;
  readonly progress: Progress;
  /** Of an operator's encoder; absent: those of the table in `outFolder`. */
  readonly vectors?: VectorSource | undefined;
  /** Whether rated prompts are left out, so that the predictor learns from graded answers alone. */
  readonly withoutRatings?: boolean | undefined;
}

/**
 * Chosen by leaving out sets of the training part in turn and, as all candidates did about equally well
 * there, on the validation part.
 */
export const RECIPE: Hyperparameters = {
  epochs: 20,
  rate: 0.004,
  hiddenDropout: 0.2,
  inputDropout: 0.1,
  decay: 0.02,
  abilityDecay: 0.01,
  levelDecay: 0.3,
  vectorGain: 4,
  setPower: 0.6,
  lengthWeight: 0.1,
};
const MEMBERS = 2;
const HIDDEN = 64;
const SKILLS = 16;
const CATALOG_FOLDER = path.join(import.meta.dirname, '../../catalog');

/** Everything that a predictor is trained on. */
export interface TrainingData {
  readonly vectors: VectorSource;
  readonly shape: NetworkShape;
  readonly known: KnownModels;
  /** Every graded prompt, including test parts and evaluation sets. */
  readonly all: readonly GradedPrompt[];
  /** See `readRatings`. */
  readonly ratings: ReadonlyMap<string, Rating>;
  /** The training and validation parts of graded prompts, and of rated ones (`isRated`). */
  readonly table: OutcomeTable;
}

/** Reads the training data, in some seconds, or minutes with an encoder. */
export async function readTrainingData(options: TrainingOptions): Promise<TrainingData> {
  const { dataFolder, outFolder, progress, vectors = tableVectors(outFolder) } = options;
  const known = new KnownModels(dataFolder, await loadCatalog(CATALOG_FOLDER));
  const all = await readOutcomes(dataFolder);
  const prompts = all.filter(({ set, part }) => set.use === 'train' && part !== 'test');
  const ratings = options.withoutRatings === true ? new Map<string, Rating>() : await readRatings();
  const rated = options.withoutRatings === true ? [] : await readRated(options, all, ratings);
  progress.say(
    `${prompts.length} of ${all.length} graded prompts of ${OUTCOME_SETS.length} sets, and ${rated.length} rated ones`,
  );
  return {
    vectors,
    shape: {
      embedding: vectors.dims,
      dense: FEATURE_NAMES.length,
      hidden: HIDDEN,
      skills: SKILLS,
      members: MEMBERS,
    },
    known,
    all,
    ratings,
    table: await tabulate([...prompts, ...rated], vectors, progress),
  };
}

/** Rated prompts of the training and validation parts, with calibrated ratings. */
async function readRated(
  { dataFolder, progress }: TrainingOptions,
  graded: readonly GradedPrompt[],
  ratings: ReadonlyMap<string, Rating>,
): Promise<GradedPrompt[]> {
  const line = calibrateRatings(
    graded.filter(({ set }) => set.use === 'train'),
    ratings,
  );
  progress.say(
    `ratings of checkable prompts: log-odds ${line.scale.toFixed(2)} x + ${line.shift.toFixed(2)}`,
  );
  const rated = await readRatedPrompts(dataFolder, ratings, graded);
  return rated.filter(({ part }) => part !== 'test').map((prompt) => calibrated(prompt, line));
}
