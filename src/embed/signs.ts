import { mix } from './word-hash.js';

/**
 * Random rows of +1 and -1, the same for the same seed on every machine.
 *
 * They are made when a table is loaded instead of being stored: half the file.
 *
 * @param dims - a multiple of 32
 * @returns shape [rows, dims]
 */
export function fillSigns(rows: number, dims: number, seed: number): Int8Array {
  const signs = new Int8Array(rows * dims);
  for (let block = 0; block < (rows * dims) / 32; block++) {
    let bits = mix(mix(block + 1) ^ seed);
    for (let i = 0; i < 32; i++) {
      signs[32 * block + i] = (bits & 1) * 2 - 1;
      bits >>>= 1;
    }
  }
  return signs;
}
