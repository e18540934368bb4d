import { fnv1a } from './fnv.js';

/** So many that even of millions each holds thousands. */
const SHARDS = 256;
/** Of a text: keys that are long are mostly hashes, which differ at once. */
const HASHED_CHARS = 16;

/**
 * A map of many to which no single call takes long.
 *
 * A `Map` that has outgrown its table copies all of it: a million entries take some hundred milliseconds in
 * which no request is served. Here a part of them is copied at a time. Keys and values come in no order.
 */
export class ShardedMap<K extends string | number, V> {
  readonly #shards: (Map<K, V> | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    return this.#shards[shardOf(key)]?.get(key);
  }

  has(key: K): boolean {
    return this.#shards[shardOf(key)]?.has(key) ?? false;
  }

  set(key: K, value: V): void {
    const at = shardOf(key);
    const shard = (this.#shards[at] ??= new Map());
    this.#size -= shard.size;
    shard.set(key, value);
    this.#size += shard.size;
  }

  /** @returns whether it was there */
  delete(key: K): boolean {
    const found = this.#shards[shardOf(key)]?.delete(key) ?? false;
    if (found) this.#size -= 1;
    return found;
  }

  /** What is added or deleted meanwhile may come or not; nothing else is left out. */
  *keys(): Generator<K, undefined> {
    for (const shard of this.#shards) if (shard !== undefined) yield* shard.keys();
  }

  /** As `keys`. */
  *values(): Generator<V, undefined> {
    for (const shard of this.#shards) if (shard !== undefined) yield* shard.values();
  }
}

const shardOf = (key: string | number): number =>
  (typeof key === 'number' ? key : fnv1a(key, undefined, HASHED_CHARS)) & (SHARDS - 1);
