import * as z from 'zod';
import type { Artefact } from '../../embed/artefact.js';
import type { WordNetworkShape, WordNetworkTables } from './word-network.js';

const step16 = z.int().positive().multipleOf(16);

/** The part of an artefact's header that describes a network. */
export const networkShapeSchema = z.object({
  words: z.int().nonnegative(),
  dims: step16,
  hidden: step16,
});

/** Inputs of a word's comparison: difference and product of two vectors, whether the other text has it, its rarity, and its rarity if missing. */
const inputsOf = (dims: number): number => 2 * dims + 3;

/** @throws {ArtefactError} a table is missing, or its length does not fit the shape */
export function readNetworkTables(
  artefact: Pick<Artefact, 'u32' | 'i8' | 'f32'>,
  { words, dims, hidden }: WordNetworkShape,
): WordNetworkTables {
  return {
    hashes: artefact.u32('networkHashes', words),
    vectors: artefact.i8('networkVectors', words * dims),
    scales: artefact.f32('networkScales', words),
    context: artefact.f32('networkContext', 3 * dims * dims),
    contextBias: artefact.f32('networkContextBias', dims),
    compare: artefact.f32('networkCompare', hidden * inputsOf(dims)),
    compareBias: artefact.f32('networkCompareBias', hidden),
    inner: artefact.f32('networkInner', hidden * hidden),
    innerBias: artefact.f32('networkInnerBias', hidden),
    outer: artefact.f32('networkOuter', 3 * hidden * hidden),
    outerBias: artefact.f32('networkOuterBias', hidden),
    last: artefact.f32('networkLast', hidden + 1),
  };
}
