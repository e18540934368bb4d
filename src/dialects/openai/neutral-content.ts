import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, textOrNull } from '../json.js';
import { readDataUrl } from '../json-members.js';
import { cacheMarker } from '../neutral/cache-marker.js';
import type { ContentPart, Source } from '../neutral/part.js';

/** The parts of a message's content, in any of its forms. Empty text is left out. */
export function readContent(content: unknown, at: string): ContentPart[] {
  if (typeof content === 'string')
    return content === '' ? [] : [{ kind: 'text', text: content, at }];
  if (!Array.isArray(content)) return [];
  return content.flatMap((item: unknown, i) => {
    const place = `${at}[${i}]`;
    if (typeof item === 'string')
      return item === '' ? [] : [{ kind: 'text', text: item, at: place }];
    const part = readPart(objectOrEmpty(item), place);
    if (part === null) return [];
    const cache = cacheMarker(objectOrEmpty(item)['cache_control']);
    return [cache === null ? part : { ...part, cache }];
  });
}

/** The inline bytes of audio or a document; `null` for other parts, and if there are none. */
export function bytesIn(part: JsonObject): Extract<Source, { kind: 'bytes' }> | null {
  const read = readPart(part, '');
  if (read === null || !('source' in read) || read.source.kind !== 'bytes') return null;
  return read.source.base64 === '' ? null : read.source;
}

function readPart(part: JsonObject, at: string): ContentPart | null {
  const type = textOrNull(part['type']) ?? 'text';
  switch (type) {
    case 'refusal':
      return { kind: 'refusal', text: textOrNull(part['refusal']) ?? '', at };
    case 'thinking':
      return { kind: 'reasoning', text: textOf(part['thinking']), ...UNSIGNED, at };
    case 'image_url':
    case 'input_image':
      return readImage(part, type, at);
    case 'input_audio':
      return readAudio(objectOrEmpty(part['input_audio']), at);
    case 'file':
    case 'input_file':
      return readFile(isObject(part['file']) ? part['file'] : part, type, at);
    default:
      return type.endsWith('text') ? readText(part, at) : { kind: 'foreign', type, at };
  }
}

function readText(part: JsonObject, at: string): ContentPart | null {
  const text = textOrNull(part['text']);
  return text === null ? null : { kind: 'text', text, at };
}

const UNSIGNED = { signature: null, redacted: null, vendor: 'anthropic' } as const;

/** An image without a source is foreign: it can be reported, but not translated. */
function readImage(part: JsonObject, type: string, at: string): ContentPart {
  const image = objectOrEmpty(part['image_url']);
  const url = textOrNull(image['url']) ?? textOrNull(part['image_url']);
  const source = url === null ? fileOf(part['file_id']) : sourceOf(url);
  if (source === null) return { kind: 'foreign', type, at };
  const detail = textOrNull(image['detail']) ?? textOrNull(part['detail']);
  return { kind: 'image', source, at, ...(detail !== null && { detail }) };
}

function readAudio(audio: JsonObject, at: string): ContentPart {
  const format = textOrNull(audio['format']) ?? 'wav';
  const base64 = textOrNull(audio['data']) ?? '';
  return { kind: 'audio', source: { kind: 'bytes', mediaType: `audio/${format}`, base64 }, at };
}

function readFile(file: JsonObject, type: string, at: string): ContentPart {
  const name = textOrNull(file['filename']);
  const data = textOrNull(file['file_data']) ?? textOrNull(file['file_url']);
  const source = data === null ? fileOf(file['file_id']) : fileSource(data);
  if (source === null) return { kind: 'foreign', type, at };
  return { kind: 'document', source, at, ...(name !== null && { name }) };
}

/** A file uploaded to OpenAI, by its id. */
function fileOf(id: unknown): Source | null {
  const fileId = textOrNull(id);
  return fileId === null ? null : { kind: 'file', id: fileId, owner: 'openai' };
}

function fileSource(data: string): Source {
  // Some clients leave the prefix out; OpenAI then accepts only PDF.
  return /^(data|https?):/i.test(data)
    ? sourceOf(data)
    : { kind: 'bytes', mediaType: 'application/pdf', base64: data };
}

function sourceOf(url: string): Source {
  const data = readDataUrl(url);
  return data === null ? { kind: 'url', url } : { kind: 'bytes', ...data };
}

/** Mistral's reasoning is an array of text parts. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  return value.map((item) => textOrNull(objectOrEmpty(item)['text']) ?? '').join('');
}
