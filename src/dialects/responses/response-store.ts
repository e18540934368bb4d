import type { Clock } from '../../core/clock.js';
import { ownBytes } from '../../core/own-bytes.js';
import { objectsIn, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';

/** One response, and what was new in the request that it answers. */
export interface Answered {
  readonly response: JsonObject;
  /** Items of the request, without those of responses before. */
  readonly input: readonly JsonObject[];
  /** The id of the response that it goes on from; `null` for a conversation's first. */
  readonly previous: string | null;
}

/** The responses of one caller. Nobody sees those of another. */
export interface ResponseShelf {
  /** Nothing is kept where there is no time to keep it for. */
  readonly isOpen: boolean;
  keep(answered: Answered): void;
  /** As it was answered; `null` where it is not kept. */
  response(id: string): JsonObject | null;
  /**
   * Everything said in a conversation up to the end of a response, in order.
   *
   * @returns `null` where one of its responses is not kept any more
   */
  history(id: string): JsonObject[] | null;
  /** Items of any responses' outputs, by their own ids; those that are not kept are not there. */
  items(ids: Iterable<string>): ReadonlyMap<string, JsonObject>;
  /** @returns whether there was one to forget */
  forget(id: string): boolean;
}

/** How long responses are kept, and how much of them. */
export interface KeepingLimits {
  /** Milliseconds since a response was made or last gone on from; 0 keeps none. */
  readonly keepMs: number;
  /** Of all callers together. */
  readonly maxBytes: number;
}

interface Kept {
  /** The JSON of what was answered. */
  readonly bytes: Buffer;
  readonly previous: string | null;
  readonly itemIds: readonly string[];
  untilMs: number;
}

/**
 * Keeps responses, so that a client can go on from one by its id, and refer to items of it.
 *
 * In memory, as JSON: the bytes that are counted are the bytes that are held. Where there is no room, the caller
 * whose responses take the most loses the one that it used longest ago: nobody can push out what others have.
 */
export class ResponseStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: () => KeepingLimits;
  /** By caller. */
  readonly #shelves = new Map<string, Shelf>();

  /** @param limits - what is in force; a shorter time counts for what is kept from then on */
  constructor(clock: Pick<Clock, 'now'>, limits: () => KeepingLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** What is kept for one caller. */
  of(caller: string): ResponseShelf {
    const known = this.#shelves.get(caller);
    if (known !== undefined) return known;
    const makeRoom = (): void => {
      this.#makeRoom();
    };
    const shelf = new Shelf({ clock: this.#clock, limits: this.#limits, makeRoom });
    this.#shelves.set(caller, shelf);
    return shelf;
  }

  #makeRoom(): void {
    let bytes = 0;
    for (const shelf of this.#shelves.values()) {
      shelf.forgetExpired();
      bytes += shelf.bytes;
    }
    for (let over = bytes - this.#limits().maxBytes; over > 0;)
      over -= this.#fullest.forgetOldest();
  }

  get #fullest(): Shelf {
    return [...this.#shelves.values()].reduce((most, shelf) =>
      shelf.bytes > most.bytes ? shelf : most,
    );
  }
}

interface ShelfParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly limits: () => KeepingLimits;
  /** There may be too much now, here or elsewhere. */
  readonly makeRoom: () => void;
}

class Shelf implements ResponseShelf {
  readonly #parts: ShelfParts;
  /** By id, what was used longest ago first. */
  readonly #kept = new Map<string, Kept>();
  /** The response that an item is part of. */
  readonly #items = new Map<string, string>();
  #bytes = 0;

  constructor(parts: ShelfParts) {
    this.#parts = parts;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get isOpen(): boolean {
    return this.#parts.limits().keepMs > 0;
  }

  keep(answered: Answered): void {
    if (!this.isOpen) return;
    const responseId = textOrNull(answered.response['id']) ?? '';
    this.forget(responseId);
    const bytes = ownBytes([Buffer.from(JSON.stringify(answered))]);
    const { keepMs, maxBytes } = this.#parts.limits();
    if (bytes.length > maxBytes) return;
    const itemIds = objectsIn(answered.response['output']).flatMap(
      ({ id }) => textOrNull(id) ?? [],
    );
    const { previous } = answered;
    const untilMs = this.#parts.clock.now() + keepMs;
    this.#kept.set(responseId, { bytes, previous, itemIds, untilMs });
    for (const id of itemIds) this.#items.set(id, responseId);
    this.#bytes += bytes.length;
    this.#parts.makeRoom();
  }

  response(id: string): JsonObject | null {
    return this.#read(id)?.response ?? null;
  }

  history(last: string): JsonObject[] | null {
    const parts: (readonly JsonObject[])[] = [];
    const seen = new Set<string>();
    for (let id: string | null = last; id !== null;) {
      const read: Answered | null = this.#read(id);
      // Ids are a provider's own where it speaks this dialect, and it may give one twice.
      if (read === null || seen.has(id)) return null;
      seen.add(id);
      parts.push(objectsIn(read.response['output']), read.input);
      id = read.previous;
    }
    return parts.reverse().flat();
  }

  /** Reads each response once, however many of its items are asked for: it may be megabytes. */
  items(ids: Iterable<string>): Map<string, JsonObject> {
    const wanted = new Map<string, Set<string>>();
    for (const id of ids) {
      const responseId = this.#items.get(id);
      if (responseId === undefined) continue;
      const together = wanted.get(responseId) ?? new Set();
      wanted.set(responseId, together.add(id));
    }
    const found = new Map<string, JsonObject>();
    for (const [responseId, together] of wanted) {
      for (const item of objectsIn(this.#read(responseId)?.response['output'])) {
        const id = String(item['id']);
        if (together.has(id) && !found.has(id)) found.set(id, item);
      }
    }
    return found;
  }

  forget(id: string): boolean {
    return this.#forget(id) > 0;
  }

  forgetExpired(): void {
    const now = this.#parts.clock.now();
    for (const [id, { untilMs }] of this.#kept) {
      if (untilMs > now) return;
      this.#forget(id);
    }
  }

  /** @returns the bytes that are free now; there must be a response */
  forgetOldest(): number {
    const [oldest] = this.#kept.keys();
    if (oldest === undefined) throw new Error('there is no response to forget');
    return this.#forget(oldest);
  }

  /** What is read is used: it is kept for as long again. */
  #read(id: string): Answered | null {
    const kept = this.#kept.get(id);
    if (kept === undefined) return null;
    const now = this.#parts.clock.now();
    if (kept.untilMs <= now) {
      this.#forget(id);
      return null;
    }
    kept.untilMs = now + this.#parts.limits().keepMs;
    this.#kept.delete(id);
    this.#kept.set(id, kept);
    return parsedObject(kept.bytes.toString('utf8')) as Answered | null;
  }

  /** @returns the bytes that it took; 0 where there was none */
  #forget(id: string): number {
    const kept = this.#kept.get(id);
    if (kept === undefined) return 0;
    this.#kept.delete(id);
    for (const itemId of kept.itemIds) {
      // A provider may give the same item in two responses: then it is the other one's still.
      if (this.#items.get(itemId) === id) this.#items.delete(itemId);
    }
    this.#bytes -= kept.bytes.length;
    return kept.bytes.length;
  }
}
