/** How far the squared length of a vector of 32-bit floats may be from 1. */
const TOLERANCE = 1e-3;

/** A vector that is near another. */
export interface Neighbour {
  readonly id: number;
  /** Cosine, -1 to 1. */
  readonly similarity: number;
}

/**
 * Whether a vector is valid: of the right dimension, finite, and of length 1.
 *
 * Other vectors must not reach an index: with NaN, hnswlib finds arbitrary neighbours, and with anything that is not a
 * number it ends the process.
 */
export function isUnitVector(vector: Float32Array, dims: number): boolean {
  if (vector.length !== dims) return false;
  const square = dot(vector, vector);
  // NaN fails this comparison, too.
  return Math.abs(square - 1) <= TOLERANCE;
}

/** The inner product of two vectors of the same dimension. */
export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  let i = 0;
  while (i < a.length) {
    sum += (a[i] ?? 0) * (b[i] ?? 0);
    i += 1;
  }
  return sum;
}

/** Inserts a neighbour into a list that is sorted by similarity, the highest first, and has at most `most` items. */
export function insertNearest(nearest: Neighbour[], neighbour: Neighbour, most: number): void {
  const last = nearest.at(-1);
  if (nearest.length >= most && (last?.similarity ?? -Infinity) >= neighbour.similarity) return;
  const at = nearest.findIndex(({ similarity }) => similarity < neighbour.similarity);
  nearest.splice(at < 0 ? nearest.length : at, 0, neighbour);
  if (nearest.length > most) nearest.pop();
}
