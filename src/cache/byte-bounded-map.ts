import { FrequencySketch } from './frequency-sketch.js';

interface Slot<V> {
  readonly value: V;
  readonly bytes: number;
}

class Segment<V> {
  readonly slots = new Map<string, Slot<V>>();
  bytes = 0;

  put(key: string, slot: Slot<V>): void {
    this.slots.set(key, slot);
    this.bytes += slot.bytes;
  }

  take(key: string): Slot<V> | undefined {
    const slot = this.slots.get(key);
    if (slot === undefined) return undefined;
    this.slots.delete(key);
    this.bytes -= slot.bytes;
    return slot;
  }

  /** A `Map` lists in order of insertion, so what was not touched for longest comes first. */
  get oldest(): string | undefined {
    return this.slots.keys().next().value;
  }
}

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
  readonly #window = new Segment<V>();
  /** In the main part, once asked for or never. */
  readonly #probation = new Segment<V>();
  readonly #protected = new Segment<V>();

  /** @param onEvict - told of every value that had to go; not of those deleted or replaced */
  constructor(maxBytes: number, onEvict: (value: V) => void) {
    this.maxBytes = maxBytes;
    this.#onEvict = onEvict;
  }

  get size(): number {
    return this.#segments.reduce((sum, { slots }) => sum + slots.size, 0);
  }

  /** At most `maxBytes`, at any moment. */
  get bytes(): number {
    return this.#window.bytes + this.#probation.bytes + this.#protected.bytes;
  }

  /** Every value there is, in no order that means anything. */
  *values(): Generator<V> {
    for (const { slots } of this.#segments) {
      for (const { value } of slots.values()) yield value;
    }
  }

  /** Looks a key up, which counts towards its popularity whether or not it is there. */
  get(key: string): V | undefined {
    this.#sketch.add(key);
    const slot = this.#window.take(key);
    if (slot !== undefined) {
      this.#window.put(key, slot);
      return slot.value;
    }
    const main = this.#probation.take(key) ?? this.#protected.take(key);
    if (main === undefined) return undefined;
    this.#protected.put(key, main);
    this.#demote();
    return main.value;
  }

  /** Looks a key up without any consequence. */
  peek(key: string): V | undefined {
    for (const { slots } of this.#segments) {
      const slot = slots.get(key);
      if (slot !== undefined) return slot.value;
    }
    return undefined;
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
    this.#window.put(key, { value, bytes });
    while (this.#window.bytes > this.maxBytes * WINDOW) {
      const oldest = this.#window.oldest;
      if (oldest === undefined) break;
      this.#admit(oldest);
    }
    return this.peek(key) !== undefined;
  }

  delete(key: string): boolean {
    return this.#segments.some((segment) => segment.take(key) !== undefined);
  }

  get #segments(): readonly Segment<V>[] {
    return [this.#window, this.#probation, this.#protected];
  }

  /** What the main part may take; all that the window may not. */
  get #mainBytes(): number {
    return this.maxBytes * (1 - WINDOW);
  }

  /** Lets what fell out of the window into the main part, or lets it go. */
  #admit(key: string): void {
    const candidate = this.#window.take(key);
    if (candidate === undefined) return;
    const room = this.#mainBytes - this.#probation.bytes - this.#protected.bytes;
    const victims = this.#victimsFor(candidate.bytes - room);
    const rivals = victims.reduce((sum, victim) => sum + this.#sketch.estimate(victim), 0);
    if (victims.length > 0 && this.#sketch.estimate(key) <= rivals) {
      this.#onEvict(candidate.value);
      return;
    }
    for (const victim of victims) {
      const slot = this.#probation.take(victim) ?? this.#protected.take(victim);
      if (slot !== undefined) this.#onEvict(slot.value);
    }
    this.#probation.put(key, candidate);
  }

  /** Who would have to go for so many bytes. */
  #victimsFor(bytes: number): readonly string[] {
    const victims: string[] = [];
    let missing = bytes;
    for (const { slots } of [this.#probation, this.#protected]) {
      for (const [key, slot] of slots) {
        if (missing <= 0) return victims;
        victims.push(key);
        missing -= slot.bytes;
      }
    }
    return victims;
  }

  #demote(): void {
    const most = this.#mainBytes * PROTECTED;
    while (this.#protected.bytes > most) {
      const oldest = this.#protected.oldest;
      const slot = oldest === undefined ? undefined : this.#protected.take(oldest);
      if (oldest === undefined || slot === undefined) return;
      this.#probation.put(oldest, slot);
    }
  }
}
