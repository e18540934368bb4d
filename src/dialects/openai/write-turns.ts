import type { JsonObject } from '../json.js';
import { addAll } from '../neutral/add-all.js';
import { dropEmptiedTurn, noteLostPart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import type {
  ContentPart,
  MediaPart,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../neutral/part.js';
import { audioFormat } from '../neutral/media-types.js';
import { documentText } from '../neutral/document-text.js';

import { imageUrl } from './image-url.js';

type IdOf = (id: string) => string;

/** In what providers of the dialect differ. */
interface WriteOptions {
  /** Maps call ids to ones that the provider accepts. */
  readonly idOf: IdOf;
  /** Accepts the reasoning of earlier turns, as `reasoning_content`. */
  readonly acceptsReasoning: boolean;
}

const DEFAULTS: WriteOptions = { idOf: (id) => id, acceptsReasoning: false };

/** The context for encoding tool results. */
interface ResultContext {
  /** Collects the media in results. */
  readonly media: JsonObject[];
  readonly losses: Losses;
  readonly idOf: IdOf;
}

/** Encodes turns as the messages of a chat completion request. */
export function writeTurns(
  turns: readonly Turn[],
  losses: Losses,
  options: WriteOptions = DEFAULTS,
): JsonObject[] {
  const { idOf } = options;
  const messages: JsonObject[] = [];
  /** Media in tool results, sent in a user message: a tool message accepts only text. */
  let media: JsonObject[] = [];
  const flush = (): void => {
    if (media.length > 0) messages.push({ role: 'user', content: media });
    media = [];
  };
  for (const turn of turns) {
    if (turn.role === 'tool') {
      const results = turn.parts.filter((part) => part.kind === 'tool_result');
      addAll(
        messages,
        results.map((part) => resultMessage(part, { media, losses, idOf })),
      );
      continue;
    }
    flush();
    const message =
      turn.role === 'assistant' ? assistant(turn, losses, options) : plain(turn, losses);
    if (message !== null) messages.push(message);
  }
  flush();
  return messages;
}

function plain(turn: Turn, losses: Losses): JsonObject | null {
  const content = contentOf(turn.parts, losses);
  if (content === null) {
    dropEmptiedTurn(turn);
    return null;
  }
  return { role: turn.role === 'user' ? 'user' : 'system', content };
}

function assistant(turn: Turn, losses: Losses, options: WriteOptions): JsonObject | null {
  const thoughts = thoughtsOf(turn, losses, options);
  const text: string[] = [];
  const refusals: string[] = [];
  const calls: JsonObject[] = [];
  for (const part of turn.parts) {
    if (part.kind === 'text') text.push(part.text);
    else if (part.kind === 'refusal') refusals.push(part.text);
    else if (part.kind === 'tool_call') calls.push(callOf(part, options.idOf));
    else if (part.kind !== 'reasoning') noteLostPart(part, losses);
  }
  if (text.length + refusals.length + calls.length === 0) return null;
  return {
    role: 'assistant',
    content: text.length === 0 ? null : text.join(''),
    ...(refusals.length > 0 && { refusal: refusals.join('') }),
    ...(thoughts.length > 0 && { reasoning_content: thoughts.join('\n') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Reasoning text is sent to any model that accepts it; encrypted reasoning cannot be sent in this dialect. */
function thoughtsOf({ parts }: Turn, losses: Losses, { acceptsReasoning }: WriteOptions): string[] {
  return parts.flatMap((part) => {
    if (part.kind !== 'reasoning') return [];
    if (acceptsReasoning && part.text !== '') return [part.text];
    losses.hint(part.at, 'reasoning');
    return [];
  });
}

function callOf({ id, name, arguments: args }: ToolCallPart, idOf: IdOf): JsonObject {
  const text = args.trim() === '' ? '{}' : args;
  return { id: idOf(id), type: 'function', function: { name, arguments: text } };
}

function resultMessage(part: ToolResultPart, { media, losses, idOf }: ResultContext): JsonObject {
  if (part.isError) losses.note(`${part.at}.is_error`, 'is_error');
  const text: string[] = [];
  for (const inner of part.parts) {
    if (inner.kind === 'text') text.push(inner.text);
    else {
      const written = partOf(inner, losses);
      if (written !== null) media.push(written);
    }
  }
  return { role: 'tool', tool_call_id: idOf(part.callId), content: text.join('\n') };
}

/** Content of only text is a string: many servers accept nothing else. */
function contentOf(parts: readonly ContentPart[], losses: Losses): string | JsonObject[] | null {
  const written = parts.flatMap((part): JsonObject[] => {
    const block = partOf(part, losses);
    return block === null ? [] : [block];
  });
  if (written.length === 0) return null;
  const texts = written.flatMap((part) => (typeof part['text'] === 'string' ? part['text'] : []));
  return texts.length === written.length ? texts.join('\n\n') : written;
}

function partOf(part: ContentPart, losses: Losses): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'image':
      return imageOf(part, losses);
    case 'audio':
      return audioOf(part, losses);
    case 'document':
      return documentOf(part, losses);
    default:
      noteLostPart(part, losses);
      return null;
  }
}

function imageOf(part: MediaPart, losses: Losses): JsonObject | null {
  const { source, detail } = part;
  const url = imageUrl(source);
  if (url === null) {
    noteLostPart(part, losses);
    return null;
  }
  return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) } };
}

/** The audio formats that Chat Completions accept. */
const AUDIO_FORMATS = new Set(['mp3', 'wav']);

function audioOf(part: MediaPart, losses: Losses): JsonObject | null {
  const { source } = part;
  const format = source.kind === 'bytes' ? audioFormat(source.mediaType) : '';
  if (source.kind !== 'bytes' || !AUDIO_FORMATS.has(format)) {
    noteLostPart(part, losses);
    return null;
  }
  return { type: 'input_audio', input_audio: { data: source.base64, format } };
}

function documentOf(part: MediaPart, losses: Losses): JsonObject | null {
  const { source, name } = part;
  if (part.cited === true) losses.note(`${part.at}.citations`, 'citations');
  if (source.kind === 'text') return { type: 'text', text: documentText(part, source.text) };
  if (source.kind === 'file' && source.owner === 'openai') {
    return { type: 'file', file: { file_id: source.id } };
  }
  if (source.kind !== 'bytes') {
    noteLostPart(part, losses);
    return null;
  }
  const data = `data:${source.mediaType};base64,${source.base64}`;
  return { type: 'file', file: { filename: name ?? 'document.pdf', file_data: data } };
}
