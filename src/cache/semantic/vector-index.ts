import { FlatVectors } from './flat-vectors.js';
import { GraphVectors } from './graph-vectors.js';
import type { IndexParts, OpenGraph } from './index-parts.js';
import { isUnit, type Neighbour } from './unit-vector.js';
import type { Vectors } from './vectors.js';

/** Vectors moved in one go; one takes about a millisecond, in which no request is served. */
const MOVED_AT_ONCE = 1;
/** Where the list has become longer than can be looked through in no time. */
const MOVED_IN_HASTE = 2;

/**
 * Finds the vectors nearest to another, of those of one partition.
 *
 * What is added goes to a list that is looked through, which takes microseconds; where that grows
 * long, its content is moved into graphs a few vectors at a time, whenever the loop is free. What is
 * removed is found no more from then on; graphs that have become hollow are taken apart.
 */
export class VectorIndex implements Vectors {
  readonly #parts: IndexParts;
  readonly #flat: FlatVectors;
  /** The last of them takes what is moved. */
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
   * @param id - a whole number below 2^32; never one that was used before
   * @param vector - copied
   * @throws {RangeError} for a vector that is not finite, not of length 1 or of another dimension
   */
  add(id: number, vector: Float32Array): void {
    if (!isUnit(vector, this.#parts.dims)) throw new RangeError('not a unit vector');
    this.#flat.add(id, vector);
    this.#moveIfLong();
  }

  /** @returns whether it was there */
  remove(id: number): boolean {
    if (this.#flat.remove(id)) return true;
    const found = this.#graphs.some((graph) => graph.remove(id));
    if (found) this.#graphs = this.#graphs.filter(({ size, isFull }) => size > 0 || !isFull);
    if (found && this.#graphs.some(({ isHollow }) => isHollow)) this.#move();
    return found;
  }

  /**
   * The nearest, the most similar first; of graphs those that are found, 97 to 99 of a hundred.
   *
   * @throws {RangeError} as `add` does
   */
  nearest(vector: Float32Array, most: number): readonly Neighbour[] {
    if (!isUnit(vector, this.#parts.dims)) throw new RangeError('not a unit vector');
    const nearest: Neighbour[] = [];
    this.#flat.search(vector, most, nearest);
    const { length } = this.#graphs;
    for (const graph of this.#graphs) graph.search(vector, most, nearest, length);
    return nearest;
  }

  /** Nothing is moved any more. */
  close(): void {
    this.#isClosed = true;
  }

  #moveIfLong(): void {
    const { flat, flatRest } = this.#parts.sizes;
    const isLong = this.#flat.size > (this.#graphs.length === 0 ? flat : 2 * flatRest);
    if (isLong && this.#parts.openGraph !== null) this.#move();
  }

  #move(): void {
    if (this.#isMoving) return;
    this.#isMoving = true;
    this.#parts.defer(() => {
      this.#isMoving = false;
      if (this.#isClosed) return;
      const isUnfinished = this.#moveSome();
      if (isUnfinished) this.#move();
    });
  }

  /** @returns whether there is more to move */
  #moveSome(): boolean {
    const { openGraph, sizes } = this.#parts;
    const most = this.#flat.size > sizes.flat ? MOVED_IN_HASTE : MOVED_AT_ONCE;
    for (let i = 0; i < most; i++) {
      // One comes out, one goes in: the list must not grow by all that a hollow graph holds.
      if (this.#flat.size <= sizes.flatRest && this.#takeApartOne()) continue;
      const id = this.#flat.someId;
      const isShort = this.#flat.size <= sizes.flatRest;
      if (id === undefined || isShort || openGraph === null) return false;
      const vector = this.#flat.get(id);
      this.#flat.remove(id);
      if (vector !== undefined) this.#openGraph(openGraph).add(id, vector);
    }
    return true;
  }

  /** Takes one vector out of a hollow graph, to be moved to another. */
  #takeApartOne(): boolean {
    const hollow = this.#graphs.find(({ isHollow }) => isHollow);
    const id = hollow?.someId;
    if (hollow === undefined || id === undefined) return false;
    const vector = hollow.get(id);
    hollow.remove(id);
    if (vector !== undefined) this.#flat.add(id, vector);
    if (hollow.size === 0) this.#graphs = this.#graphs.filter((graph) => graph !== hollow);
    return true;
  }

  #openGraph(open: OpenGraph): GraphVectors {
    const last = this.#graphs.at(-1);
    if (last !== undefined && !last.isFull) return last;
    const { sizes } = this.#parts;
    const room = last === undefined ? sizes.graph : sizes.furtherGraph;
    const graph = new GraphVectors(this.#parts, room, open);
    this.#graphs.push(graph);
    return graph;
  }
}
