import { FlatVectors } from './flat-vectors.js';
import { GraphVectors } from './graph-vectors.js';
import type { IndexParts, CreateGraph } from './index-parts.js';
import { isUnitVector, type Neighbour } from './unit-vector.js';
import type { VectorStore } from './vector-store.js';

/** Vectors moved per turn; each blocks the event loop for about a millisecond. */
const MOVED_PER_TURN = 1;
/** While the list is too long for a fast exhaustive search. */
const MOVED_PER_TURN_IF_LONG = 2;

/**
 * Finds the nearest vectors in one partition.
 *
 * New vectors go to a list with exhaustive search, which takes microseconds. When the list grows long, its vectors are
 * moved to HNSW graphs, a few at a time, when the event loop is free. Removed vectors are never found again; graphs
 * with many of them are dissolved.
 */
export class VectorIndex implements VectorStore {
  readonly #parts: IndexParts;
  readonly #flat: FlatVectors;
  /** Vectors are moved to the last one. */
  #graphs: GraphVectors[] = [];
  #isMoving = false;
  #isClosed = false;

  constructor(parts: IndexParts) {
    this.#parts = parts;
    this.#flat = new FlatVectors(parts.dims);
  }

  get size(): number {
    return this.#graphs.reduce((sum, graph) => sum + graph.size, this.#flat.size);
  }

  /** How many of the vectors are in graphs. */
  get inGraphs(): number {
    return this.size - this.#flat.size;
  }

  /**
   * @param id - an integer below 2^32 that was never used before
   * @param vector - copied
   * @throws {RangeError} if the vector is not finite, not of length 1, or of another dimension
   */
  add(id: number, vector: Float32Array): void {
    if (!isUnitVector(vector, this.#parts.dims)) throw new RangeError('not a unit vector');
    this.#flat.add(id, vector);
    this.#moveIfLong();
  }

  /** @returns whether it was present */
  remove(id: number): boolean {
    if (this.#flat.remove(id)) return true;
    const found = this.#graphs.some((graph) => graph.remove(id));
    if (found) this.#graphs = this.#graphs.filter(({ size, isFull }) => size > 0 || !isFull);
    if (found && this.#graphs.some(({ isSparse }) => isSparse)) this.#move();
    return found;
  }

  /**
   * The nearest vectors, the most similar first. The list is exact; graphs find 97 to 99 of 100.
   *
   * @throws {RangeError} as `add` does
   */
  nearest(vector: Float32Array, most: number): readonly Neighbour[] {
    if (!isUnitVector(vector, this.#parts.dims)) throw new RangeError('not a unit vector');
    const nearest: Neighbour[] = [];
    this.#flat.search(vector, most, nearest);
    const { length } = this.#graphs;
    for (const graph of this.#graphs) graph.search(vector, most, nearest, length);
    return nearest;
  }

  /** Stops background work. */
  close(): void {
    this.#isClosed = true;
  }

  #moveIfLong(): void {
    const { flat, flatTail } = this.#parts.sizes;
    const isLong = this.#flat.size > (this.#graphs.length === 0 ? flat : 2 * flatTail);
    if (isLong && this.#parts.openGraph !== null) this.#move();
  }

  #move(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    this.#parts.defer(() => {
      this.#isMoving = false;
      if (this.#isClosed) return;
      const hasMore = this.#moveSome();
      if (hasMore) this.#move();
    });
  }

  /** @returns whether there is more to move */
  #moveSome(): boolean {
    const { openGraph, sizes } = this.#parts;
    const most = this.#flat.size > sizes.flat ? MOVED_PER_TURN_IF_LONG : MOVED_PER_TURN;
    for (let i = 0; i < most; i++) {
      // One out, one in: the list must not grow by all vectors of a dissolved graph.
      if (this.#flat.size <= sizes.flatTail && this.#dissolveOne()) continue;
      const id = this.#flat.someId;
      const isShort = this.#flat.size <= sizes.flatTail;
      if (id === undefined || isShort || openGraph === null) return false;
      const vector = this.#flat.get(id);
      this.#flat.remove(id);
      if (vector !== undefined) this.#targetGraph(openGraph).add(id, vector);
    }
    return true;
  }

  /** Moves one vector from a sparse graph to the list. */
  #dissolveOne(): boolean {
    const sparse = this.#graphs.find(({ isSparse }) => isSparse);
    const id = sparse?.someId;
    if (sparse === undefined || id === undefined) return false;
    const vector = sparse.get(id);
    sparse.remove(id);
    if (vector !== undefined) this.#flat.add(id, vector);
    if (sparse.size === 0) this.#graphs = this.#graphs.filter((graph) => graph !== sparse);
    return true;
  }

  #targetGraph(open: CreateGraph): GraphVectors {
    const last = this.#graphs.at(-1);
    if (last !== undefined && !last.isFull) return last;
    const { sizes } = this.#parts;
    const capacity = last === undefined ? sizes.graph : sizes.furtherGraph;
    const graph = new GraphVectors(this.#parts, capacity, open);
    this.#graphs.push(graph);
    return graph;
  }
}
