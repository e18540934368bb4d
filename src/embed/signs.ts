import { mix } from './word-hash.js';

/** Number of signs in a word from `signWord`. */
export const SIGN_WORD_BITS = 32;

/**
 * The random signs of 32 consecutive dimensions, the first in the lowest bit; a set bit is +1, a clear one -1.
 *
 * They are generated when a table is loaded instead of being stored, and are the same on every machine.
 *
 * @param index - of the word among the words of all rows, row after row
 */
export function signWord(index: number, seed: number): number {
  return mix(mix(index + 1) ^ seed);
}

/**
 * Random rows of +1 and -1, the same for the same seed on every machine.
 *
 * @param dims - a multiple of 32
 * @returns shape [rows, dims]
 */
export function fillSigns(rows: number, dims: number, seed: number): Int8Array {
  const signs = new Int8Array(rows * dims);
  for (let word = 0; word < (rows * dims) / SIGN_WORD_BITS; word++) {
    let bits = signWord(word, seed);
    for (let i = 0; i < SIGN_WORD_BITS; i++) {
      signs[SIGN_WORD_BITS * word + i] = (bits & 1) * 2 - 1;
      bits >>>= 1;
    }
  }
  return signs;
}
