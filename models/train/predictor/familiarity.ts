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
import { isRated } from './outcome-table.js';
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
  /** Distance that `USUAL_SHARE` of the held-out prompts in a known language stay below. */
  readonly usualDistance: number;
  /** Languages that graded answers are in. */
  readonly languages: readonly string[];
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
  const distances = heldOut.map((vector) => 1 - nearestCentroid(centroids, vector).cosine);
  distances.sort((a, b) => a - b);
  const usualDistance = distances[Math.floor(USUAL_SHARE * distances.length)] ?? 1;
  progress.say(`usual distance ${usualDistance.toFixed(3)} from ${heldOut.length} prompts`);
  return { count: CENTROIDS, centroids, usualDistance, languages };
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

function knownLanguages({ prompts, languages }: OutcomeTable): string[] {
  const counts = new Map<string, number>();
  prompts.forEach(({ part }, row) => {
    const language = languages[row] ?? 'und';
    if (part === 'train') counts.set(language, (counts.get(language) ?? 0) + 1);
  });
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return [...counts]
    .filter(([name, count]) => name !== 'und' && count >= KNOWN_LANGUAGE_SHARE * total)
    .map(([name]) => name)
    .sort();
}
