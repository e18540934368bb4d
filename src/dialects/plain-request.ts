import type { LastQuestion } from './answer-forms.js';
import { isObject, type JsonObject } from './json.js';

/**
 * A message as the plainest of several ways to write it: without members that are `null`, and with a
 * text for a content that is a single part of nothing but text.
 *
 * What is no object comes back as it is.
 */
export function plainMessage(message: unknown): unknown {
  if (!isObject(message)) return message;
  const plain = Object.fromEntries(Object.entries(message).filter(([, value]) => value !== null));
  if ('content' in plain) plain['content'] = plainContent(plain['content']);
  return plain;
}

/** The text of a single part that has nothing but text; every other content comes back as it is. */
export function plainContent(content: unknown): unknown {
  if (!Array.isArray(content) || content.length !== 1) return content;
  return plainText(content[0]) ?? content;
}

/** The text of a part that has nothing but text; a cache breakpoint in it would be something else. */
function plainText(part: unknown): string | null {
  if (!isObject(part) || part['type'] !== 'text') return null;
  return Object.keys(part).length === 2 && typeof part['text'] === 'string' ? part['text'] : null;
}

/**
 * What the user said last, and all the rest.
 *
 * @param members - with plain `messages`, oldest first
 * @returns `null` where that is more than text, or nothing
 */
export function lastQuestion(members: JsonObject): LastQuestion | null {
  const { messages } = members;
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : null;
  if (!Array.isArray(messages) || !isObject(last) || last['role'] !== 'user') return null;
  const text = last['content'];
  if (typeof text !== 'string' || text === '') return null;
  // No message comes with a content that is `null`: plain messages have no such member.
  const rest = {
    ...members,
    messages: [...(messages.slice(0, -1) as unknown[]), { ...last, content: null }],
  };
  return { text, rest };
}

/** Whether a value says no more than if it were left out. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value)
    ? value.length === 0
    : isObject(value) && Object.keys(value).length === 0;
}
