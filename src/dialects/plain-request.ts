import type { LastQuestion } from './cache-codec.js';
import { isObject, type JsonObject } from './json.js';

/**
 * A message in its simplest equivalent form: without `null` members, and with a string in place of a
 * content that is a single text part.
 *
 * A value that is not an object is returned as it is.
 */
export function plainMessage(message: unknown): unknown {
  if (!isObject(message)) return message;
  const plain = Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null));
  if ('content' in plain) plain['content'] = plainContent(plain['content']);
  return plain;
}

/** The text of a content that is a single text part; any other content is returned as it is. */
export function plainContent(content: unknown): unknown {
  if (!Array.isArray(content) || content.length !== 1) return content;
  return plainText(content[0]) ?? content;
}

/** The text of a part without any other members; one with a cache breakpoint is not plain. */
function plainText(part: unknown): string | null {
  if (!isObject(part) || part['type'] !== 'text') return null;
  return Object.keys(part).length === 2 && typeof part['text'] === 'string' ? part['text'] : null;
}

/**
 * Splits a request into the last user message and the rest.
 *
 * @param members - with `messages` in plain form, oldest first
 * @returns `null` if the last user message is not plain text, or missing
 */
export function lastQuestion(members: JsonObject): LastQuestion | null {
  const { messages } = members;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : null;
  if (!Array.isArray(messages) || !isObject(last) || last['role'] !== 'user') return null;
  const text = last['content'];
  if (typeof text !== 'string' || text === '') return null;
  // `null` is unambiguous: plain messages never have a `null` content.
  const rest = {
    ...members,
    messages: [...(messages.slice(0, -1) as unknown[]), { ...last, content: null }],
  };
  return { text, rest };
}

/** Whether a value is equivalent to leaving the member out. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value)
    ? value.length === 0
    : isObject(value) && Object.keys(value).length === 0;
}
