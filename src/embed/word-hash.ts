/** Seeds and multipliers of the two hashes of a word. */
export const FIRST_SEED = 0x811c9dc5 | 0;
export const SECOND_SEED = 0x9747b28c | 0;
export const FIRST_FACTOR = 0x01000193;
export const SECOND_FACTOR = 0x5bd1e995;

/**
 * Two 32-bit hashes of `units[start..end)`; together they identify the word.
 *
 * @param out - receives the first hash at 0, the second at 1
 */
export function hashUnits(units: Uint16Array, start: number, end: number, out: Uint32Array): void {
  let first = FIRST_SEED;
  let second = SECOND_SEED;
  for (let i = start; i < end; i++) {
    const unit = units[i] ?? 0;
    // FNV-1a, and a second multiplier with a shift between, so that the two do not collide together.
    first = Math.imul(first ^ unit, FIRST_FACTOR);
    second = Math.imul(second ^ unit, SECOND_FACTOR);
    second ^= second >>> 15;
  }
  out[0] = mix(first);
  out[1] = second;
}

/** Mixes 32 bits (the finaliser of MurmurHash3), so that a mask or remainder of the result is evenly distributed. */
export function mix(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** An open-addressing hash table, at most half full: an entry's index is at `hash & (length - 1)` or after it; -1 is an empty slot. */
export function buildSlots(count: number, hashOf: (index: number) => number): Int32Array {
  let size = 16;
  while (size < 2 * count) size *= 2;
  const slots = new Int32Array(size).fill(-1);
  for (let i = 0; i < count; i++) {
    let slot = hashOf(i) & (size - 1);
    while (slots[slot] !== -1) slot = (slot + 1) & (size - 1);
    slots[slot] = i;
  }
  return slots;
}

/** The slots with the entries' numbers inlined instead of their indices: one cache miss per look-up instead of two. Empty slots are 0. */
export function inlineSlots(
  slots: Int32Array,
  width: number,
  numbersOf: (index: number) => readonly number[],
): Int32Array {
  const wide = new Int32Array(slots.length * width);
  slots.forEach((index, slot) => {
    if (index >= 0) wide.set(numbersOf(index), slot * width);
  });
  return wide;
}
