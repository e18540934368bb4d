import { fnv1a } from '../core/fnv.js';

const ROWS = 4;
const MAX_COUNT = 15;
/** Odd multipliers, one per row, so that keys that collide in one row rarely collide in the next. */
const SEEDS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;
/** All counts are halved after this many additions per counter of a row. */
const SAMPLE_FACTOR = 10;
const MIN_WIDTH = 256;

/**
 * Estimates how often a key was requested lately, in four bytes per expected key.
 *
 * A count-min sketch with counts up to 15. All counts are halved regularly, so that old popularity fades (Einziger,
 * Friedman and Manes, "TinyLFU", 2017).
 */
export class FrequencySketch {
  #table: Uint8Array;
  #mask: number;
  #additions = 0;

  constructor() {
    this.#table = new Uint8Array(ROWS * MIN_WIDTH);
    this.#mask = MIN_WIDTH - 1;
  }

  /**
   * Grows the sketch for `keys` keys; it never shrinks.
   *
   * Counts stay valid: without its new high bits, a key's column in the wide table is its old column.
   */
  ensure(keys: number): void {
    while (this.#mask + 1 < keys) this.#double();
  }

  /** Counts one request for a key. */
  add(key: string): void {
    const hash = hashOf(key);
    const before = this.#estimate(hash);
    if (before < MAX_COUNT) {
      for (let row = 0; row < ROWS; row++) {
        const at = this.#at(hash, row);
        // Conservative update: larger counters belong to other keys, too.
        if (this.#table[at] === before) this.#table[at] = before + 1;
      }
    }
    this.#additions += 1;
    if (this.#additions >= SAMPLE_FACTOR * (this.#mask + 1)) this.#halve();
  }

  /** @returns 0 to 15; never less than the requests since the last halving */
  estimate(key: string): number {
    return this.#estimate(hashOf(key));
  }

  #estimate(hash: number): number {
    let least = MAX_COUNT;
    for (let row = 0; row < ROWS; row++) {
      least = Math.min(least, this.#table[this.#at(hash, row)] ?? 0);
    }
    return least;
  }

  #at(hash: number, row: number): number {
    let mixed = Math.imul(hash ^ (hash >>> 15), SEEDS[row] ?? 1);
    mixed ^= mixed >>> 13;
    return row * (this.#mask + 1) + (mixed & this.#mask);
  }

  #double(): void {
    const width = this.#mask + 1;
    const wide = new Uint8Array(ROWS * width * 2);
    for (let row = 0; row < ROWS; row++) {
      const counts = this.#table.subarray(row * width, (row + 1) * width);
      wide.set(counts, row * width * 2);
      wide.set(counts, row * width * 2 + width);
    }
    this.#table = wide;
    this.#mask = width * 2 - 1;
  }

  #halve(): void {
    for (let i = 0; i < this.#table.length; i++) this.#table[i] = (this.#table[i] ?? 0) >>> 1;
    this.#additions >>>= 1;
  }
}

/** Keys are hashes already, so their first 16 characters suffice. */
const hashOf = (key: string): number => fnv1a(key, undefined, 16);
