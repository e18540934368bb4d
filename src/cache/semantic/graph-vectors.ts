import type { HierarchicalNSW } from 'hnswlib-node';
import { ShardedMap } from '../../core/sharded-map.js';
import type { IndexParts, OpenGraph } from './index-parts.js';
import { insertNearest, type Neighbour } from './unit-vector.js';

/**
 * Loads the library that graphs are made with.
 *
 * It is not loaded before it is needed: it is built when the package is installed, and where that
 * could not be done the gateway works without it.
 *
 * @throws {Error} where it was not built
 */
export async function loadGraphs(): Promise<OpenGraph> {
  const { default: library } = await import('hnswlib-node');
  return (dims) => new library.HierarchicalNSW('ip', dims);
}

const LINKS = 16;
/**
 * How hard it is looked for neighbours while a vector is added, and when one is looked for: of questions as
 * people ask them, 160 and 80 find 0.966 of the four nearest of 100,000, and these 0.974 in the same time.
 */
const BUILD_EFFORT = 320;
const SEARCH_EFFORT = 80;
/** The level of a vector in the graph is drawn by this seed: the same vectors make the same graph. */
const SEED = 7;

/** Vectors in a graph: a few hundred of them are looked at to find the nearest of a hundred thousand. */
export class GraphVectors {
  readonly #graph: HierarchicalNSW;
  readonly #alive = new ShardedMap<number, true>();
  readonly #room: number;
  readonly #hollow: number;
  /** What the library is given to read from: it wants an array of its own kind. */
  readonly #numbers: number[];
  #added = 0;

  /** @param room - for so many, removed ones included */
  constructor({ dims, sizes }: Pick<IndexParts, 'dims' | 'sizes'>, room: number, open: OpenGraph) {
    this.#room = room;
    this.#hollow = sizes.hollow;
    this.#numbers = new Array<number>(dims).fill(0);
    this.#graph = open(dims);
    // All the room at once: memory that nothing was written to takes none, and to make room later means to copy.
    this.#graph.initIndex(room, LINKS, BUILD_EFFORT, SEED);
  }

  get size(): number {
    return this.#alive.size;
  }

  /** No more can be added, however many have been removed. */
  get isFull(): boolean {
    return this.#added === this.#room || this.isHollow;
  }

  /** Half of what is in it has been removed, or more: it is better taken apart. */
  get isHollow(): boolean {
    return this.#added >= this.#hollow && this.#alive.size <= this.#added / 2;
  }

  /** Some of what is in it; `undefined` when it is empty. */
  get someId(): number | undefined {
    return this.#alive.keys().next().value;
  }

  has(id: number): boolean {
    return this.#alive.has(id);
  }

  get(id: number): Float32Array | undefined {
    return this.#alive.has(id) ? Float32Array.from(this.#graph.getPoint(id)) : undefined;
  }

  /**
   * @param id - a whole number below 2^32, never added before
   * @param vector - unit length, checked to be
   */
  add(id: number, vector: Float32Array): void {
    this.#graph.addPoint(this.#listed(vector), id);
    this.#alive.set(id, true);
    this.#added += 1;
  }

  /** @returns whether it was there */
  remove(id: number): boolean {
    if (!this.#alive.delete(id)) return false;
    this.#graph.markDelete(id);
    return true;
  }

  /**
   * Puts the nearest into `nearest`, which is never longer than `most`.
   *
   * @param graphs - how many are searched for the same: the nearest of all are fewer in each, and nearer than
   *   others there, so less effort finds as many of them
   */
  search(vector: Float32Array, most: number, nearest: Neighbour[], graphs: number): void {
    if (this.#alive.size === 0) return;
    this.#graph.setEf(Math.round(SEARCH_EFFORT * graphs ** -0.25));
    const count = Math.min(most, this.#alive.size);
    const { neighbors, distances } = this.#graph.searchKnn(this.#listed(vector), count);
    neighbors.forEach((id, i) => {
      insertNearest(nearest, { id, similarity: 1 - (distances[i] ?? 2) }, most);
    });
  }

  #listed(vector: Float32Array): number[] {
    // By index: the iterator of a typed array takes fifteen nanoseconds a number.
    for (let i = 0; i < vector.length; i++) this.#numbers[i] = vector[i] ?? 0;
    return this.#numbers;
  }
}
