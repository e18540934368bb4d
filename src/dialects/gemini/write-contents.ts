import { parsedObject } from '../json-members.js';
import type { JsonObject } from '../json.js';
import { addAll } from '../neutral/add-all.js';
import { documentText } from '../neutral/document-text.js';
import { dropEmptiedTurn, noteLostPart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { imageType } from '../neutral/media-types.js';
import type { ContentPart, MediaPart, ToolResultPart, Turn } from '../neutral/part.js';
import { PLACEHOLDER_SIGNATURE } from './signature.js';
import { supportsLevels } from './write-thinking.js';

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: JsonObject[];
}

/** Encodes `systemInstruction` and `contents`; consecutive turns of one role are joined. */
export function writeContents(turns: readonly Turn[], model: string, losses: Losses): JsonObject {
  const system: JsonObject[] = [];
  const contents: Content[] = [];
  const names = callNames(turns);
  for (const turn of turns) {
    if (turn.role === 'system' || turn.role === 'developer') {
      addAll(
        system,
        turn.parts.flatMap((part) => partsOf(part, losses)),
      );
      continue;
    }
    const isModel = turn.role === 'assistant';
    const parts = isModel
      ? modelParts(turn, model, losses)
      : turn.parts.flatMap((part) => userParts(part, names, losses));
    if (parts.length === 0) dropEmptiedTurn(turn);
    else append(contents, { role: isModel ? 'model' : 'user', parts });
  }
  // OpenAI accepts a system prompt alone; Gemini requires a user message.
  if (contents.length === 0) contents.push({ role: 'user', parts: system.splice(0) });
  return { ...(system.length > 0 && { systemInstruction: { parts: system } }), contents };
}

function append(contents: Content[], content: Content): void {
  const last = contents.at(-1);
  if (last?.role === content.role) addAll(last.parts, content.parts);
  else contents.push(content);
}

/** The names of calls by id: Gemini matches results by name and order. */
function callNames(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const part of turns.flatMap(({ parts }) => parts)) {
    if (part.kind === 'tool_call') names.set(part.id, part.name);
  }
  return names;
}

function modelParts({ parts }: Turn, model: string, losses: Losses): JsonObject[] {
  const out: JsonObject[] = [];
  // Only the first of several calls has the signature.
  let signature: string | null = supportsLevels(model) ? PLACEHOLDER_SIGNATURE : null;
  for (const part of parts) {
    if (part.kind === 'reasoning') {
      if (part.vendor === 'gemini' && part.signature !== null) signature = part.signature;
      else losses.hint(part.at, 'reasoning');
    } else if (part.kind === 'tool_call') {
      const args = part.arguments.trim() === '' ? {} : parsedObject(part.arguments);
      const functionCall = { name: part.name, args: args ?? { arguments: part.arguments } };
      out.push({ functionCall, ...(signature !== null && { thoughtSignature: signature }) });
      signature = null;
    } else {
      out.push(...partsOf(part, losses));
    }
  }
  return out;
}

function userParts(
  part: ContentPart,
  names: ReadonlyMap<string, string>,
  losses: Losses,
): JsonObject[] {
  if (part.kind !== 'tool_result') return partsOf(part, losses);
  const name = names.get(part.callId) ?? part.callId;
  const media = part.parts.filter((inner) => inner.kind !== 'text');
  return [
    { functionResponse: { name, response: responseOf(part) } },
    ...media.flatMap((inner) => partsOf(inner, losses)),
  ];
}

/** A tool result as an object. */
function responseOf({ parts, isError }: ToolResultPart): JsonObject {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  return isError ? { error: text } : (parsedObject(text) ?? { result: text });
}

function partsOf(part: ContentPart, losses: Losses): JsonObject[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'image':
    case 'audio':
    case 'document':
      return mediaParts(part, losses);
    default:
      noteLostPart(part, losses);
      return [];
  }
}

/** Media types by file extension in a URL. */
const TYPES: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  pdf: 'application/pdf',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
};

function mediaParts(part: MediaPart, losses: Losses): JsonObject[] {
  const { source } = part;
  if (part.cited === true) losses.note(`${part.at}.citations`, 'citations');
  switch (source.kind) {
    case 'text':
      return [{ text: documentText(part, source.text) }];
    case 'bytes': {
      const mimeType = part.kind === 'image' ? imageType(source) : source.mediaType;
      return [{ inlineData: { mimeType, data: source.base64 } }];
    }
    case 'url': {
      const end = /\.(\w+)(?:[?#]|$)/.exec(source.url)?.[1]?.toLowerCase() ?? '';
      const mimeType = TYPES[end] ?? (part.kind === 'image' ? 'image/jpeg' : 'application/pdf');
      return [{ fileData: { fileUri: source.url, mimeType } }];
    }
    case 'file':
      noteLostPart(part, losses);
      return [];
  }
}
