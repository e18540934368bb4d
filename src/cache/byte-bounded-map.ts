import { ShardedMap } from '../core/sharded-map.js';
import { FrequencySketch } from './frequency-sketch.js';
import { SlotList, type Slot } from './slot-list.js';

/** Share of the bytes for what has just come, before its popularity counts. */
const WINDOW = 0.2;
/** Share of the rest for what has been asked for again. */
const PROTECTED = 0.8;

/**
 * A map whose values never take more than a number of bytes together.
 *
 * Who stays is decided by W-TinyLFU: what comes has a small window to itself; whoever falls out of it
 * stays only if it is asked for more often than all those together who would have to go for it. A flood
 * of questions that nobody repeats therefore leaves the popular answers where they are.
 */
export class ByteBoundedMap<V> {
  readonly maxBytes: number;
  readonly #onEvict: (value: V) => void;
  readonly #sketch = new FrequencySketch();
  readonly #slots = new ShardedMap<string, Slot<V>>();
  readonly #window = new SlotList<V>();
  /** In the main part, once asked for or never. */
  readonly #probation = new SlotList<V>();
  readonly #protected = new SlotList<V>();

  /** @param onEvict - told of every value that had to go; not of those deleted or replaced */
  constructor(maxBytes: number, onEvict: (value: V) => void) {
    this.maxBytes = maxBytes;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#slots.size;
  }

  /** At most `maxBytes`, at any moment. */
  get bytes(): number {
    return this.#window.bytes + this.#probation.bytes + this.#protected.bytes;
  }

  /** Every value there is, in no order that means anything. */
  *values(): Generator<V> {
    for (const { value } of this.#slots.values()) yield value;
  }

  /** Looks a key up, which counts towards its popularity whether or not it is there. */
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

  /** Looks a key up without any consequence. */
  peek(key: string): V | undefined {
    return this.#slots.get(key)?.value;
  }

  /**
   * Takes a value in, in place of the key's earlier one.
   *
   * @returns whether it is there now: it is not if it is larger than everything, or not popular enough
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

  /** What the main part may take; all that the window may not. */
  get #mainBytes(): number {
    return this.maxBytes * (1 - WINDOW);
  }

  /** Lets what fell out of the window into the main part, or lets it go. */
  #admit(candidate: Slot<V>): void {
    const room = this.#mainBytes - this.#probation.bytes - this.#protected.bytes;
    const victims = this.#victimsFor(candidate.bytes - room);
    const rivals = victims.reduce((sum, { key }) => sum + this.#sketch.estimate(key), 0);
    if (victims.length > 0 && this.#sketch.estimate(candidate.key) <= rivals) {
      this.#evict(candidate);
      return;
    }
    for (const victim of victims) this.#evict(victim);
    this.#probation.add(candidate);
  }

  /** Who would have to go for so many bytes. */
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
    const most = this.#mainBytes * PROTECTED;
    while (this.#protected.bytes > most) {
      const { oldest } = this.#protected;
      if (oldest === null) return;
      this.#probation.add(oldest);
    }
  }
}
