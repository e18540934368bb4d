import path from 'node:path';
import * as z from 'zod';
import { centreVector } from '../../../src/route/centre-vector.js';
import { at, dot } from '../../../src/route/factor-network.js';
import { readFeatures } from '../../../src/route/features.js';
import { DataError, readJsonl } from '../jsonl.js';
import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import { partOf } from '../split.js';
import type { Part } from '../split.js';
import type { VectorSource } from '../vectors.js';
import { foreignRows, isRated } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';
import { asConversation } from './outcomes.js';

const ROUNDS = 5;

/**
 * Finds unit vectors that represent typical prompts (spherical k-means).
 *
 * @param vectors - unit vectors, all of one length; at least `count`
 * @returns shape [count, dims]
 */
export function findCentroids(
  vectors: readonly Float32Array[],
  count: number,
  random: Random,
): Float32Array {
  const dims = vectors[0]?.length ?? 0;
  const chosen = random.shuffle(vectors.map((_, i) => i)).slice(0, count);
  const centroids = new Float32Array(count * dims);
  chosen.forEach((index, c) => {
    centroids.set(vectors[index] ?? [], c * dims);
  });
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float32Array(count * dims);
    for (const vector of vectors) {
      const { index } = nearestCentroid(centroids, vector);
      for (let i = 0; i < dims; i++)
        sums[index * dims + i] = at(sums, index * dims + i) + at(vector, i);
    }
    for (let c = 0; c < count; c++) {
      const sum = sums.subarray(c * dims, (c + 1) * dims);
      const length = Math.hypot(...sum);
      // A centroid without members stays where it was.
      if (length > 0)
        centroids.set(
          sum.map((value) => value / length),
          c * dims,
        );
    }
  }
  return centroids;
}

/** The centroid with the largest cosine. */
export function nearestCentroid(
  centroids: Float32Array,
  vector: Float32Array,
): { readonly index: number; readonly cosine: number } {
  const count = centroids.length / vector.length;
  let index = 0;
  let cosine = -Infinity;
  for (let c = 0; c < count; c++) {
    const candidate = dot(centroids, c * vector.length, vector);
    if (candidate > cosine) {
      cosine = candidate;
      index = c;
    }
  }
  return { index, cosine };
}

/** What counts as a familiar prompt. */
export interface Familiarity {
  readonly count: number;
  /** Shape [count, dims]. */
  readonly centroids: Float32Array;
  /** Distance that `USUAL_SHARE` of the held-out prompts in a language with graded answers stay below. */
  readonly usualDistance: number;
  /** The same for each language with graded answers or ratings. */
  readonly languages: Readonly<Record<string, number>>;
}

/** What familiarity is learned from. */
export interface FamiliaritySource {
  readonly dataFolder: string;
  readonly table: OutcomeTable;
  readonly vectors: VectorSource;
  readonly random: Random;
  readonly progress: Progress;
}

const CENTROIDS = 96;
const USUAL_SHARE = 0.975;
/** Share of the graded prompts from which a language counts as known; below it are misdetections. */
const KNOWN_LANGUAGE_SHARE = 0.02;
/** The number of rated prompts in another language than English from which it counts as known. */
const FEWEST_RATED = 30;
/** Rated prompts in other languages for each of their centroids. */
const RATED_A_CENTROID = 40;
/** Every n-th unlabelled prompt is read. */
const EVERY = 3;
/** Every n-th graded prompt is used: exam questions are many and similar. */
const GRADED_EVERY = 2;
/** Shorter texts are far from everything and say little. */
const SHORTEST_TEXT = 16;
const promptSchema = z.object({ text: z.string() });

/**
 * Finds centroids of graded and unlabelled prompts, and how far typical prompts are from them.
 *
 * @throws {DataError} there are too few
 */
