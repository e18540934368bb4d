import { inputsOf, kindInput, toKindCentres } from '../../../src/route/factor-network.js';
import type { NetworkShape } from '../../../src/route/factor-network.js';
import type { Random } from '../random.js';
import { findCentroids } from './familiarity.js';
import type { OutcomeTable } from './outcome-table.js';

/** So many prompts a kind are enough to find its centre. */
const PROMPTS_A_KIND = 80;

/** What kinds are found in. */
export interface KindSource {
  readonly shape: NetworkShape;
  /** Of the training part. */
  readonly rows: readonly number[];
  readonly random: Random;
}

/**
 * Finds the kinds of prompts that were graded.
 *
 * @returns `NetworkTables.kindCentres`, shape [kinds, inputs]
 */
export function findKinds(table: OutcomeTable, { shape, rows, random }: KindSource): Float32Array {
  const inputs = inputsOf(shape);
  const sample = random.shuffle([...rows]).slice(0, PROMPTS_A_KIND * shape.kinds);
  const vectors = sample.map((row) =>
    kindInput(table.inputs.subarray(row * inputs, (row + 1) * inputs), shape.embedding),
  );
  const centres = findCentroids(vectors, shape.kinds, random);
  toKindCentres(centres, inputs, shape.embedding);
  return centres;
}
