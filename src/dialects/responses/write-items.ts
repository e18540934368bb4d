import type { JsonObject } from '../json.js';
import { imageUrl } from '../openai/image-url.js';
import { responsesCallId as callId } from '../openai/limits.js';
import { documentText } from '../neutral/document-text.js';
import { dropEmptiedTurn, noteLostPart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import {
  isSignedReasoning,
  type ContentPart,
  type MediaPart,
  type ReasoningPart,
  type Source,
  type ToolResultPart,
  type Turn,
} from '../neutral/part.js';

/** Encodes turns as items: reasoning, text and calls are separate items. */
export function writeItems(turns: readonly Turn[], losses: Losses): JsonObject[] {
  return turns.flatMap((turn): JsonObject[] => {
    switch (turn.role) {
      case 'assistant':
        return assistantItems(turn, losses);
      case 'tool':
        return turn.parts.flatMap((part) =>
          part.kind === 'tool_result' ? resultItem(part, losses) : drop(part, losses),
        );
      default:
        return messageItem(turn, losses);
    }
  });
}

function messageItem(turn: Turn, losses: Losses): JsonObject[] {
  const parts = writeParts(turn.parts, losses);
  if (parts.length === 0) {
    dropEmptiedTurn(turn);
    return [];
  }
  return [{ role: turn.role, content: plainIfPossible(parts) }];
}

function assistantItems({ parts }: Turn, losses: Losses): JsonObject[] {
  const items: JsonObject[] = [];
  for (const part of parts) {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        items.push({ role: 'assistant', content: part.text });
        break;
      case 'tool_call': {
        const args = part.arguments.trim() === '' ? '{}' : part.arguments;
        const { id, name } = part;
        items.push({ type: 'function_call', call_id: callId(id), name, arguments: args });
        break;
      }
      case 'reasoning':
        items.push(...reasoningItem(part, losses));
        break;
      default:
        noteLostPart(part, losses);
    }
  }
  return items;
}

/** OpenAI accepts only its own models' reasoning. */
function reasoningItem(part: ReasoningPart, losses: Losses): JsonObject[] {
  const { text, signature, at } = part;
  if (!isSignedReasoning(part, 'openai')) {
    losses.hint(at, 'reasoning');
    return [];
  }
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  return [{ type: 'reasoning', summary, encrypted_content: signature }];
}

function resultItem(part: ToolResultPart, losses: Losses): JsonObject[] {
  if (part.isError) losses.note(`${part.at}.is_error`, 'is_error');
  const output = plainIfPossible(writeParts(part.parts, losses));
  return [{ type: 'function_call_output', call_id: callId(part.callId), output }];
}

/** Content of only text is a string, which more compatible APIs accept than parts. */
function plainIfPossible(parts: readonly JsonObject[]): string | readonly JsonObject[] {
  const texts = parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  return texts.length === parts.length ? texts.join('\n\n') : parts;
}

function writeParts(parts: readonly ContentPart[], losses: Losses): JsonObject[] {
  return parts.flatMap((part): JsonObject[] => {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        return [{ type: 'input_text', text: part.text }];
      case 'image':
        return imagePart(part, losses);
      case 'document':
        return documentPart(part, losses);
      default:
        return drop(part, losses);
    }
  });
}

function drop(part: ContentPart, losses: Losses): JsonObject[] {
  noteLostPart(part, losses);
  return [];
}

function imagePart(part: MediaPart, losses: Losses): JsonObject[] {
  const { source, detail } = part;
  const url = imageUrl(source);
  if (isOtherVendorsFile(source) || (source.kind !== 'file' && url === null))
    return drop(part, losses);
  const place = source.kind === 'file' ? { file_id: source.id } : { image_url: url };
  return [{ type: 'input_image', ...place, ...(detail !== undefined && { detail }) }];
}

function documentPart(part: MediaPart, losses: Losses): JsonObject[] {
  const { source, name } = part;
  if (isOtherVendorsFile(source)) return drop(part, losses);
  if (part.cited === true) losses.note(`${part.at}.citations`, 'citations');
  switch (source.kind) {
    case 'text':
      return [{ type: 'input_text', text: documentText(part, source.text) }];
    case 'url':
      return [{ type: 'input_file', file_url: source.url }];
    case 'file':
      return [{ type: 'input_file', file_id: source.id }];
    case 'bytes':
      return [{ type: 'input_file', filename: name ?? 'document.pdf', file_data: dataOf(source) }];
  }
}

/** Whether a file was uploaded to another vendor, so that OpenAI does not know its id. */
function isOtherVendorsFile(source: Source): boolean {
  return source.kind === 'file' && source.owner !== 'openai';
}

function dataOf({ mediaType, base64 }: Extract<Source, { kind: 'bytes' }>): string {
  return `data:${mediaType};base64,${base64}`;
}
