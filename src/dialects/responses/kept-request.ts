import type { ChatRequest } from '../dialect.js';
import { objectsIn, textOrNull, without, type JsonObject } from '../json.js';
import { invalid, parseBody } from '../request-check.js';
import { checkedRequest, isReference, unknownResponse } from './request.js';
import type { Answered, ResponseShelf } from './response-store.js';

/** A request, and what will have been new in it once it is answered. */
export interface KeptRequest {
  readonly request: ChatRequest;
  /** `null` where the client, or the operator, wants nothing kept. */
  readonly asked: Omit<Answered, 'response'> | null;
}

/**
 * Reads a request that may go on from an earlier response, or refer to items of one.
 *
 * Both are put in the place of what stands for them, so that every provider can answer, and none has
 * to know what another has said.
 *
 * @throws {GatewayError} `invalid_json` or `invalid_request`; for what is not kept as OpenAI does
 */
export function readKeptRequest(body: Buffer, shelf: ResponseShelf): KeptRequest {
  const parsed = parseBody(body);
  const previous = textOrNull(parsed['previous_response_id']);
  const told = { ...parsed, store: shelf.isOpen && parsed['store'] !== false };
  const given = itemsOf(parsed['input']);
  // What is no input is refused like everywhere else.
  if (given === null) return { request: checkedRequest(body, told), asked: null };
  const own = resolved(given, shelf);
  const asked = told.store ? { input: objectsIn(own), previous } : null;
  const isPlain = previous === null && own.every((item, i) => item === given[i]);
  if (isPlain) return { request: checkedRequest(body, told), asked };
  const input = [...historyUpTo(previous, shelf), ...own];
  const sent = { ...without(parsed, ['previous_response_id']), input };
  const bytes = Buffer.from(JSON.stringify(sent));
  return { request: checkedRequest(bytes, { ...told, input }), asked };
}

function historyUpTo(previous: string | null, shelf: ResponseShelf): readonly JsonObject[] {
  if (previous === null) return [];
  const history = shelf.history(previous);
  if (history !== null) return history;
  const isKept = shelf.response(previous) !== null;
  throw unknownResponse(
    previous,
    isKept ? 'goes on from one that is not kept any more' : undefined,
  );
}

/** The items of an input; `null` for what is none, which is refused elsewhere. */
function itemsOf(input: unknown): readonly unknown[] | null {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return Array.isArray(input) ? input : null;
}

/** @returns the items, with what they refer to in the place of references */
function resolved(items: readonly unknown[], shelf: ResponseShelf): readonly unknown[] {
  const places = new Map<string, string>();
  items.forEach((item, i) => {
    const id = referredTo(item);
    if (id === null) return;
    const first = places.get(id);
    // OpenAI refuses it, too; and a few bytes each could ask for an item of megabytes a thousand times.
    if (first !== undefined)
      throw invalid(`input[${i}]`, `refers to item "${id}", as ${first} does already`);
    places.set(id, `input[${i}]`);
  });
  if (places.size === 0) return items;
  const found = shelf.items(places.keys());
  return items.map((item, i) => {
    const id = referredTo(item);
    if (id === null) return item;
    const kept = found.get(id);
    if (kept !== undefined) return kept;
    throw invalid(`input[${i}]`, `refers to item "${id}", which is not kept here`);
  });
}

/** The id of the item that this one stands for; `null` for one that stands for itself. */
function referredTo(item: unknown): string | null {
  const [reference]: JsonObject[] = objectsIn([item]);
  if (reference === undefined || !isReference(reference)) return null;
  return textOrNull(reference['id']) ?? '';
}
