import * as z from 'zod';
import type { Artefact } from '../../embed/artefact.js';
import type { WordNetworkShape, WordNetworkTables } from './word-network.js';

const step16 = z.int().positive().multipleOf(16);

/** What an artefact's header says of a network. */
export const networkShapeSchema = z.object({
  words: z.int().nonnegative(),
  dims: step16,
  hidden: step16,
});

/** Words of a text are compared by their likeness, and by whether the other has them, how rare they are, how rare what is missing. */
const inputsOf = (dims: number): number => 2 * dims + 3;

/** @throws {ArtefactError} a table is missing, or has not the length that the shape says */
export function networkIn(
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
