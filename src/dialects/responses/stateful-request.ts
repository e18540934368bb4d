import type { ChatRequest } from '../dialect.js';
import { objectsIn, textOrNull, without, type JsonObject } from '../json.js';
import { invalid, parseBody } from '../request-check.js';
import { checkedRequest, isReference, unknownResponse } from './request.js';
import type { Answered, StoredResponses } from './response-store.js';

/** A request, and what to store of it once it is answered. */
export interface StatefulRequest {
  readonly request: ChatRequest;
  /** `null` if the client or the operator wants nothing stored. */
  readonly toStore: Omit<Answered, 'response'> | null;
}

/**
 * Reads a request that may continue an earlier response, or refer to items of one.
 *
 * References are replaced by what they refer to, so that any provider can answer.
 *
 * @throws {GatewayError} `invalid_json` or `invalid_request`; for what is not stored, the same error as OpenAI
 */
export function readStatefulRequest(body: Buffer, shelf: StoredResponses): StatefulRequest {
  const parsed = parseBody(body);
  const previous = textOrNull(parsed['previous_response_id']);
  const withStore = { ...parsed, store: shelf.isEnabled && parsed['store'] !== false };
  const items = itemsOf(parsed['input']);
  // An invalid input is rejected by the usual checks.
  if (items === null) return { request: checkedRequest(body, withStore), toStore: null };
  const expanded = resolveReferences(items, shelf);
  const toStore = withStore.store ? { input: objectsIn(expanded), previous } : null;
  const isPlain = previous === null && expanded.every((item, i) => item === items[i]);
  if (isPlain) return { request: checkedRequest(body, withStore), toStore };
  const input = [...historyOf(previous, shelf), ...expanded];
  const sent = { ...without(parsed, ['previous_response_id']), input };
  const bytes = Buffer.from(JSON.stringify(sent));
  return { request: checkedRequest(bytes, { ...withStore, input }), toStore };
}

function historyOf(previous: string | null, shelf: StoredResponses): readonly JsonObject[] {
  if (previous === null) return [];
  const history = shelf.history(previous);
  if (history !== null) return history;
  const isKept = shelf.response(previous) !== null;
  throw unknownResponse(previous, isKept ? 'continues one that is no longer stored' : undefined);
}

/** The items of an input; `null` if it is invalid, which is rejected elsewhere. */
function itemsOf(input: unknown): readonly unknown[] | null {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return Array.isArray(input) ? input : null;
}

/** @returns the items with references replaced by the items that they refer to */
function resolveReferences(items: readonly unknown[], shelf: StoredResponses): readonly unknown[] {
  const places = new Map<string, string>();
  items.forEach((item, i) => {
    const id = referencedId(item);
    if (id === null) return;
    const first = places.get(id);
    // OpenAI rejects it too, and a small request could otherwise expand an item of megabytes a thousand times.
    if (first !== undefined)
      throw invalid(`input[${i}]`, `refers to item "${id}", which ${first} already refers to`);
    places.set(id, `input[${i}]`);
  });
  if (places.size === 0) return items;
  const found = shelf.items(places.keys());
  return items.map((item, i) => {
    const id = referencedId(item);
    if (id === null) return item;
    const kept = found.get(id);
    if (kept !== undefined) return kept;
    throw invalid(`input[${i}]`, `refers to item "${id}", which is not stored`);
  });
}

/** The id that a reference refers to; `null` if the item is not a reference. */
function referencedId(item: unknown): string | null {
  const [reference]: JsonObject[] = objectsIn([item]);
  if (reference === undefined || !isReference(reference)) return null;
  return textOrNull(reference['id']) ?? '';
}
