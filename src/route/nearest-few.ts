/** The largest of many values with their indices, largest first; of equal ones the first offered. */
export class NearestFew {
  readonly #values: Float32Array;
  readonly #indices: Int32Array;
  #size = 0;

  /** @param most - how many are kept, at least 1 */
  constructor(most: number) {
    this.#values = new Float32Array(most);
    this.#indices = new Int32Array(most);
  }

  get size(): number {
    return this.#size;
  }

  /** @param rank - 0 for the largest, below `size` */
  value(rank: number): number {
    return this.#values[rank] ?? 0;
  }

  /** @param rank - 0 for the largest, below `size` */
  index(rank: number): number {
    return this.#indices[rank] ?? 0;
  }

  clear(): void {
    this.#size = 0;
  }

  /** Takes in all of `values`; the index of the first is `start`. */
  offer(values: Float32Array, start: number): void {
    const held = this.#values;
    const most = held.length;
    let least = held[most - 1] ?? 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] ?? 0;
      if (value <= least && this.#size === most) continue;
      this.#insert(value, start + i);
      least = held[most - 1] ?? 0;
    }
  }

  #insert(value: number, index: number): void {
    const values = this.#values;
    const indices = this.#indices;
    if (this.#size < values.length) this.#size += 1;
    let place = this.#size - 1;
    while (place > 0) {
      const smaller = values[place - 1] ?? 0;
      if (smaller >= value) break;
      values[place] = smaller;
      indices[place] = indices[place - 1] ?? 0;
      place -= 1;
    }
    values[place] = value;
    indices[place] = index;
  }
}
