import { rowBlock, type RowBlock } from './row-block.js';
import { insertNearest, type Neighbour } from './unit-vector.js';

const FIRST_ROWS = 2;

/** Vectors that are all looked through: exact, and fastest where there are not many. */
export class FlatVectors {
  readonly #dims: number;
  readonly #ids: number[] = [];
  readonly #rows = new Map<number, number>();
  #block: RowBlock;

  constructor(dims: number) {
    this.#dims = dims;
    this.#block = rowBlock(FIRST_ROWS, dims);
  }

  get size(): number {
    return this.#ids.length;
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
    return row === undefined ? undefined : this.#block.row(row).slice();
  }

  /** @param vector - unit length; copied */
  add(id: number, vector: Float32Array): void {
    const row = this.#rows.get(id) ?? this.size;
    if (row === this.#block.capacity) this.#moveTo(2 * row);
    this.#block.row(row).set(vector);
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
      this.#block.row(row).set(this.#block.row(last));
      this.#ids[row] = lastId;
      this.#rows.set(lastId, row);
    }
    this.#ids.pop();
    this.#rows.delete(id);
    // Halved at a quarter only, so that a size that goes to and fro costs nothing.
    if (last > FIRST_ROWS && last < this.#block.capacity / 4) {
      this.#moveTo(this.#block.capacity / 2);
    }
    return true;
  }

  /** Puts the nearest into `nearest`, which is never longer than `most`. */
  search(vector: Float32Array, most: number, nearest: Neighbour[]): void {
    if (this.size === 0) return;
    const products = this.#block.products(vector, this.size);
    let worst = nearest.length < most ? -Infinity : (nearest.at(-1)?.similarity ?? -Infinity);
    for (let row = 0; row < this.#ids.length; row++) {
      const similarity = products[row] ?? 0;
      if (similarity <= worst) continue;
      insertNearest(nearest, { id: this.#ids[row] ?? 0, similarity }, most);
      if (nearest.length >= most) worst = nearest.at(-1)?.similarity ?? -Infinity;
    }
  }

  #moveTo(capacity: number): void {
    const block = rowBlock(capacity, this.#dims);
    // In one go: row by row, eight thousand of them would take as long as a request may wait.
    block.matrix.set(this.#block.matrix.subarray(0, this.size * block.stride));
    this.#block = block;
  }
}