export async function learnFamiliarity(source: FamiliaritySource): Promise<Familiarity> {
  const { table, vectors, random, progress } = source;
  const languages = knownLanguages(table);
  const isMultilingual = vectors.encoder?.multilingual === true;
  const isUsual = (language: string): boolean => isMultilingual || languages.includes(language);
  const inputs = table.inputs.length / table.prompts.length;
  const near: Float32Array[] = [];
  const heldOut: Float32Array[] = [];
  const sort = (part: Part, vector: Float32Array): void => {
    (part === 'train' ? near : heldOut).push(vector);
  };
  table.prompts.forEach(({ part }, row) => {
    if (row % GRADED_EVERY !== 0 || isRated(table, row)) return;
    if (!isUsual(table.languages[row] ?? '')) return;
    sort(part, table.inputs.subarray(row * inputs, row * inputs + vectors.dims));
  });
  const prompts = await unlabelledPrompts(source.dataFolder, isUsual);
  const encoded = await vectors.encodeAll(prompts.map(({ task }) => task));
  prompts.forEach(({ part }, i) => {
    const vector = encoded[i] ?? new Float32Array(vectors.dims);
    sort(part, table.centre ? centreVector(vector, table.centre, vector.slice()) : vector);
  });
  const usual = isMultilingual ? 'every language' : languages.join(', ') || 'any known language';
  progress.say(`${near.length} prompts in ${usual} to find centres of`);
  if (near.length < CENTROIDS) {
    throw new DataError(
      `${near.length} prompts in ${usual} are too few to tell usual prompts from others; at least ${CENTROIDS} are needed`,
    );
  }
  const centroids = findCentroids(near, CENTROIDS, random);
  const usualDistance = percentile(
    heldOut.map((vector) => 1 - nearestCentroid(centroids, vector).cosine),
  );
  progress.say(`usual distance ${usualDistance.toFixed(3)} from ${heldOut.length} prompts`);
  const graded = {
    count: CENTROIDS,
    centroids,
    usualDistance,
    languages: Object.fromEntries(languages.map((name) => [name, usualDistance])),
  };
  return addRatedLanguages(graded, source);
}

/** Adds centroids of rated prompts in other languages than English, and their usual distance from them. */
function addRatedLanguages(
  graded: Familiarity,
  { table, vectors, random, progress }: FamiliaritySource,
): Familiarity {
  const inputs = table.inputs.length / table.prompts.length;
  const vectorOf = (row: number): Float32Array =>
    table.inputs.subarray(row * inputs, row * inputs + vectors.dims);
  const byLanguage = countBy(foreignRows(table, 'train').map((row) => languageOf(table, row)));
  const names = [...byLanguage].flatMap(([name, count]) =>
    name !== 'und' && !(name in graded.languages) && count >= FEWEST_RATED ? [name] : [],
  );
  const isNamed = (row: number): boolean => names.includes(languageOf(table, row));
  const near = foreignRows(table, 'train').filter(isNamed).map(vectorOf);
  const heldOut = foreignRows(table, 'validation').filter(isNamed).map(vectorOf);
  if (heldOut.length === 0) return graded;
  const added = Math.max(1, Math.round(near.length / RATED_A_CENTROID));
  const centroids = Float32Array.from([...graded.centroids, ...findCentroids(near, added, random)]);
  const usual = percentile(heldOut.map((vector) => 1 - nearestCentroid(centroids, vector).cosine));
  progress.say(
    `usual distance ${usual.toFixed(3)} in ${names.length} other languages, from ${heldOut.length} prompts: ${names.sort().join(', ')}`,
  );
  return {
    ...graded,
    count: graded.count + added,
    centroids,
    languages: {
      ...graded.languages,
      ...Object.fromEntries(names.map((name) => [name, usual])),
    },
  };
}

/** The distance that `USUAL_SHARE` of them stay below. */
function percentile(distances: readonly number[]): number {
  const sorted = [...distances].sort((a, b) => a - b);
  return sorted[Math.floor(USUAL_SHARE * sorted.length)] ?? 1;
}

async function unlabelledPrompts(
  dataFolder: string,
  isUsual: (language: string) => boolean,
): Promise<readonly { readonly part: Part; readonly task: string }[]> {
  const file = path.join(dataFolder, 'text', 'prompts.jsonl.gz');
  const found: { part: Part; task: string }[] = [];
  let line = 0;
  for await (const { text } of readJsonl(file, promptSchema)) {
    line += 1;
    if (line % EVERY !== 0 || text.length < SHORTEST_TEXT) continue;
    const { language, task } = readFeatures(asConversation({ prompt: text }));
    if (isUsual(language)) found.push({ part: partOf(text), task });
  }
  return found;
}

/** Languages that graded prompts are in. */
function knownLanguages(table: OutcomeTable): string[] {
  const counts = countBy(
    table.prompts.flatMap(({ part }, row) =>
      part === 'train' && !isRated(table, row) ? [languageOf(table, row)] : [],
    ),
  );
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .filter(([name, count]) => name !== 'und' && count >= KNOWN_LANGUAGE_SHARE * total)
    .map(([name]) => name)
    .sort();
}

function languageOf({ languages }: OutcomeTable, row: number): string {
  return languages[row] ?? 'und';
}

function countBy(names: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
