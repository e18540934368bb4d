import type { Message } from '../../core/conversation.js';
import { personalDataIn } from './personal-data.js';

/** Results by conversation: several rules may search the same text. */
const texts = new WeakMap<readonly Message[], string>();
const kinds = new WeakMap<readonly Message[], readonly string[]>();

/**
 * The complete text of a conversation, in order: system prompts, every turn, arguments of tool
 * calls, tool results. Contents of images, audio and files are not included.
 *
 * Unlike `Features.text`, which is shortened to estimate difficulty, this is suitable for detecting
 * data that must not be sent to some providers.
 */
export function wholeText(messages: readonly Message[]): string {
  const known = texts.get(messages);
  if (known !== undefined) return known;
  const text = messages.flatMap(textsIn).join('\n');
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

function textsIn({ parts }: Message): readonly string[] {
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
