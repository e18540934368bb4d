import type { Message } from '../../core/conversation.js';
import { personalDataIn } from './personal-data.js';

/** What rules have already asked of a conversation: several of them may look for different words. */
const texts = new WeakMap<readonly Message[], string>();
const kinds = new WeakMap<readonly Message[], readonly string[]>();

/**
 * All that is said in a conversation, whole and in order: system prompts, every turn, tool calls
 * with their arguments, tool results. What pictures, recordings and files hold is not in it.
 *
 * `Features.text` is what the newest turn asks, cut to size: good for guessing how hard it is, and no
 * use for finding out what must not leave the house.
 */
export function wholeText(messages: readonly Message[]): string {
  const known = texts.get(messages);
  if (known !== undefined) return known;
  const text = messages.flatMap(saidIn).join('\n');
  texts.set(messages, text);
  return text;
}

/** Kinds of personal data in `wholeText`. */
export function personalData(messages: readonly Message[]): readonly string[] {
  const known = kinds.get(messages);
  if (known !== undefined) return known;
  const found = personalDataIn(wholeText(messages));
  kinds.set(messages, found);
  return found;
}

function saidIn({ parts }: Message): readonly string[] {
  return parts.flatMap((part) => {
    switch (part.kind) {
      case 'text':
      case 'tool_result':
      case 'refusal':
        return [part.text];
      case 'tool_call':
        return [part.arguments];
      case 'image':
      case 'audio':
      case 'file':
        return [];
    }
  });
}
