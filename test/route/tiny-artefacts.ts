import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  EMBEDDER_KIND,
  EMBEDDER_VERSION,
  StaticEmbedder,
} from '../../src/embed/static-embedder.js';
import { FEATURE_NAMES } from '../../src/route/dense-features.js';
import {
  PREDICTOR_KIND,
  PREDICTOR_VERSION,
  type EncoderInfo,
} from '../../src/route/predictor-artefact.js';
import { writeArtefact } from '../../models/train/artefact-writer.js';
import { writeManifest } from '../../models/train/manifest.js';
import { Random } from '../../models/train/random.js';

const EMBEDDING = 64;
const HIDDEN = 4;
const SKILLS = 3;
const MEMBERS = 2;
const MEMORY = { dims: 4, cells: 1, rows: 2, answers: 3 };
const FACTORS = (1 + SKILLS) * MEMBERS;
const BUCKETS = 64;

/** Length of the vectors that the tiny predictor reads. */
export const TINY_EMBEDDING = EMBEDDING;

/**
 * Rows of the tiny embedding table. A predictor with as many `foreignRows` expects of a prompt in another language that only its words
 * make it hard: each of n different ones by 1/√n, in log-odds.
 */
export const TINY_EMBEDDING_ROWS = BUCKETS + 1;

/** Models of the tiny predictor, weakest first. */
export const TINY_MODELS = ['acme/weak-1', 'acme/middle-2024-05-13', 'acme/strong-1'] as const;

const META = {
  shape: {
    embedding: EMBEDDING,
    dense: FEATURE_NAMES.length,
    hidden: HIDDEN,
    skills: SKILLS,
    members: MEMBERS,
  },
  memory: MEMORY,
  models: [...TINY_MODELS],
  centroids: 2,
  usualDistance: 0.9,
  languages: ['en'],
  doubt: { always: 0.02, far: 0.3 },
  strength: {
    mean: 0,
    variance: 1.5,
    pricePower: 0.5,
    log10Price: 0,
    perYear: 0.4,
    year: 2024,
    variancePriced: 0.5,
    common: 0.1,
    benchmarks: { mmlu_pro: { intercept: 0, slope: 0.6, variance: 0.3 } },
  },
  skillVariance: 0.1,
  verbosity: { plain: 0, reasoning: 1 },
};

/** Writes a complete folder of artefacts with small random weights; `change` may damage the predictor's header. */
export function writeTinyArtefacts(
  change: (meta: Record<string, unknown>) => Record<string, unknown> = (meta) => meta,
): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'suffice-artefacts-'));
  const random = new Random(7);
  const embedder = path.join(folder, 'embedder.bin');
  writeArtefact(embedder, {
    kind: EMBEDDER_KIND,
    version: EMBEDDER_VERSION,
    meta: {
      identityDims: EMBEDDING / 2,
      learnedDims: EMBEDDING / 2,
      words: 1,
      pairs: 0,
      buckets: BUCKETS,
      signSeed: 5,
    },
    tables: {
      words: Uint32Array.of(1, 1),
      pairs: new Uint32Array(0),
      gains: new Float32Array(BUCKETS + 1).fill(1),
      scales: new Float32Array(BUCKETS + 1).fill(0.02),
      table: Int8Array.from(
        { length: ((BUCKETS + 1) * EMBEDDING) / 2 },
        () => random.normal() * 40,
      ),
    },
  });
  const { id } = StaticEmbedder.load(embedder);
  writePredictor(path.join(folder, 'predictor.bin'), change({ ...META, embedder: id }), random);
  writeManifest(folder, {
    artefacts: ['embedder.bin', 'predictor.bin'],
    features: FEATURE_NAMES,
  });
  return folder;
}

/** As `writeTinyArtefacts`, for a predictor that was trained for an encoder with this id. */
export function writeEncoderArtefacts(
  id: string,
  note: EncoderInfo = { name: 'Xenova/tiny', multilingual: false },
): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'suffice-artefacts-'));
  const meta = { ...META, embedder: id, encoder: note };
  writePredictor(path.join(folder, 'predictor.bin'), meta, new Random(7));
  writeManifest(folder, { artefacts: ['predictor.bin'], features: FEATURE_NAMES });
  return folder;
}

function writePredictor(file: string, meta: Record<string, unknown>, random: Random): void {
  const inputs = EMBEDDING + FEATURE_NAMES.length;
  const outputs = MEMBERS * (SKILLS + 2);
  const some = (length: number): Float32Array =>
    Float32Array.from({ length }, () => 0.2 * random.normal());
  const centroids = new Float32Array(2 * EMBEDDING);
  centroids[0] = 1;
  centroids[EMBEDDING + 1] = 1;
  writeArtefact(file, {
    kind: PREDICTOR_KIND,
    version: PREDICTOR_VERSION,
    meta,
    tables: {
      dense_mean: new Float32Array(FEATURE_NAMES.length),
      dense_scale: new Float32Array(FEATURE_NAMES.length).fill(0.5),
      hidden_weights: some(MEMBERS * HIDDEN * inputs),
      hidden_bias: some(MEMBERS * HIDDEN),
      head_weights: some(outputs * HIDDEN),
      head_bias: some(outputs),
      transfer_weights: some(inputs),
      length_weights: some(inputs),
      usual_difficulty: some(MEMBERS),
      // General abilities −1, 0 and 1; equal in every skill.
      abilities: Float32Array.from({ length: 3 * FACTORS }, (_, i) =>
        isGeneral(i) ? Math.floor(i / FACTORS) - 1 : 0,
      ),
      ability_variance: Float32Array.of(0.05, 0.05, 0.05),
      skill_variance: Float32Array.of(0.02, 0.02, 0.02),
      verbosity: Float32Array.of(0, 0.2, 0.4),
      released: Float32Array.of(0, 2024.36, 0),
      skill_intercept: new Float32Array(FACTORS),
      skill_slope: Float32Array.from({ length: FACTORS }, (_, i) => (isGeneral(i) ? 1 : 0)),
      centroids,
      memory_projection: some(MEMORY.dims * inputs),
      memory_cell_centres: Float32Array.of(1, 0, 0, 0),
      memory_cell_ends: Int32Array.of(2),
      memory_vectors: Int8Array.of(127, 0, 0, 0, 0, 127, 0, 0),
      memory_answer_ends: Int32Array.of(1, 3),
      memory_answer_models: Int32Array.of(0, 0, 2),
      memory_surprises: Int8Array.of(10, -10, 0),
      memory_variances: new Int8Array(MEMORY.answers).fill(100),
      ...(meta['foreignRows'] === TINY_EMBEDDING_ROWS && {
        foreign_weights: new Float32Array(inputs + 1),
        foreign_rows: new Float32Array(TINY_EMBEDDING_ROWS).fill(1),
      }),
      ...(meta['encoder'] !== undefined && {
        vector_centre: new Float32Array(EMBEDDING).fill(0.1),
      }),
    },
  });
}

function isGeneral(factor: number): boolean {
  return factor % (1 + SKILLS) === 0;
}
