import type { Conversation, Message, Part } from '../../src/core/conversation.js';

/** A conversation without a word. */
export const EMPTY: Conversation = {
  messages: [],
  tools: [],
  toolRequired: false,
  parallelTools: null,
  format: 'text',
  maxOutputTokens: null,
  choices: 1,
  reasoningEffort: null,
};
/** A message of texts and other parts. */
export function message(role: Message['role'], ...parts: (string | Part)[]): Message {
  return {
    role,
    parts: parts.map((part) => (typeof part === 'string' ? { kind: 'text', text: part } : part)),
  };
}

/** A conversation with nothing but these messages. */
export function conversation(...messages: Message[]): Conversation {
  return { ...EMPTY, messages };
}
