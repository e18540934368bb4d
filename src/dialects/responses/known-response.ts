import { isObject, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';

/** Parts of a message by type, and what each of them says. */
export const PART_TEXTS: ReadonlyMap<unknown, string> = new Map([
  ['output_text', 'text'],
  ['refusal', 'refusal'],
]);

const CALLS = new Set<unknown>(['function_call', 'custom_tool_call']);
const STATUSES = new Set<unknown>([undefined, null, 'completed', 'incomplete']);

/** A response of which every item is known. */
export interface KnownResponse {
  readonly body: JsonObject;
  readonly items: readonly JsonObject[];
}

/**
 * Reads a response that is over.
 *
 * @returns `null` for what is none, and for one with items that are not known here: what OpenAI's own
 *   tools found was true on its day
 */
export function knownResponse(whole: Buffer): KnownResponse | null {
  const body = parsedObject(whole.toString('utf8'));
  const output = body?.['output'];
  if (body === null || !Array.isArray(output) || !STATUSES.has(body['status'])) return null;
  const items = output.filter(isObject);
  return items.length === output.length && items.every(isKnown) ? { body, items } : null;
}

/** Whether an item calls a tool of the client's. */
export function isCallItem({ type }: JsonObject): boolean {
  return CALLS.has(type);
}

/** The parts of an item's list; only for items that are known. */
export function partsOf(item: JsonObject, name: string): readonly JsonObject[] {
  const parts = item[name];
  return Array.isArray(parts) ? parts.filter(isObject) : [];
}

function isKnown(item: JsonObject): boolean {
  if (item['type'] === 'reasoning') {
    return hasTexts(item['summary'], 'summary_text') && hasTexts(item['content'], 'reasoning_text');
  }
  if (item['type'] !== 'message') return isCallItem(item);
  const { content } = item;
  return Array.isArray(content) && content.every(isKnownPart);
}

function isKnownPart(part: unknown): boolean {
  if (!isObject(part)) return false;
  const name = PART_TEXTS.get(part['type']);
  return name !== undefined && typeof part[name] === 'string';
}

/** A list that may be missing. */
function hasTexts(list: unknown, type: string): boolean {
  if (list === undefined || list === null) return true;
  const isText = (part: unknown) =>
    isObject(part) && part['type'] === type && typeof part['text'] === 'string';
  return Array.isArray(list) && list.every(isText);
}

/** What a response says, refusals and thoughts left out. */
export function textIn({ items }: KnownResponse): string | null {
  const parts = items
    .filter(({ type }) => type === 'message')
    .flatMap((item) => partsOf(item, 'content'));
  const texts = parts.map(({ type, text }) => (type === 'output_text' ? String(text) : ''));
  return textOrNull(texts.join(''));
}
