import type { Neighbour } from './unit-vector.js';

/**
 * The vectors of one partition, wherever they are kept: what a store of vectors has to do to be used in place
 * of the one in this process.
 *
 * Every call answers at once, on the loop, so a driver of something remote keeps here what it answers from.
 * What was added is found by the next call, and what was removed is not.
 */
export interface Vectors {
  /** Vectors that can be found. */
  readonly size: number;
  /**
   * @param id - a whole number below 2^32; never one that was used before
   * @param vector - copied
   * @throws {RangeError} for a vector that is not finite, not of length 1 or of another dimension
   */
  add(id: number, vector: Float32Array): void;
  /** @returns whether it was there */
  remove(id: number): boolean;
  /**
   * The nearest, the most similar first; a few may be missed.
   *
   * @throws {RangeError} as `add` does
   */
  nearest(vector: Float32Array, most: number): readonly Neighbour[];
  /** Does nothing any more of its own accord. */
  close(): void;
}

/** Opens the vectors of a partition, empty. @param dims - that all of them have */
export type OpenVectors = (dims: number) => Vectors;
