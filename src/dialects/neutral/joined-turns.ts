import type { JsonObject } from '../json.js';
import { addAll } from './add-all.js';

/** A message of a dialect in which the user and the assistant alternate. */
export interface JoinedMessage {
  readonly role: 'user' | 'assistant';
  readonly content: JsonObject[];
}

/** Adds what a turn says: to the last message where that has the same role, else as a message of its own. */
export function joinTurn(messages: JoinedMessage[], message: JoinedMessage): void {
  const last = messages.at(-1);
  if (last?.role !== message.role) messages.push(message);
  else addAll(last.content, message.content);
}

/**
 * Puts results of tools before all else that the user says, which otherwise stays in order.
 *
 * To be done once all turns are joined: done after each, it takes quadratic time.
 */
export function resultsFirst(
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
