import type { JsonObject } from '../json.js';
import { addAll } from './add-all.js';

/** A message of a dialect in which user and assistant must alternate. */
export interface JoinedMessage {
  readonly role: 'user' | 'assistant';
  readonly content: JsonObject[];
}

/** Appends a message, or adds its content to the last message if that has the same role. */
export function joinTurn(messages: JoinedMessage[], message: JoinedMessage): void {
  const last = messages.at(-1);
  if (last?.role !== message.role) messages.push(message);
  else addAll(last.content, message.content);
}

/**
 * Moves tool results to the start of each user message; everything else stays in order.
 *
 * To be called once, after all turns are joined: calling it after each takes quadratic time.
 */
export function moveResultsFirst(
  messages: readonly JoinedMessage[],
  isResult: (block: JsonObject) => boolean,
): void {
  for (const { role, content } of messages) {
    if (role !== 'user' || !content.some(isResult)) continue;
    const others = content.filter((block) => !isResult(block));
    const results = content.filter(isResult);
    content.length = 0;
    addAll(content, results);
    addAll(content, others);
  }
}
