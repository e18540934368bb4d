const SHIFT = 4;
const BITS = 1 << SHIFT;

/**
 * Which of so many slots are taken, for counting what differs.
 *
 * A bit each in a plain list: a typed array would have memory of its own, which takes longer to get and to
 * give back than the counting does.
 */
export class SlotSet {
  readonly #taken: number[];

  /** @param slots - a multiple of 16 */
  constructor(slots: number) {
    this.#taken = new Array<number>(slots >> SHIFT).fill(0);
  }

  /** @returns whether the slot was free until now */
  add(slot: number): boolean {
    const at = slot >> SHIFT;
    const bit = 1 << (slot & (BITS - 1));
    const taken = this.#taken[at] ?? 0;
    if ((taken & bit) !== 0) return false;
    this.#taken[at] = taken | bit;
    return true;
  }
}
