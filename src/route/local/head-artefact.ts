import * as z from 'zod';
import { ArtefactError, openArtefact } from '../../embed/artefact.js';
import { packArtefact } from '../../embed/pack-artefact.js';
import { layoutOf, type Standardisation } from './head-inputs.js';
import type { HeadTables } from './local-head.js';
import { GRAM_BUCKETS } from './word-grams.js';

const KIND = 'local-head';
const VERSION = 4;

const size = z
  .int()
  .nonnegative()
  .max(1 << 20);
const interval = z.strictObject({
  was: z.number(),
  is: z.number(),
  low: z.number(),
  high: z.number(),
});

const meta = z.strictObject({
  predictor: z.string(),
  created: z.string(),
  data: z.array(z.strictObject({ file: z.string(), sha256: z.string() })),
  prompts: size,
  answers: size,
  trust: z.number().min(0).max(1),
  /** Gains in cross-validation: each measure before and after, and the interval of the difference. */
  gains: z.record(z.string(), interval),
  models: z.array(z.string()).min(1),
  anchors: z.tuple([size, size]),
  components: size.min(1),
  dense: size,
  embedding: size,
  rare: size,
  grams: size,
  landmarks: size,
  usualDistance: z.number().positive(),
  languages: z.record(z.string(), z.number().positive()).nullable(),
});

/** Metadata of a head. */
export interface HeadRecord {
  /** `Predictor.revision` that it corrects; it is not valid for another. */
  readonly predictor: string;
  /** ISO 8601. */
  readonly created: string;
  readonly data: readonly { readonly file: string; readonly sha256: string }[];
  readonly prompts: number;
  readonly answers: number;
  readonly trust: number;
  readonly gains: Readonly<Record<string, Gain>>;
}

/** A measure before and after, and the 95 % interval of the difference. */
export interface Gain {
  readonly was: number;
  readonly is: number;
  readonly low: number;
  readonly high: number;
}

/** A head as stored in a file. */
export interface StoredHead {
  readonly record: HeadRecord;
  readonly tables: HeadTables;
  /** 32-bit hashes of the prompts it was fitted on, ascending. */
  readonly seen: Uint32Array;
  /** First 12 hex digits of the file's SHA-256. */
  readonly hash: string;
}

/** Serialises a head. */
export function packHead({ record, tables, seen }: Omit<StoredHead, 'hash'>): Buffer {
  const { standard, models, anchors, known } = tables;
  const rareAt = Int32Array.from(
    Array.from(standard.rarity.keys()).filter((bucket) => standard.rarity[bucket] !== 0),
  );
  return packArtefact({
    kind: KIND,
    version: VERSION,
    meta: {
      ...record,
      models,
      anchors,
      components: tables.loads.length / models.length,
      dense: standard.mean.length - 2,
      embedding: standard.vectorMean.length,
      rare: rareAt.length,
      grams: tables.gramsInUse.length,
      landmarks: known.landmarks.length / Math.max(1, standard.vectorMean.length),
      usualDistance: known.usualDistance,
      languages: known.languages && Object.fromEntries(known.languages),
    },
    tables: {
      mean: standard.mean,
      scale: standard.scale,
      vectorMean: standard.vectorMean,
      rareAt,
      rarity: Float32Array.from(rareAt, (bucket) => standard.rarity[bucket] ?? 0),
      shifts: tables.shifts,
      deviations: tables.deviations,
      modelAnswers: tables.answers,
      loads: tables.loads,
      inputWeights: tables.inputWeights,
      gramsInUse: tables.gramsInUse,
      gramWeights: tables.gramWeights,
      landmarks: known.landmarks,
      seen,
    },
  });
}

/**
 * Reads and checks a head.
 *
 * @param source - a path, or the bytes themselves
 * @throws {ArtefactError} the file is missing, damaged, or of another kind or version
 */
export function readHead(source: string | Buffer): StoredHead {
  const artefact = openArtefact(source, { kind: KIND, version: VERSION });
  const parsed = meta.safeParse(artefact.meta);
  if (!parsed.success) {
    const message = `the header is damaged: ${z.prettifyError(parsed.error)}`;
    throw new ArtefactError(artefact.file, message);
  }
  const { models, anchors, components, dense, embedding, rare, grams, ...others } = parsed.data;
  const { landmarks, usualDistance, languages, ...record } = others;
  const rarity = new Float32Array(GRAM_BUCKETS);
  const rareAt = bucketsOf(artefact.i32('rareAt', rare), artefact.file);
  artefact.f32('rarity', rare).forEach((value, i) => {
    rarity[rareAt[i] ?? 0] = value;
  });
  const standard: Standardisation = {
    mean: artefact.f32('mean', dense + 2),
    scale: artefact.f32('scale', dense + 2),
    vectorMean: artefact.f32('vectorMean', embedding),
    rarity,
  };
  if (anchors.some((anchor) => anchor >= models.length)) {
    throw new ArtefactError(artefact.file, 'the header is damaged: there is no such anchor');
  }
  return {
    record,
    hash: artefact.hash,
    seen: artefact.u32('seen', record.prompts),
    tables: {
      models,
      anchors,
      standard,
      known: {
        landmarks: artefact.f32('landmarks', landmarks * embedding),
        usualDistance,
        languages: languages && new Map(Object.entries(languages)),
      },
      answers: artefact.i32('modelAnswers', models.length),
      shifts: artefact.f32('shifts', models.length + 1),
      deviations: artefact.f32('deviations', models.length + 1),
      loads: artefact.f32('loads', components * models.length),
      inputWeights: artefact.f32('inputWeights', components * layoutOf(standard).length),
      gramsInUse: bucketsOf(artefact.i32('gramsInUse', grams), artefact.file),
      gramWeights: artefact.f32('gramWeights', grams * components),
    },
  };
}

function bucketsOf(values: Int32Array, file: string): Int32Array {
  if (values.every((value) => value >= 0 && value < GRAM_BUCKETS)) return values;
  throw new ArtefactError(file, 'a table names a bucket that does not exist');
}
