import type { Clock } from '../../core/clock.js';
import { concatUnpooled } from '../../core/concat-unpooled.js';
import { objectsIn, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';

/** A response, and the new items of its request. */
export interface Answered {
  readonly response: JsonObject;
  /** The request's items, without those of earlier responses. */
  readonly input: readonly JsonObject[];
  /** The id of the response that it continues; `null` for the first of a conversation. */
  readonly previous: string | null;
}

/** The stored responses of one caller, invisible to others. */
export interface StoredResponses {
  /** Whether responses are stored: the TTL is above 0. */
  readonly isEnabled: boolean;
  store(answered: Answered): void;
  /** The response as it was sent; `null` if it is not stored. */
  response(id: string): JsonObject | null;
  /**
   * All items of a conversation up to and including a response, in order.
   *
   * @returns `null` if one of its responses is no longer stored
   */
  history(id: string): JsonObject[] | null;
  /** Output items of any responses, by their ids; those that are not stored are left out. */
  items(ids: Iterable<string>): ReadonlyMap<string, JsonObject>;
  /** Deletes a response. @returns whether there was one */
  delete(id: string): boolean;
}

/** The TTL of stored responses, and their maximum size. */
export interface RetentionLimits {
  /** TTL in milliseconds since a response was created or last used; 0 stores none. */
  readonly keepMs: number;
  /** For all callers together. */
  readonly maxBytes: number;
}

interface Entry {
  /** The JSON of an `Answered`. */
  readonly bytes: Buffer;
  readonly previous: string | null;
  readonly itemIds: readonly string[];
  expiresAtMs: number;
}

/**
 * Stores responses, so that clients can continue one by its id, and refer to its items.
 *
 * In memory, as JSON, so that the counted bytes are the bytes in use. When it is full, the caller with the most bytes
 * loses its least recently used response, so that no caller can evict what others have.
 */
export class ResponseStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: () => RetentionLimits;
  /** By caller. */
  readonly #callers = new Map<string, CallerResponses>();

  /** @param limits - returns the current limits; a shorter TTL applies to responses stored or used from then on */
  constructor(clock: Pick<Clock, 'now'>, limits: () => RetentionLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** The responses of one caller. */
  of(caller: string): StoredResponses {
    const known = this.#callers.get(caller);
    if (known !== undefined) return known;
    const evict = (): void => {
      this.#evict();
    };
    const created = new CallerResponses({ clock: this.#clock, limits: this.#limits, evict });
    this.#callers.set(caller, created);
    return created;
  }

  #evict(): void {
    let bytes = 0;
    for (const caller of this.#callers.values()) {
      caller.deleteExpired();
      bytes += caller.bytes;
    }
    for (let over = bytes - this.#limits().maxBytes; over > 0;)
      over -= this.#largest.deleteOldest();
  }

  get #largest(): CallerResponses {
    return [...this.#callers.values()].reduce((most, caller) =>
      caller.bytes > most.bytes ? caller : most,
    );
  }
}

interface CallerDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: () => RetentionLimits;
  /** Evicts until all callers together are below the limit. */
  readonly evict: () => void;
}

class CallerResponses implements StoredResponses {
  readonly #deps: CallerDeps;
  /** By id, least recently used first. */
  readonly #entries = new Map<string, Entry>();
  /** The id of the response that contains an item, by item id. */
  readonly #responseOfItem = new Map<string, string>();
  #bytes = 0;

  constructor(deps: CallerDeps) {
    this.#deps = deps;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isEnabled(): boolean {
    return this.#deps.limits().keepMs > 0;
  }

  store(answered: Answered): void {
    if (!this.isEnabled) return;
    const responseId = textOrNull(answered.response['id']) ?? '';
    this.delete(responseId);
    const bytes = concatUnpooled([Buffer.from(JSON.stringify(answered))]);
    const { keepMs, maxBytes } = this.#deps.limits();
    if (bytes.length > maxBytes) return;
    const itemIds = objectsIn(answered.response['output']).flatMap(
      ({ id }) => textOrNull(id) ?? [],
    );
    const { previous } = answered;
    const expiresAtMs = this.#deps.clock.now() + keepMs;
    this.#entries.set(responseId, { bytes, previous, itemIds, expiresAtMs });
    for (const id of itemIds) this.#responseOfItem.set(id, responseId);
    this.#bytes += bytes.length;
    this.#deps.evict();
  }

  response(id: string): JsonObject | null {
    return this.#read(id)?.response ?? null;
  }

  history(last: string): JsonObject[] | null {
    const parts: (readonly JsonObject[])[] = [];
    const seen = new Set<string>();
    for (let id: string | null = last; id !== null;) {
      const read: Answered | null = this.#read(id);
      // Ids are the provider's if it speaks this dialect, and may not be unique: there may be a cycle.
      if (read === null || seen.has(id)) return null;
      seen.add(id);
      parts.push(objectsIn(read.response['output']), read.input);
      id = read.previous;
    }
    return parts.reverse().flat();
  }

  /** Parses each response once, however many of its items are requested: it may be megabytes. */
  items(ids: Iterable<string>): Map<string, JsonObject> {
    const requested = new Map<string, Set<string>>();
    for (const id of ids) {
      const responseId = this.#responseOfItem.get(id);
      if (responseId === undefined) continue;
      const itemIds = requested.get(responseId) ?? new Set();
      requested.set(responseId, itemIds.add(id));
    }
    const found = new Map<string, JsonObject>();
    for (const [responseId, itemIds] of requested) {
      for (const item of objectsIn(this.#read(responseId)?.response['output'])) {
        const id = String(item['id']);
        if (itemIds.has(id) && !found.has(id)) found.set(id, item);
      }
    }
    return found;
  }

  delete(id: string): boolean {
    return this.#delete(id) > 0;
  }

  deleteExpired(): void {
    const now = this.#deps.clock.now();
    for (const [id, { expiresAtMs }] of this.#entries) {
      if (expiresAtMs > now) return;
      this.#delete(id);
    }
  }

  /** @returns the bytes freed; there must be a response */
  deleteOldest(): number {
    const [oldest] = this.#entries.keys();
    if (oldest === undefined) throw new Error('there is no response to forget');
    return this.#delete(oldest);
  }

  /** Reading a response counts as use and renews its TTL. */
  #read(id: string): Answered | null {
    const kept = this.#entries.get(id);
    if (kept === undefined) return null;
    const now = this.#deps.clock.now();
    if (kept.expiresAtMs <= now) {
      this.#delete(id);
      return null;
    }
    kept.expiresAtMs = now + this.#deps.limits().keepMs;
    this.#entries.delete(id);
    this.#entries.set(id, kept);
    return parsedObject(kept.bytes.toString('utf8')) as Answered | null;
  }

  /** @returns the bytes freed; 0 if there was none */
  #delete(id: string): number {
    const kept = this.#entries.get(id);
    if (kept === undefined) return 0;
    this.#entries.delete(id);
    for (const itemId of kept.itemIds) {
      // A provider may return the same item in two responses: then it still belongs to the other one.
      if (this.#responseOfItem.get(itemId) === id) this.#responseOfItem.delete(itemId);
    }
    this.#bytes -= kept.bytes.length;
    return kept.bytes.length;
  }
}
