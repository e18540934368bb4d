import type { HierarchicalNSW } from 'hnswlib-node';
import { ShardedMap } from '../../core/sharded-map.js';
import type { IndexParts, CreateGraph } from './index-parts.js';
import { insertNearest, type Neighbour } from './unit-vector.js';

/**
 * Loads `hnswlib-node`.
 *
 * It is loaded on demand: it is a native module that is built at installation, and the gateway works without it if
 * that failed.
 *
 * @throws {Error} if it was not built
 */
export async function loadHnswlib(): Promise<CreateGraph> {
  const { default: library } = await import('hnswlib-node');
  return (dims) => new library.HierarchicalNSW('ip', dims);
}

/** `M` of HNSW: links per vector and layer. */
const LINKS = 16;
/**
 * `efConstruction` and `ef` of HNSW. On questions as people ask them, 160 and 80 find 0.966 of the four nearest of
 * 100,000, and these 0.974 in the same time.
 */
const EF_CONSTRUCTION = 320;
const EF_SEARCH = 80;
/** Of the random layers of vectors: the same vectors make the same graph. */
const SEED = 7;

/** Vectors in an HNSW graph: a search visits a few hundred of a hundred thousand. */
export class GraphVectors {
  readonly #graph: HierarchicalNSW;
  readonly #ids = new ShardedMap<number, true>();
  readonly #capacity: number;
  readonly #sparseMin: number;
  /** Buffer for vectors passed to the library, which takes plain arrays only. */
  readonly #buffer: number[];
  #added = 0;

  /** @param capacity - number of vectors, including removed ones */
  constructor(
    { dims, sizes }: Pick<IndexParts, 'dims' | 'sizes'>,
    capacity: number,
    open: CreateGraph,
  ) {
    this.#capacity = capacity;
    this.#sparseMin = sizes.sparseMin;
    this.#buffer = new Array<number>(dims).fill(0);
    this.#graph = open(dims);
    // Full capacity at once: untouched memory is not allocated, and growing later would copy.
    this.#graph.initIndex(capacity, LINKS, EF_CONSTRUCTION, SEED);
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Whether nothing can be added any more; removed vectors do not free capacity. */
  get isFull(): boolean {
    return this.#added === this.#capacity || this.isSparse;
  }

  /** Whether half of its vectors or more were removed: it should be dissolved. */
  get isSparse(): boolean {
    return this.#added >= this.#sparseMin && this.#ids.size <= this.#added / 2;
  }

  /** Id of any of its vectors; `undefined` if it is empty. */
  get someId(): number | undefined {
    return this.#ids.keys().next().value;
  }

  has(id: number): boolean {
    return this.#ids.has(id);
  }

  get(id: number): Float32Array | undefined {
    return this.#ids.has(id) ? Float32Array.from(this.#graph.getPoint(id)) : undefined;
  }

  /**
   * @param id - a whole number below 2^32, never added before
   * @param vector - of length 1; the caller has to check
   */
  add(id: number, vector: Float32Array): void {
    this.#graph.addPoint(this.#toArray(vector), id);
    this.#ids.set(id, true);
    this.#added += 1;
  }

  /** @returns whether it was present */
  remove(id: number): boolean {
    if (!this.#ids.delete(id)) return false;
    this.#graph.markDelete(id);
    return true;
  }

  /**
   * Merges the nearest vectors into `nearest`, up to `most`.
   *
   * @param graphs - number of graphs that are searched: each has fewer of the overall nearest, so a smaller `ef`
   *   finds as many of them
   */
  search(vector: Float32Array, most: number, nearest: Neighbour[], graphs: number): void {
    if (this.#ids.size === 0) return;
    this.#graph.setEf(Math.round(EF_SEARCH * graphs ** -0.25));
    const count = Math.min(most, this.#ids.size);
    const { neighbors, distances } = this.#graph.searchKnn(this.#toArray(vector), count);
    neighbors.forEach((id, i) => {
      insertNearest(nearest, { id, similarity: 1 - (distances[i] ?? 2) }, most);
    });
  }

  #toArray(vector: Float32Array): number[] {
    // By index: the iterator of a typed array takes fifteen nanoseconds per number.
    for (let i = 0; i < vector.length; i++) this.#buffer[i] = vector[i] ?? 0;
    return this.#buffer;
  }
}
