import { lookup } from '../json.js';

const IMAGES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** The type of a picture that OpenAI and Anthropic take, as they call it; `null` for one that they do not (HEIC, SVG). */
export function usualImage(mediaType: string): string | null {
  const registered = mediaType === 'image/jpg' ? 'image/jpeg' : mediaType;
  return IMAGES.has(registered) ? registered : null;
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
