import { rowBlock, type RowBlock } from '../../embed/row-block.js';
import { insertNearest, type Neighbour } from './unit-vector.js';

const MIN_ROWS = 2;
/**
 * Rows of a full block. Usually there is one; beyond that, blocks are added one at a time: reallocating and copying a
 * hundred thousand vectors would block the event loop for a tenth of a second.
 */
const BLOCK_ROWS = 4_096;

/** Vectors with exhaustive search: exact, and fastest for small numbers. */
export class FlatVectors {
  readonly #dims: number;
  readonly #ids: number[] = [];
  readonly #rows = new Map<number, number>();
  /** All blocks have `BLOCK_ROWS` rows, except for the first one while it is the only one. */
  readonly #blocks: RowBlock[];

  constructor(dims: number) {
    this.#dims = dims;
    this.#blocks = [rowBlock(MIN_ROWS, dims)];
  }

  get size(): number {
    return this.#ids.length;
  }

  /** Number of vectors that fit without growing. */
  get capacity(): number {
    return this.#blocks.reduce((sum, { capacity }) => sum + capacity, 0);
  }

  /** Id of one of the oldest vectors; `undefined` if there is none. */
  get someId(): number | undefined {
    return this.#ids[0];
  }

  has(id: number): boolean {
    return this.#rows.has(id);
  }

  /** A copy of its vector. */
  get(id: number): Float32Array | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : this.#row(row).slice();
  }

  /** @param vector - of length 1; copied */
  add(id: number, vector: Float32Array): void {
    const row = this.#rows.get(id) ?? this.size;
    if (row === this.capacity) this.#grow();
    this.#row(row).set(vector);
    this.#ids[row] = id;
    this.#rows.set(id, row);
  }

  /** @returns whether it was present */
  remove(id: number): boolean {
    const row = this.#rows.get(id);
    const lastId = this.#ids.at(-1);
    if (row === undefined || lastId === undefined) return false;
    const last = this.#ids.length - 1;
    if (row !== last) {
      this.#row(row).set(this.#row(last));
      this.#ids[row] = lastId;
      this.#rows.set(lastId, row);
    }
    this.#ids.pop();
    this.#rows.delete(id);
    this.#shrink();
    return true;
  }

  /** Merges the nearest vectors into `nearest`, up to `most`. */
  search(vector: Float32Array, most: number, nearest: Neighbour[]): void {
    for (let first = 0; first < this.size; first += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, this.size - first);
      const products = this.#blockOf(first).products(vector, count);
      let worst = nearest.length < most ? -Infinity : (nearest.at(-1)?.similarity ?? -Infinity);
      for (let i = 0; i < count; i++) {
        const similarity = products[i] ?? 0;
        if (similarity <= worst) continue;
        insertNearest(nearest, { id: this.#ids[first + i] ?? 0, similarity }, most);
        if (nearest.length >= most) worst = nearest.at(-1)?.similarity ?? -Infinity;
      }
    }
  }

  #row(row: number): Float32Array {
    return this.#blockOf(row).row(row % BLOCK_ROWS);
  }

  #blockOf(row: number): RowBlock {
    const block = this.#blocks[Math.floor(row / BLOCK_ROWS)];
    if (block === undefined) throw new RangeError(`there is no row ${row}`);
    return block;
  }

  #grow(): void {
    if (this.capacity < BLOCK_ROWS) this.#resizeFirst(2 * this.capacity);
    else this.#blocks.push(rowBlock(BLOCK_ROWS, this.#dims));
  }

  /** With hysteresis (half a block, or a quarter of the only one), so that a size that fluctuates does not reallocate. */
  #shrink(): void {
    const { size, capacity } = this;
    if (this.#blocks.length > 1) {
      if (size <= capacity - 1.5 * BLOCK_ROWS) this.#blocks.pop();
    } else if (size > MIN_ROWS && size < capacity / 4) this.#resizeFirst(capacity / 2);
  }

  #resizeFirst(capacity: number): void {
    const [old] = this.#blocks;
    const block = rowBlock(capacity, this.#dims);
    // One copy: thousands of single rows would take too long.
    if (old !== undefined) block.matrix.set(old.matrix.subarray(0, this.size * block.stride));
    this.#blocks[0] = block;
  }
}
