import { rowBlock, type RowBlock } from '../../embed/row-block.js';
import { insertNearest, type Neighbour } from './unit-vector.js';

const FIRST_ROWS = 2;
/**
 * Rows of a full block. There is one as a rule; of more, room is made a block at a time: to copy a hundred thousand
 * vectors to where there is room for twice as many takes a tenth of a second, in which no request is served.
 */
const BLOCK_ROWS = 4_096;

/** Vectors that are all looked through: exact, and fastest where there are not many. */
export class FlatVectors {
  readonly #dims: number;
  readonly #ids: number[] = [];
  readonly #rows = new Map<number, number>();
  /** All are full but the last one that is used, and the first, while it is the only one, may be smaller. */
  readonly #blocks: RowBlock[];

  constructor(dims: number) {
    this.#dims = dims;
    this.#blocks = [rowBlock(FIRST_ROWS, dims)];
  }

  get size(): number {
    return this.#ids.length;
  }

  /** There is room for so many. */
  get capacity(): number {
    return this.#blocks.reduce((sum, { capacity }) => sum + capacity, 0);
  }

  /** Whose vector has been here for about as long as any; `undefined` when there is none. */
  get someId(): number | undefined {
    return this.#ids[0];
  }

  has(id: number): boolean {
    return this.#rows.has(id);
  }

  /** Its vector as a copy. */
  get(id: number): Float32Array | undefined {
    const row = this.#rows.get(id);
    return row === undefined ? undefined : this.#row(row).slice();
  }

  /** @param vector - unit length; copied */
  add(id: number, vector: Float32Array): void {
    const row = this.#rows.get(id) ?? this.size;
    if (row === this.capacity) this.#makeRoom();
    this.#row(row).set(vector);
    this.#ids[row] = id;
    this.#rows.set(id, row);
  }

  /** @returns whether it was there */
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
    this.#giveRoomBack();
    return true;
  }

  /** Puts the nearest into `nearest`, which is never longer than `most`. */
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

  #makeRoom(): void {
    if (this.capacity < BLOCK_ROWS) this.#moveFirstTo(2 * this.capacity);
    else this.#blocks.push(rowBlock(BLOCK_ROWS, this.#dims));
  }

  /** Half a block, or a quarter of the only one, has to be left, so that a size that goes to and fro costs nothing. */
  #giveRoomBack(): void {
    const { size, capacity } = this;
    if (this.#blocks.length > 1) {
      if (size <= capacity - 1.5 * BLOCK_ROWS) this.#blocks.pop();
    } else if (size > FIRST_ROWS && size < capacity / 4) this.#moveFirstTo(capacity / 2);
  }

  #moveFirstTo(capacity: number): void {
    const [old] = this.#blocks;
    const block = rowBlock(capacity, this.#dims);
    // In one go: row by row, thousands of them would take as long as a request may wait.
    if (old !== undefined) block.matrix.set(old.matrix.subarray(0, this.size * block.stride));
    this.#blocks[0] = block;
  }
}
