/**
 * A memo that keeps the values of recently used keys: an approximate LRU cache.
 *
 * Two generations instead of a list in order of use, so that a hit costs a single map look-up.
 */
export class LruMemo<K, V extends object> {
  readonly #most: number;
  readonly #make: (key: K) => V;
  #kept = new Map<K, V>();
  #former = new Map<K, V>();

  /**
   * @param most - values kept at most, a multiple of 2; the half used last are always among them
   * @param make - called again for a key that was evicted
   */
  constructor(most: number, make: (key: K) => V) {
    this.#most = most;
    this.#make = make;
  }

  get(key: K): V {
    const kept = this.#kept.get(key);
    if (kept !== undefined) return kept;
    const value = this.#former.get(key) ?? this.#make(key);
    if (this.#kept.size >= this.#most / 2) {
      this.#former = this.#kept;
      this.#kept = new Map();
    }
    this.#kept.set(key, value);
    return value;
  }
}
