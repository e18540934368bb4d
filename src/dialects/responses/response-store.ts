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
  readonly itemKeys: readonly string[];
  untilMs: number;
}

/**
 * Keeps responses, so that a client can go on from one by its id, and refer to items of it.
 *
 * In memory, as JSON: the bytes that are counted are the bytes that are held. What was used longest ago is
 * forgotten first.
 */
export class ResponseStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: () => KeepingLimits;
  /** By caller and id, what was used longest ago first. */
  readonly #kept = new Map<string, Kept>();
  /** The response that an item is part of, both with their caller. */
  readonly #items = new Map<string, string>();
  #bytes = 0;

  /** @param limits - what is in force; a shorter time counts for what is kept from then on */
  constructor(clock: Pick<Clock, 'now'>, limits: () => KeepingLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** What is kept for one caller. */
  of(caller: string): ResponseShelf {
    const keyOf = (id: string): string => `${caller}\n${id}`;
    const { keepMs } = this.#limits();
    return {
      isOpen: keepMs > 0,
      keep: (answered) => {
        if (keepMs > 0) this.#keep(answered, keyOf);
      },
      response: (id) => this.#read(keyOf(id))?.response ?? null,
      history: (id) => this.#history(id, keyOf),
      items: (ids) => this.#itemsWith(ids, keyOf),
      forget: (id) => this.#forget(keyOf(id)),
    };
  }

  #keep(answered: Answered, keyOf: (id: string) => string): void {
    const key = keyOf(textOrNull(answered.response['id']) ?? '');
    this.#forget(key);
    const bytes = ownBytes([Buffer.from(JSON.stringify(answered))]);
    const { keepMs, maxBytes } = this.#limits();
    if (bytes.length > maxBytes) return;
    const itemKeys = objectsIn(answered.response['output']).flatMap(({ id }) =>
      textOrNull(id) === null ? [] : keyOf(String(id)),
    );
    const { previous } = answered;
    this.#kept.set(key, { bytes, previous, itemKeys, untilMs: this.#clock.now() + keepMs });
    for (const itemKey of itemKeys) this.#items.set(itemKey, key);
    this.#bytes += bytes.length;
    this.#makeRoom(maxBytes);
  }

  #history(last: string, keyOf: (id: string) => string): JsonObject[] | null {
    const parts: (readonly JsonObject[])[] = [];
    const seen = new Set<string>();
    for (let id: string | null = last; id !== null;) {
      const read: Answered | null = this.#read(keyOf(id));
      // Ids are a provider's own where it speaks this dialect, and it may give one twice.
      if (read === null || seen.has(id)) return null;
      seen.add(id);
      parts.push(objectsIn(read.response['output']), read.input);
      id = read.previous;
    }
    return parts.reverse().flat();
  }

  /** Reads each response once, however many of its items are asked for: it may be megabytes. */
  #itemsWith(ids: Iterable<string>, keyOf: (id: string) => string): Map<string, JsonObject> {
    const wanted = new Map<string, Set<string>>();
    for (const id of ids) {
      const key = this.#items.get(keyOf(id));
      if (key === undefined) continue;
      const together = wanted.get(key) ?? new Set();
      wanted.set(key, together.add(id));
    }
    const found = new Map<string, JsonObject>();
    for (const [key, together] of wanted) {
      for (const item of objectsIn(this.#read(key)?.response['output'])) {
        const id = String(item['id']);
        if (together.has(id) && !found.has(id)) found.set(id, item);
      }
    }
    return found;
  }

  /** What is read is used: it is kept for as long again. */
  #read(key: string): Answered | null {
    const kept = this.#kept.get(key);
    if (kept === undefined) return null;
    const now = this.#clock.now();
    if (kept.untilMs <= now) {
      this.#forget(key);
      return null;
    }
    kept.untilMs = now + this.#limits().keepMs;
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    return parsedObject(kept.bytes.toString('utf8')) as Answered | null;
  }

  #makeRoom(maxBytes: number): void {
    const now = this.#clock.now();
    for (const [key, { untilMs }] of this.#kept) {
      if (untilMs > now && this.#bytes <= maxBytes) return;
      this.#forget(key);
    }
  }

  #forget(key: string): boolean {
    const kept = this.#kept.get(key);
    if (kept === undefined) return false;
    this.#kept.delete(key);
    for (const itemKey of kept.itemKeys) {
      // A provider may give the same item in two responses: then it is the other one's still.
      if (this.#items.get(itemKey) === key) this.#items.delete(itemKey);
    }
    this.#bytes -= kept.bytes.length;
    return true;
  }
}
