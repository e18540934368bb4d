import * as z from 'zod';
import { ArtefactError, openArtefact } from '../embed/artefact.js';
import type { Artefact } from '../embed/artefact.js';
import { EXTRA_OUTPUTS, factorsOf, inputsOf, usualForeignWeights } from './factor-network.js';
import type { NetworkShape, NetworkTables } from './factor-network.js';
import type { MemoryShape, MemoryTables } from './graded-memory.js';
import { NO_MODEL } from './graded-memory.js';
import type { StrengthRule } from './model-strength.js';

/** Kind of artefact in the header of `models/predictor.bin`. */
export const PREDICTOR_KIND = 'factor-predictor';
/** Version of the tables' meaning; other versions are refused. */
export const PREDICTOR_VERSION = 3;

const size = z.int().positive().max(4096);
const count = z.int().positive();
const figure = z.number();
const distance = z.number().positive();
const variance = z.number().positive();

/** Value of `strength.common` for artefacts without it. */
const DEFAULT_COMMON_VARIANCE = 0.25;

const metaSchema = z.object({
  embedder: z.string(),
  encoder: z.strictObject({ name: z.string(), multilingual: z.boolean() }).optional(),
  shape: z.strictObject({
    embedding: size,
    dense: size,
    hidden: size,
    skills: size,
    members: size,
  }),
  memory: z.strictObject({ dims: size, cells: size, rows: count, answers: count }),
  models: z.array(z.string()),
  centroids: size,
  /** 97.5th percentile of known prompts' distances to the nearest centroid. */
  usualDistance: distance,
  foreignRows: z.int().nonnegative().default(0),
  languages: z.union([z.record(z.string(), distance), z.array(z.string())]),
  /** Variance of log-odds that the network cannot explain: for all prompts, and in addition for far ones. */
  doubt: z.strictObject({ always: variance, far: variance }),
  strength: z.strictObject({
    mean: figure,
    variance,
    pricePower: z.number().nonnegative(),
    log10Price: figure,
    perYear: z.number().nonnegative(),
    year: figure,
    variancePriced: variance,
    common: z.number().nonnegative().default(DEFAULT_COMMON_VARIANCE),
    benchmarks: z.record(
      z.string(),
      z.strictObject({ intercept: figure, slope: z.number().positive(), variance }),
    ),
    size: z
      .strictObject({ intercept: figure, slope: z.number().nonnegative(), variance })
      .optional(),
  }),
  /** Variance of a skill that strength does not explain. */
  skillVariance: variance,
  verbosity: z.strictObject({ plain: figure, reasoning: figure }),
});

/** All trained tables, checked for shape; see `models/MODEL_CARD.md`. */
export interface PredictorTables {
  readonly meta: PredictorMeta;
  readonly network: NetworkTables;
  readonly memory: MemoryTables;
  /** Log-odds of each model in general and in each skill, shape [models, members × (1 + skills)]. */
  readonly abilities: Float32Array;
  /** Variance of a fitted model's abilities, shape [models]. */
  readonly abilityVariance: Float32Array;
  /** Variance of log-odds by uncertain skills, on prompts like graded ones; shape [models]. */
  readonly skillVariance: Float32Array;
  /** Added to the natural logarithm of the answer's tokens, shape [models]. */
  readonly verbosity: Float32Array;
  /** Decimal year of release, 0 where unknown, shape [models]. */
  readonly released: Float32Array;
  /** Regression of abilities on strength: intercepts and slopes, shape [members × (1 + skills)] each. */
  readonly skillIntercept: Float32Array;
  readonly skillSlope: Float32Array;
  /** Unit vectors, shape [centroids, embedding]. */
  readonly centroids: Float32Array;
  /** Mean vector that is subtracted by `centreVector`, shape [embedding]; `null` if vectors are used unchanged. */
  readonly centre: Float32Array | null;
}

/** The operator's transformer that a predictor was trained with instead of the static embedder. */
export interface EncoderInfo {
  /** Its name at training: a folder, or a model on the Hugging Face hub. */
  readonly name: string;
  /** Whether its vectors mean the same in every language, so that training in English holds for all. */
  readonly multilingual: boolean;
}

/** The header of the predictor's artefact. */
export interface PredictorMeta {
  /** `StaticEmbedder.id` of the embedder the network was trained with, or `Encoder.id`. */
  readonly embedder: string;
  /** Absent for the static embedder. */
  readonly encoder?: EncoderInfo | undefined;
  readonly shape: NetworkShape;
  readonly memory: MemoryShape;
  /** Models with graded answers, in the order of the tables. */
  readonly models: readonly string[];
  readonly centroids: number;
  readonly usualDistance: number;
  /** Rows of the embedding table with a difficulty in other languages than English: all, or 0. */
  readonly foreignRows: number;
  /** `usualDistance` of prompts in each known language, by `Features.language`. */
  readonly languages: Readonly<Record<string, number>>;
  readonly doubt: { readonly always: number; readonly far: number };
  readonly strength: StrengthRule;
  readonly skillVariance: number;
  readonly verbosity: { readonly plain: number; readonly reasoning: number };
}

