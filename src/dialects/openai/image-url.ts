import { commonImageType } from '../neutral/media-types.js';
import type { Source } from '../neutral/part.js';

/** The URL of an image, or a `data:` URL with its bytes; `null` for one that OpenAI does not accept. */
export function imageUrl(source: Source): string | null {
  if (source.kind === 'url') return source.url;
  const mediaType = source.kind === 'bytes' ? commonImageType(source) : null;
  if (source.kind !== 'bytes' || mediaType === null) return null;
  return `data:${mediaType};base64,${source.base64}`;
}
