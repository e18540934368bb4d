import { lookup } from '../json.js';

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** A picture's bytes, and what the client says they are. */
interface Picture {
  readonly mediaType: string;
  readonly base64: string;
}

/** What the files of a type begin with, in base64. */
const BEGINNINGS: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^iVBORw0KGg/u],
  ['image/jpeg', /^\/9j\//u],
  ['image/gif', /^R0lGOD[dl]/u],
  // "RIFF", a length, "WEBP".
  ['image/webp', /^UklGR.{6}XRUJQ/u],
];

/**
 * What a picture is by its own bytes, and what the client says where these do not tell.
 *
 * Many clients name a type by a file's name, or always the same one. OpenAI looks at the bytes and does not mind, Anthropic and
 * Bedrock refuse the request.
 */
export function pictureType({ mediaType, base64 }: Picture): string {
  const found = BEGINNINGS.find(([, beginning]) => beginning.test(base64.slice(0, 16)));
  return found?.[0] ?? (mediaType === 'image/jpg' ? 'image/jpeg' : mediaType);
}

/** The type of a picture that OpenAI and Anthropic take, as they call it; `null` for one that they do not (HEIC, SVG). */
export function usualImage(picture: Picture): string | null {
  const type = pictureType(picture);
  return IMAGES.has(type) ? type : null;
}

/** Formats of recordings by the end of their media type, where the two differ. */
const AUDIO_FORMATS = lookup<string>({
  mpeg: 'mp3',
  'x-wav': 'wav',
  wave: 'wav',
  'vnd.wave': 'wav',
  'x-m4a': 'm4a',
});

/** What providers call a recording's format: `mp3`, `wav` and the like. */
export function audioFormat(mediaType: string): string {
  const end = mediaType.replace(/^audio\//u, '');
  return AUDIO_FORMATS[end] ?? end;
}
