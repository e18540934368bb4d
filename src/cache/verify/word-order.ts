import type { KnownWord } from './word-table.js';

/** Jaccard index of two sets; each ascending, without duplicates. */
export function jaccard(a: Int32Array, b: Int32Array): number {
  let [both, i, j] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const [x, y] = [a[i] ?? 0, b[j] ?? 0];
    if (x === y) both += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
  }
  return both === 0 ? 0 : both / (a.length + b.length - both);
}

/** Length of the common prefix, as a share of the shorter text. */
export function commonPrefixShare(a: readonly KnownWord[], b: readonly KnownWord[]): number {
  const most = Math.min(a.length, b.length);
  let run = 0;
  while (run < most && a[run]?.text === b[run]?.text) run += 1;
  return most === 0 ? 0 : run / most;
}

/** Length of the common suffix, as a share of the shorter text. */
export function commonSuffixShare(a: readonly KnownWord[], b: readonly KnownWord[]): number {
  const most = Math.min(a.length, b.length);
  let run = 0;
  while (run < most && a.at(-1 - run)?.text === b.at(-1 - run)?.text) run += 1;
  return most === 0 ? 0 : run / most;
}

/** Share of adjacent shared words that are in reverse order in the other text. */
export class InversionCounter {
  #words = 0;
  #turned = 0;
  #last = -1;

  /** @param place - index of the next shared word in the other text */
  next(place: number): void {
    if (place < this.#last) this.#turned += 1;
    this.#last = place;
    this.#words += 1;
  }

  get share(): number {
    return this.#words < 2 ? 0 : this.#turned / (this.#words - 1);
  }
}
