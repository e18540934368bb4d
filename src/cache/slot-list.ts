/** A value in a `ByteBoundedMap`, and its neighbours in the list that it is in. */
export interface Slot<V> {
  readonly key: string;
  readonly value: V;
  readonly bytes: number;
  /** `null` for one that is in none. */
  list: SlotList<V> | null;
  older: Slot<V> | null;
  newer: Slot<V> | null;
}

/** Slots in the order in which they came. */
export class SlotList<V> implements Iterable<Slot<V>> {
  #bytes = 0;
  #oldest: Slot<V> | null = null;
  #newest: Slot<V> | null = null;

  get bytes(): number {
    return this.#bytes;
  }

  /** What came longest ago; `null` when it is empty. */
  get oldest(): Slot<V> | null {
    return this.#oldest;
  }

  /** Puts a slot last, out of the list that it was in. */
  add(slot: Slot<V>): void {
    slot.list?.remove(slot);
    slot.list = this;
    slot.older = this.#newest;
    if (this.#newest === null) this.#oldest = slot;
    else this.#newest.newer = slot;
    this.#newest = slot;
    this.#bytes += slot.bytes;
  }

  /** @param slot - one of this list */
  remove(slot: Slot<V>): void {
    if (slot.older === null) this.#oldest = slot.newer;
    else slot.older.newer = slot.newer;
    if (slot.newer === null) this.#newest = slot.older;
    else slot.newer.older = slot.older;
    this.#bytes -= slot.bytes;
    // What is gone must not hold on to what is there: among the old it would keep it from being collected.
    slot.list = slot.older = slot.newer = null;
  }

  /** The oldest first; the list must not be changed meanwhile. */
  *[Symbol.iterator](): Generator<Slot<V>> {
    for (let slot = this.#oldest; slot !== null; slot = slot.newer) yield slot;
  }
}