/**
 * Reads a trained predictor.
 *
 * @param source - a path, or the bytes themselves
 * @throws {ArtefactError} the file is missing, truncated, of another kind or version, or damaged
 */
export function readPredictorArtefact(source: string | Buffer): PredictorTables {
  const artefact = openArtefact(source, { kind: PREDICTOR_KIND, version: PREDICTOR_VERSION });
  const parsed = metaSchema.safeParse(artefact.meta);
  if (!parsed.success) {
    throw new ArtefactError(
      artefact.file,
      `the header is damaged: ${z.prettifyError(parsed.error)}`,
    );
  }
  const meta = { ...parsed.data, languages: distancesByLanguage(parsed.data) };
  const { shape } = meta;
  const factors = factorsOf(shape);
  return {
    meta,
    network: readNetwork(artefact, meta),
    memory: readMemory(artefact, meta),
    abilities: artefact.f32('abilities', meta.models.length * factors),
    abilityVariance: artefact.f32('ability_variance', meta.models.length),
    skillVariance: readSkillVariance(artefact, meta.models.length),
    verbosity: artefact.f32('verbosity', meta.models.length),
    released: artefact.f32('released', meta.models.length),
    skillIntercept: artefact.f32('skill_intercept', factors),
    skillSlope: artefact.f32('skill_slope', factors),
    centroids: artefact.f32('centroids', meta.centroids * shape.embedding),
    centre: meta.encoder === undefined ? null : artefact.f32('vector_centre', shape.embedding),
  };
}

/** Artefacts of earlier versions have one distance for all their languages. */
function distancesByLanguage({
  languages,
  usualDistance,
}: z.infer<typeof metaSchema>): Record<string, number> {
  if (!Array.isArray(languages)) return languages;
  return Object.fromEntries(languages.map((name) => [name, usualDistance]));
}

/** 0 for artefacts of earlier versions, which have no such table. */
function readSkillVariance(artefact: Artefact, models: number): Float32Array {
  const isKnown = artefact.has('skill_variance');
  return isKnown ? artefact.f32('skill_variance', models) : new Float32Array(models);
}

function readNetwork(artefact: Artefact, { shape, foreignRows }: PredictorMeta): NetworkTables {
  const { dense, hidden, skills, members } = shape;
  const inputs = inputsOf(shape);
  const outputs = members * (skills + EXTRA_OUTPUTS);
  const tables = {
    denseMean: artefact.f32('dense_mean', dense),
    denseScale: artefact.f32('dense_scale', dense),
    hiddenWeights: artefact.f32('hidden_weights', members * hidden * inputs),
    hiddenBias: artefact.f32('hidden_bias', members * hidden),
    headWeights: artefact.f32('head_weights', outputs * hidden),
    headBias: artefact.f32('head_bias', outputs),
    transferWeights: artefact.f32('transfer_weights', inputs),
    lengthWeights: artefact.f32('length_weights', inputs),
    usualDifficulty: artefact.f32('usual_difficulty', members),
  };
  // Artefacts of earlier versions learned nothing about other languages.
  const isForeignKnown = artefact.has('foreign_weights');
  return {
    ...tables,
    foreignWeights: isForeignKnown
      ? artefact.f32('foreign_weights', inputs + 1)
      : usualForeignWeights(tables),
    foreignRows:
      foreignRows === 0 ? new Float32Array(0) : artefact.f32('foreign_rows', foreignRows),
  };
}

function readMemory(artefact: Artefact, { shape, memory, models }: PredictorMeta): MemoryTables {
  const { dims, cells, rows, answers } = memory;
  const tables = {
    projection: artefact.f32('memory_projection', dims * inputsOf(shape)),
    cellCentres: artefact.f32('memory_cell_centres', cells * dims),
    cellEnds: artefact.i32('memory_cell_ends', cells),
    vectors: artefact.i8('memory_vectors', rows * dims),
    answerEnds: artefact.i32('memory_answer_ends', rows),
    answerModels: artefact.i32('memory_answer_models', answers),
    surprises: artefact.i8('memory_surprises', answers),
    variances: artefact.i8('memory_variances', answers),
  };
  checkAscending(artefact, 'memory_cell_ends', tables.cellEnds, rows);
  checkAscending(artefact, 'memory_answer_ends', tables.answerEnds, answers);
  if (!tables.answerModels.every((model) => model >= NO_MODEL && model < models.length)) {
    throw new ArtefactError(artefact.file, 'table memory_answer_models names an unknown model');
  }
  return tables;
}

/** Checks end indices of consecutive ranges: ascending, from 0 or more to `last`. */
function checkAscending(artefact: Artefact, table: string, ends: Int32Array, last: number): void {
  const isAscending = ends.every((end, i) => end >= (ends[i - 1] ?? 0));
  if (!isAscending || ends.at(-1) !== last) {
    throw new ArtefactError(artefact.file, `table ${table} does not rise to ${last}`);
  }
}
