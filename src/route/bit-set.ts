const SHIFT = 4;
const BITS = 1 << SHIFT;

/**
 * A bit set, for counting distinct values by hash.
 *
 * Uses a plain array: allocating and freeing the memory of a typed array would take longer than the
 * counting.
 */
export class BitSet {
  readonly #taken: number[];

  /** @param slots - a multiple of 16 */
  constructor(slots: number) {
    this.#taken = new Array<number>(slots >> SHIFT).fill(0);
  }

  /** @returns whether the slot was not in the set before */
  add(slot: number): boolean {
    const at = slot >> SHIFT;
    const bit = 1 << (slot & (BITS - 1));
    const word = this.#taken[at] ?? 0;
    if ((word & bit) !== 0) return false;
    this.#taken[at] = word | bit;
    return true;
  }
}
