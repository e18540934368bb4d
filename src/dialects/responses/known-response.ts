import { isObject, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';

/** The text member of message parts, by type. */
export const PART_TEXTS: ReadonlyMap<unknown, string> = new Map([
  ['output_text', 'text'],
  ['refusal', 'refusal'],
]);

const CALLS = new Set<unknown>(['function_call', 'custom_tool_call']);
const STATUSES = new Set<unknown>([undefined, null, 'completed', 'incomplete']);

/** A response with only known item types. */
export interface KnownResponse {
  readonly body: JsonObject;
  readonly items: readonly JsonObject[];
}

/**
 * Reads a finished response.
 *
 * @returns `null` if it is not one, or has items of other types: what OpenAI's own tools found goes out of
 *   date
 */
export function knownResponse(whole: Buffer): KnownResponse | null {
  const body = parsedObject(whole.toString('utf8'));
  const output = body?.['output'];
  if (body === null || !Array.isArray(output) || !STATUSES.has(body['status'])) return null;
  const items = output.filter(isObject);
  return items.length === output.length && items.every(isKnown) ? { body, items } : null;
}

/** Whether an item is a call of one of the client's tools. */
export function isCallItem({ type }: JsonObject): boolean {
  return CALLS.has(type);
}

/** The parts in an item's array; only for known items. */
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

/** Whether an array, if present, has only text parts of a type. */
function hasTexts(list: unknown, type: string): boolean {
  if (list === undefined || list === null) return true;
  const isText = (part: unknown) =>
    isObject(part) && part['type'] === type && typeof part['text'] === 'string';
  return Array.isArray(list) && list.every(isText);
}

/** A response's text, without refusals and reasoning. */
export function textIn({ items }: KnownResponse): string | null {
  const parts = items
    .filter(({ type }) => type === 'message')
    .flatMap((item) => partsOf(item, 'content'));
  const texts = parts.map(({ type, text }) => (type === 'output_text' ? String(text) : ''));
  return textOrNull(texts.join(''));
}
