import { lookup } from '../json.js';

const COMMON_IMAGE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The bytes of an image, and the type that the client declares. */
interface InlineImage {
  readonly mediaType: string;
  readonly base64: string;
}

/** Magic numbers of image types, in base64. */
const MAGIC_NUMBERS: readonly (readonly [string, RegExp])[] = [
  ['image/png', /^iVBORw0KGg/u],
  ['image/jpeg', /^\/9j\//u],
  ['image/gif', /^R0lGOD[dl]/u],
  // "RIFF", a length, "WEBP".
  ['image/webp', /^UklGR.{6}XRUJQ/u],
];

/**
 * The type of an image by its own bytes; if they are not recognised, the declared type.
 *
 * Many clients derive the type from the file name, or always declare the same one. OpenAI looks at the bytes, but Anthropic
 * and Bedrock reject a wrong type.
 */
export function imageType({ mediaType, base64 }: InlineImage): string {
  const found = MAGIC_NUMBERS.find(([, beginning]) => beginning.test(base64.slice(0, 16)));
  return found?.[0] ?? (mediaType === 'image/jpg' ? 'image/jpeg' : mediaType);
}

/** The type of an image that OpenAI and Anthropic accept; `null` if they do not (HEIC, SVG). */
export function commonImageType(image: InlineImage): string | null {
  const type = imageType(image);
  return COMMON_IMAGE_TYPES.has(type) ? type : null;
}

/** Audio formats by subtype, if the two differ. */
const AUDIO_FORMATS = lookup<string>({
  mpeg: 'mp3',
  'x-wav': 'wav',
  wave: 'wav',
  'vnd.wave': 'wav',
  'x-m4a': 'm4a',
});

/** The providers' name for an audio format: `mp3`, `wav` and the like. */
export function audioFormat(mediaType: string): string {
  const end = mediaType.replace(/^audio\//u, '');
  return AUDIO_FORMATS[end] ?? end;
}
