import { ShardedMap } from '../core/sharded-map.js';
import { FrequencySketch } from './frequency-sketch.js';
import { SlotList, type Slot } from './slot-list.js';

/** Share of the bytes for new entries, before their popularity counts. */
const WINDOW = 0.2;
/** Share of the rest for entries that were requested again. */
const PROTECTED = 0.8;

/**
 * A map with a limit on the total bytes of its values.
 *
 * Eviction is W-TinyLFU: new entries have a small window of their own; an entry that leaves the window is admitted to
 * the main part only if it was requested more often than all entries together that would be evicted for it. A flood
 * of requests that are never repeated therefore evicts no popular answers.
 */
export class ByteBoundedMap<V> {
  readonly maxBytes: number;
  readonly #onEvict: (value: V) => void;
  readonly #sketch = new FrequencySketch();
  readonly #slots = new ShardedMap<string, Slot<V>>();
  readonly #window = new SlotList<V>();
  /** Entries of the main part that were not requested again since they got there. */
  readonly #probation = new SlotList<V>();
  readonly #protected = new SlotList<V>();

  /** @param onEvict - called with every evicted value; not with deleted or replaced ones */
  constructor(maxBytes: number, onEvict: (value: V) => void) {
    this.maxBytes = maxBytes;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** Never more than `maxBytes`. */
  get bytes(): number {
    return this.#window.bytes + this.#probation.bytes + this.#protected.bytes;
  }

  /** All values, in no particular order. */
  *values(): Generator<V> {
    for (const { value } of this.#slots.values()) yield value;
  }

  /** Looks a key up. Counts towards its popularity, whether or not it is present. */
  get(key: string): V | undefined {
    this.#sketch.add(key);
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (slot.list === this.#window) {
      this.#window.add(slot);
    } else {
      this.#protected.add(slot);
      this.#demote();
    }
    return slot.value;
  }

  /** Looks a key up without counting it. */
  peek(key: string): V | undefined {
    return this.#slots.get(key)?.value;
  }

  /**
   * Sets a value in place of the key's earlier one.
   *
   * @returns whether it was admitted: it is not if it is too large, or not popular enough
   */
  set(key: string, value: V, bytes: number): boolean {
    this.delete(key);
    if (bytes > this.#mainBytes) return false;
    this.#sketch.ensure(this.size + 1);
    const slot: Slot<V> = { key, value, bytes, list: null, older: null, newer: null };
    this.#slots.set(key, slot);
    this.#window.add(slot);
    while (this.#window.bytes > this.maxBytes * WINDOW) {
      const { oldest } = this.#window;
      if (oldest === null) break;
      this.#admit(oldest);
    }
    return slot.list !== null;
  }

  delete(key: string): boolean {
    const slot = this.#slots.get(key);
    if (slot !== undefined) this.#remove(slot);
    return slot !== undefined;
  }

  /** Capacity of the main part. */
  get #mainBytes(): number {
    return this.maxBytes * (1 - WINDOW);
  }

  /** Moves an entry that left the window to the main part, or evicts it. */
  #admit(candidate: Slot<V>): void {
    const freeBytes = this.#mainBytes - this.#probation.bytes - this.#protected.bytes;
    const victims = this.#victimsFor(candidate.bytes - freeBytes);
    const victimRequests = victims.reduce((sum, { key }) => sum + this.#sketch.estimate(key), 0);
    if (victims.length > 0 && this.#sketch.estimate(candidate.key) <= victimRequests) {
      this.#evict(candidate);
      return;
    }
    for (const victim of victims) this.#evict(victim);
    this.#probation.add(candidate);
  }

  /** The entries to evict to free so many bytes. */
  #victimsFor(bytes: number): readonly Slot<V>[] {
    const victims: Slot<V>[] = [];
    let missing = bytes;
    for (const list of [this.#probation, this.#protected]) {
      for (const slot of list) {
        if (missing <= 0) return victims;
        victims.push(slot);
        missing -= slot.bytes;
      }
    }
    return victims;
  }

  #evict(slot: Slot<V>): void {
    this.#remove(slot);
    this.#onEvict(slot.value);
  }

  #remove(slot: Slot<V>): void {
    this.#slots.delete(slot.key);
    slot.list?.remove(slot);
  }

  #demote(): void {
    const maxBytes = this.#mainBytes * PROTECTED;
    while (this.#protected.bytes > maxBytes) {
      const { oldest } = this.#protected;
      if (oldest === null) return;
      this.#probation.add(oldest);
    }
  }
}
