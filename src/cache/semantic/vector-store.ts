import type { Neighbour } from './unit-vector.js';

/**
 * The vectors of one partition: the interface of a vector store that can replace the one in this process.
 *
 * All calls are synchronous, so a driver of a remote store has to answer from local memory. An added vector is found
 * by the next call, a removed one is not.
 */
export interface VectorStore {
  /** Vectors that can be found. */
  readonly size: number;
  /**
   * @param id - an integer below 2^32 that was never used before
   * @param vector - copied
   * @throws {RangeError} if the vector is not finite, not of length 1, or of another dimension
   */
  add(id: number, vector: Float32Array): void;
  /** @returns whether it was present */
  remove(id: number): boolean;
  /**
   * The nearest vectors, up to `most`, the most similar first; a few may be missed.
   *
   * @throws {RangeError} as `add` does
   */
  nearest(vector: Float32Array, most: number): readonly Neighbour[];
  /** Stops background work. */
  close(): void;
}

/** Opens an empty vector store for a partition. @param dims - of all its vectors */
export type CreateVectorStore = (dims: number) => VectorStore;
