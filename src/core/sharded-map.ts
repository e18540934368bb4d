import { fnv1a } from './fnv.js';

/** With millions of entries each shard holds thousands. */
const SHARDS = 256;
/** Of a string key, at most: long keys are mostly hashes, whose first characters differ. */
const HASHED_CHARS = 16;

/**
 * A map for millions of entries on which no single call takes long.
 *
 * A `Map` that outgrows its table copies all of it: with a million entries that blocks the process for some hundred
 * milliseconds. Here only one shard is copied at a time. Iteration is in no particular order.
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

  /** Entries added or deleted during the iteration may or may not appear; all others do. */
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
