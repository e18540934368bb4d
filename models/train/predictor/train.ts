import path from 'node:path';
import { FEATURE_NAMES } from '../../../src/route/dense-features.js';
import { releaseYear } from '../../../src/route/model-strength.js';
import { PREDICTOR_KIND, PREDICTOR_VERSION } from '../../../src/route/predictor-artefact.js';
import type { PredictorMeta } from '../../../src/route/predictor-artefact.js';
import { writeArtefact } from '../artefact-writer.js';
import { writeManifest } from '../manifest.js';
import { Random } from '../random.js';
import { summariseAbilities, usualVerbosity } from './abilities.js';
import type { AbilitySummary } from './abilities.js';
import { calibrate } from './calibrate.js';
import { measureUncertainty } from './uncertainty.js';
import { trainShrunkEnsemble } from './shrink-skills.js';
import { memoryOf } from './ensemble.js';
import type { Ensemble } from './ensemble.js';
import { learnFamiliarity } from './familiarity.js';
import { fitForeignDifficulty } from './foreign-difficulty.js';
import type { Familiarity } from './familiarity.js';
import { OUTCOME_SETS } from './outcome-sets.js';
import { foreignRows, gradedRows, ratedRows } from './outcome-table.js';
import type { GradedPrompt } from './outcomes.js';
import { gradedModels } from './levels.js';
import type { Memory } from './memory.js';
import { readTrainingData, RECIPE } from './training-data.js';
import type { TrainingOptions } from './training-data.js';
import { reportRatedPredictions, reportRatings } from './rated/rating-report.js';
import { reportStrength } from './strength-report.js';
import { strengthOnScale } from './strength-scale.js';

/** Trains the predictor on graded answers and writes it with its part of the manifest; minutes on two cores. */
export async function trainPredictor(options: TrainingOptions): Promise<void> {
  const { dataFolder, outFolder, progress } = options;
  const { vectors, shape, known, all, table, ratings } = await readTrainingData(options);
  const rows = gradedRows(table, 'train');
  const validation = gradedRows(table, 'validation');
  const rated = ratedRows(table, 'train');
  const random = new Random(options.seed);
  const plan = { shape, recipe: RECIPE, known, rows, rated, random, progress };
  const { ensemble, skillVariance } = trainShrunkEnsemble(table, plan);
  const calibration = calibrate(ensemble, table, validation);
  progress.say(
    `calibrated: scale ${calibration.scale.toFixed(3)}, shift ${calibration.shift.toFixed(3)}`,
  );
  const foreign = foreignRows(table, 'train');
  fitForeignDifficulty(ensemble, table, foreign);
  const familiarity = await learnFamiliarity({ dataFolder, table, vectors, random, progress });
  reportRatings(table, rows, ratings, progress);
  const heldOut = {
    rated: ratedRows(table, 'validation'),
    foreign: foreignRows(table, 'validation'),
  };
  reportRatedPredictions(ensemble, table, heldOut, progress);
  const doubt = measureUncertainty({ ...plan, table });
  const abilities = summariseAbilities(ensemble, table, rows, (name) => known.factsOf(name));
  const graded = gradedModels(table, rows, known);
  const strength = strengthOnScale(graded, abilities.fitted, known.catalogModels);
  reportStrength(graded, { rule: strength, catalog: known.catalogModels }, progress);
  const memory = memoryOf(ensemble, table);
  const meta: PredictorMeta = {
    embedder: vectors.id,
    ...(vectors.encoder !== null && { encoder: vectors.encoder }),
    shape,
    memory: memory.shape,
    models: table.models,
    centroids: familiarity.count,
    usualDistance: familiarity.usualDistance,
    foreignRows: ensemble.tables.foreignRows.length,
    languages: familiarity.languages,
    doubt,
    strength,
    skillVariance: abilities.skillVariance,
    verbosity: usualVerbosity(ensemble, table),
  };
  const bytes = writePredictor(path.join(outFolder, 'predictor.bin'), meta, {
    ensemble,
    skillVariance,
    abilities,
    familiarity,
    memory,
    centre: table.centre ?? null,
  });
  record(options, meta, all, {
    trainingRows: rows.length,
    validationRows: validation.length,
    ratedRows: rated.length,
    foreignRatedRows: foreign.length,
  });
  progress.say(`predictor.bin: ${bytes} bytes, ${table.models.length} models`);
}

function record(
  { outFolder, seed, progress }: TrainingOptions,
  { embedder, encoder, shape }: PredictorMeta,
  prompts: readonly GradedPrompt[],
  rows: Readonly<Record<string, number>>,
): void {
  const ofEncoder = encoder && {
    embedder: { encoder: encoder.name, id: embedder, dims: shape.embedding },
  };
  writeManifest(outFolder, {
    artefacts: [...(ofEncoder === undefined ? ['embedder.bin'] : []), 'predictor.bin'],
    features: FEATURE_NAMES,
    ...ofEncoder,
    predictor: {
      seed,
      embedder,
      shape,
      recipe: RECIPE,
      ...rows,
      seconds: Math.round(progress.elapsedS()),
    },
    data: describeData(prompts),
  });
}

interface Trained {
  readonly ensemble: Ensemble;
  readonly skillVariance: Float32Array;
  readonly abilities: AbilitySummary;
  readonly familiarity: Familiarity;
  readonly memory: Memory;
  readonly centre: Float32Array | null;
}

function writePredictor(file: string, meta: PredictorMeta, trained: Trained): number {
  const { ensemble, skillVariance, abilities, familiarity, memory } = trained;
  const { tables } = ensemble;
  return writeArtefact(file, {
    kind: PREDICTOR_KIND,
    version: PREDICTOR_VERSION,
    meta: { ...meta },
    tables: {
      dense_mean: tables.denseMean,
      dense_scale: tables.denseScale,
      hidden_weights: tables.hiddenWeights,
      hidden_bias: tables.hiddenBias,
      head_weights: tables.headWeights,
      head_bias: tables.headBias,
      transfer_weights: tables.transferWeights,
      length_weights: tables.lengthWeights,
      usual_difficulty: tables.usualDifficulty,
      foreign_weights: tables.foreignWeights,
      ...(tables.foreignRows.length > 0 && { foreign_rows: tables.foreignRows }),
      abilities: ensemble.abilities,
      ability_variance: abilities.variance,
      skill_variance: skillVariance,
      verbosity: ensemble.verbosity,
      released: Float32Array.from(
        abilities.fitted,
        ({ facts }) => releaseYear(facts.released) ?? 0,
      ),
      skill_intercept: abilities.skillIntercept,
      skill_slope: abilities.skillSlope,
      centroids: familiarity.centroids,
      memory_projection: memory.tables.projection,
      memory_cell_centres: memory.tables.cellCentres,
      memory_cell_ends: memory.tables.cellEnds,
      memory_vectors: memory.tables.vectors,
      memory_answer_ends: memory.tables.answerEnds,
      memory_answer_models: memory.tables.answerModels,
      memory_surprises: memory.tables.surprises,
      memory_variances: memory.tables.variances,
      ...(trained.centre !== null && { vector_centre: trained.centre }),
    },
  });
}

function describeData(
  prompts: readonly GradedPrompt[],
): { set: string; rows: number; licence: string; use: string }[] {
  return OUTCOME_SETS.map((set) => ({
    set: set.name,
    rows: prompts.filter((prompt) => prompt.set === set).length,
    licence: set.licence,
    use: set.use === 'train' ? 'predictor: train, validation, test' : 'predictor: evaluation only',
  })).filter(({ rows }) => rows > 0);
}
