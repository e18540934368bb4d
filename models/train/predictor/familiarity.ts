import path from 'node:path';
import * as z from 'zod';
import type { StaticEmbedder } from '../../../src/embed/static-embedder.js';
import { at, dot } from '../../../src/route/factor-network.js';
import { readJsonl } from '../jsonl.js';
import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import { partOf } from '../split.js';
import type { Part } from '../split.js';
import type { OutcomeTable } from './outcome-table.js';

const ROUNDS = 5;

/**
 * Finds unit vectors that stand for the usual prompts (spherical k-means).
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
      // A centroid that nobody is nearest to stays where it was.
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

/** What counts as a usual prompt. */
export interface Familiarity {
  readonly count: number;
  /** Shape [count, dims]. */
  readonly centroids: Float32Array;
  /** Distance that `USUAL_SHARE` of the held-out prompts stay below. */
  readonly usualDistance: number;
}

/** What familiarity is learned from. */
export interface FamiliaritySource {
  readonly dataFolder: string;
  readonly table: OutcomeTable;
  readonly embedder: StaticEmbedder;
  readonly random: Random;
  readonly progress: Progress;
}

const CENTROIDS = 64;
const USUAL_SHARE = 0.975;
/** Of the unlabelled prompts every so-manieth is read: enough to know what people ask. */
const EVERY = 6;
const promptSchema = z.object({ text: z.string() });

/** Finds the centres of graded and of unlabelled prompts, and how far usual prompts lie from them. */
export async function learnFamiliarity(source: FamiliaritySource): Promise<Familiarity> {
  const { table, embedder, random, progress } = source;
  const inputs = table.inputs.length / table.prompts.length;
  const near: Float32Array[] = [];
  const heldOut: Float32Array[] = [];
  const sort = (part: Part, vector: Float32Array): void => {
    // Without letters or digits there is no direction to learn from.
    if (vector.some((value) => value !== 0)) (part === 'train' ? near : heldOut).push(vector);
  };
  table.prompts.forEach(({ part }, row) => {
    sort(part, table.inputs.subarray(row * inputs, row * inputs + embedder.dims));
  });
  let line = 0;
  for await (const { text } of readJsonl(
    path.join(source.dataFolder, 'text', 'prompts.jsonl.gz'),
    promptSchema,
  )) {
    line += 1;
    if (line % EVERY === 0) sort(partOf(text), embedder.embed(text));
  }
  progress.say(`${near.length} prompts to find centres of`);
  const centroids = findCentroids(near, CENTROIDS, random);
  const distances = heldOut.map((vector) => 1 - nearestCentroid(centroids, vector).cosine);
  distances.sort((a, b) => a - b);
  const usualDistance = distances[Math.floor(USUAL_SHARE * distances.length)] ?? 1;
  progress.say(`usual distance ${usualDistance.toFixed(3)} from ${heldOut.length} prompts`);
  return { count: CENTROIDS, centroids, usualDistance };
}
