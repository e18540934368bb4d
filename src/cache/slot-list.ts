/** A value of a `ByteBoundedMap`, and its neighbours in its list. */
export interface Slot<V> {
  readonly key: string;
  readonly value: V;
  readonly bytes: number;
  /** `null` if it is in no list. */
  list: SlotList<V> | null;
  older: Slot<V> | null;
  newer: Slot<V> | null;
}

/** Slots in insertion order (a doubly linked list). */
export class SlotList<V> implements Iterable<Slot<V>> {
  #bytes = 0;
  #oldest: Slot<V> | null = null;
  #newest: Slot<V> | null = null;

  get bytes(): number {
    return this.#bytes;
  }

  /** `null` if the list is empty. */
  get oldest(): Slot<V> | null {
    return this.#oldest;
  }

  /** Appends a slot, and removes it from the list that it was in. */
  add(slot: Slot<V>): void {
    slot.list?.remove(slot);
    slot.list = this;
    slot.older = this.#newest;
    if (this.#newest === null) this.#oldest = slot;
    else this.#newest.newer = slot;
    this.#newest = slot;
    this.#bytes += slot.bytes;
  }

  /** @param slot - must be in this list */
  remove(slot: Slot<V>): void {
    if (slot.older === null) this.#oldest = slot.newer;
    else slot.older.newer = slot.newer;
    if (slot.newer === null) this.#newest = slot.older;
    else slot.newer.older = slot.older;
    this.#bytes -= slot.bytes;
    // A removed slot in the old generation must not keep its former neighbours from being collected.
    slot.list = slot.older = slot.newer = null;
  }

  /** The oldest first. The list must not be changed during iteration. */
  *[Symbol.iterator](): Generator<Slot<V>> {
    for (let slot = this.#oldest; slot !== null; slot = slot.newer) yield slot;
  }
}
