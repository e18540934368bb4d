import { isObject, textOrNull, type JsonObject } from '../json.js';
import type { ContentPart, MediaPart, Source } from '../neutral/part.js';
import { camelMembers } from './members.js';

/** URIs that only Google can read: uploaded files, and YouTube. */
const OWN_FILE =
  /^(gs:\/\/|files\/|https:\/\/generativelanguage\.googleapis\.com\/)|^https:\/\/(www\.)?(youtube\.com|youtu\.be)\//;

/** Reads an image, audio or a document; `null` for parts without media. Other media types are foreign parts. */
export function readMedia(part: JsonObject, at: string): ContentPart | null {
  const isInline = isObject(part['inlineData']);
  if (!isInline && !isObject(part['fileData'])) return null;
  const data = camelMembers(isInline ? part['inlineData'] : part['fileData']);
  const mediaType = (textOrNull(data['mimeType']) ?? '').toLowerCase();
  const kind = kindOf(mediaType);
  const type = isInline ? 'inlineData' : 'fileData';
  if (kind === null) return { kind: 'foreign', type, at: `${at}.${type}` };
  const name = textOrNull(data['displayName']);
  const source = isInline
    ? bytesOf(mediaType, textOrNull(data['data']) ?? '')
    : fileOf(textOrNull(data['fileUri']) ?? '');
  return { kind, source, at, ...(name !== null && { name }) };
}

/** `null` for videos and others, which no other dialect can express. */
function kindOf(mediaType: string): MediaPart['kind'] | null {
  if (mediaType.startsWith('image/')) return 'image';
  if (mediaType.startsWith('audio/')) return 'audio';
  return isText(mediaType) || mediaType === 'application/pdf' ? 'document' : null;
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType === 'application/json';
}

function bytesOf(mediaType: string, data: string): Source {
  // Google also accepts URL-safe base64, which its Python client sends.
  const base64 = data.replaceAll('-', '+').replaceAll('_', '/');
  if (isText(mediaType)) {
    return { kind: 'text', text: Buffer.from(base64, 'base64').toString('utf8') };
  }
  return { kind: 'bytes', mediaType, base64: base64 + '='.repeat((4 - (base64.length % 4)) % 4) };
}

function fileOf(uri: string): Source {
  return OWN_FILE.test(uri)
    ? { kind: 'file', id: uri, owner: 'gemini' }
    : { kind: 'url', url: uri };
}
