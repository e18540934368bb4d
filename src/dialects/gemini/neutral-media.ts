import { isObject, textOrNull, type JsonObject } from '../json.js';
import type { ContentPart, MediaPart, Source } from '../neutral/part.js';
import { camelMembers } from './members.js';

/** Where Google keeps what was uploaded to it: nobody else can read it. */
const OWN_FILE =
  /^(gs:\/\/|files\/|https:\/\/generativelanguage\.googleapis\.com\/)|^https:\/\/(www\.)?(youtube\.com|youtu\.be)\//;

/** An image, a recording or a document; `null` for parts that are none. Others of its kind are foreign. */
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

/** Videos have no kind: no other dialect has a word for them. */
function kindOf(mediaType: string): MediaPart['kind'] | null {
  if (mediaType.startsWith('image/')) return 'image';
  if (mediaType.startsWith('audio/')) return 'audio';
  return isText(mediaType) || mediaType === 'application/pdf' ? 'document' : null;
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType === 'application/json';
}

function bytesOf(mediaType: string, data: string): Source {
  // Google takes base64 for addresses as well, and its Python client writes that.
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
