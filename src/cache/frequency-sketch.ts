import { fnv1a } from '../core/fnv.js';

const ROWS = 4;
const MOST = 15;
/** Odd multipliers, one a row, so that keys that meet in one row part in the next. */
const SEEDS = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d, 0x27d4eb2f] as const;
/** After so many additions for each counter of a row all counts are halved. */
const SAMPLE_FACTOR = 10;
const SMALLEST_WIDTH = 256;

/**
 * Estimates how often a key has been asked for lately, in four bytes a key that is expected.
 *
 * A count-min sketch with counts up to 15 that fade: all are halved every so often, so what was popular
 * yesterday makes room for what is popular today (Einziger, Friedman and Manes, "TinyLFU", 2017).
 */
export class FrequencySketch {
  #table: Uint8Array;
  #mask: number;
  #additions = 0;

  constructor() {
    this.#table = new Uint8Array(ROWS * SMALLEST_WIDTH);
    this.#mask = SMALLEST_WIDTH - 1;
  }

  /**
   * Makes room to tell `keys` keys apart; never less than before.
   *
   * The counts of a narrow sketch are right for the wide one too: a key's column in the wide one leads
   * to its old column when the new high bits are cut off.
   */
  ensure(keys: number): void {
    while (this.#mask + 1 < keys) this.#double();
  }

  /** Counts one request for a key. */
  add(key: string): void {
    const hash = hashOf(key);
    const before = this.#estimate(hash);
    if (before < MOST) {
      for (let row = 0; row < ROWS; row++) {
        const at = this.#at(hash, row);
        // Only the smallest counters grow: the others owe their height to other keys.
        if (this.#table[at] === before) this.#table[at] = before + 1;
      }
    }
    this.#additions += 1;
    if (this.#additions >= SAMPLE_FACTOR * (this.#mask + 1)) this.#fade();
  }

  /** @returns 0 to 15; never less than what was counted, since the last fading */
  estimate(key: string): number {
    return this.#estimate(hashOf(key));
  }

  #estimate(hash: number): number {
    let least = MOST;
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

  #fade(): void {
    for (let i = 0; i < this.#table.length; i++) this.#table[i] = (this.#table[i] ?? 0) >>> 1;
    this.#additions >>>= 1;
  }
}

/** Keys are hashes already: their first characters are as good as any. */
const hashOf = (key: string): number => fnv1a(key, undefined, 16);
