import type { JsonObject } from '../json.js';
import { addAll } from '../neutral/add-all.js';
import { noteEmptied, notePart } from '../neutral/foreign.js';
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

/** What providers of the dialect take differently. */
interface Form {
  /** What the provider is to know a call by. */
  readonly idOf: IdOf;
  /** Takes thoughts of earlier turns, as `reasoning_content`. */
  readonly takesThoughts: boolean;
}

const USUAL: Form = { idOf: (id) => id, takesThoughts: false };

/** What results of tools are written with. */
interface Writing {
  /** What they showed besides text. */
  readonly shown: JsonObject[];
  readonly losses: Losses;
  readonly idOf: IdOf;
}

/** The messages of a chat completion request. */
export function writeTurns(
  turns: readonly Turn[],
  losses: Losses,
  form: Form = USUAL,
): JsonObject[] {
  const { idOf } = form;
  const messages: JsonObject[] = [];
  /** What results of tools showed besides text: a tool's message takes text only. */
  let shown: JsonObject[] = [];
  const flush = (): void => {
    if (shown.length > 0) messages.push({ role: 'user', content: shown });
    shown = [];
  };
  for (const turn of turns) {
    if (turn.role === 'tool') {
      const results = turn.parts.filter((part) => part.kind === 'tool_result');
      addAll(
        messages,
        results.map((part) => resultMessage(part, { shown, losses, idOf })),
      );
      continue;
    }
    flush();
    const message = turn.role === 'assistant' ? assistant(turn, losses, form) : plain(turn, losses);
    if (message !== null) messages.push(message);
  }
  flush();
  return messages;
}

function plain(turn: Turn, losses: Losses): JsonObject | null {
  const content = contentOf(turn.parts, losses);
  if (content === null) {
    noteEmptied(turn);
    return null;
  }
  return { role: turn.role === 'user' ? 'user' : 'system', content };
}

function assistant(turn: Turn, losses: Losses, form: Form): JsonObject | null {
  const thoughts = thoughtsOf(turn, losses, form);
  const text: string[] = [];
  const refusals: string[] = [];
  const calls: JsonObject[] = [];
  for (const part of turn.parts) {
    if (part.kind === 'text') text.push(part.text);
    else if (part.kind === 'refusal') refusals.push(part.text);
    else if (part.kind === 'tool_call') calls.push(callOf(part, form.idOf));
    else if (part.kind !== 'reasoning') notePart(part, losses);
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

/** Words are for every model to read, where it takes them; what only its vendor can read is for that vendor. */
function thoughtsOf({ parts }: Turn, losses: Losses, { takesThoughts }: Form): string[] {
  return parts.flatMap((part) => {
    if (part.kind !== 'reasoning') return [];
    if (takesThoughts && part.text !== '') return [part.text];
    losses.hint(part.at, 'reasoning');
    return [];
  });
}

function callOf({ id, name, arguments: args }: ToolCallPart, idOf: IdOf): JsonObject {
  const text = args.trim() === '' ? '{}' : args;
  return { id: idOf(id), type: 'function', function: { name, arguments: text } };
}

function resultMessage(part: ToolResultPart, { shown, losses, idOf }: Writing): JsonObject {
  if (part.isError) losses.note(`${part.at}.is_error`, 'is_error');
  const text: string[] = [];
  for (const inner of part.parts) {
    if (inner.kind === 'text') text.push(inner.text);
    else {
      const written = partOf(inner, losses);
      if (written !== null) shown.push(written);
    }
  }
  return { role: 'tool', tool_call_id: idOf(part.callId), content: text.join('\n') };
}

/** Text alone is written as text: many servers take nothing else. */
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
      notePart(part, losses);
      return null;
  }
}

function imageOf(part: MediaPart, losses: Losses): JsonObject | null {
  const { source, detail } = part;
  const url = imageUrl(source);
  if (url === null) {
    notePart(part, losses);
    return null;
  }
  return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) } };
}

/** Recordings that chat completions take. */
const AUDIO_FORMATS = new Set(['mp3', 'wav']);

function audioOf(part: MediaPart, losses: Losses): JsonObject | null {
  const { source } = part;
  const format = source.kind === 'bytes' ? audioFormat(source.mediaType) : '';
  if (source.kind !== 'bytes' || !AUDIO_FORMATS.has(format)) {
    notePart(part, losses);
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
    notePart(part, losses);
    return null;
  }
  const data = `data:${source.mediaType};base64,${source.base64}`;
  return { type: 'file', file: { filename: name ?? 'document.pdf', file_data: data } };
}
