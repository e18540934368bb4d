import type { MediaContent } from '../core/conversation.js';

/** Of a recording, or a document, of which nobody knows how long it is. */
const AUDIO_TOKENS = 600;
const FILE_TOKENS = 1500;

/**
 * In the middle of what providers count for a second: Google 32 (ai.google.dev/gemini-api/docs/tokens), OpenAI 10
 * (developers.openai.com/api/docs/guides/realtime-costs).
 */
const TOKENS_PER_SECOND = 20;
/** In the middle for a page of a PDF: Anthropic 2,300 (docs.claude.com/en/docs/build-with-claude/pdf-support), Google 560. */
const TOKENS_PER_PAGE = 1500;
const CHARS_PER_TOKEN = 4;

/** Bytes of a second: MP3 at 128 kbit/s, samples of 16 bits at 24 kHz, and speech in newer formats at 64 kbit/s. */
const MP3_BYTES = 16_000;
const PCM_BYTES = 48_000;
const OTHER_BYTES = 8_000;

/**
 * Of a page that cannot be seen, bytes: 15,477 pages of pictures make a gigabyte, and 64,782 of text
 * (cloudnine.com/ediscoverydaily). Too many pages would leave no model with room for them, so that the larger counts.
 */
const BYTES_PER_PAGE = 70_000;
/** A guess must not rule out models of 128k tokens. */
const MOST_UNSEEN_PAGES = 50;

/** Base64 looked at, at the beginning and at the end: a multiple of four. */
const SAMPLE_CHARS = 512 * 1024;
/** Bytes within which a PDF says that it is written for being read while it comes (ISO 32000-1, annex F). */
const LINEARIZED_WITHIN = 1024;

/** Estimated tokens of a recording. */
export function audioTokens(content: MediaContent | undefined): number {
  if (content === undefined) return AUDIO_TOKENS;
  return Math.ceil((bytesOf(content) / bytesPerSecond(content)) * TOKENS_PER_SECOND);
}

/** Estimated tokens of a document. */
export function fileTokens(content: MediaContent | undefined): number {
  if (content === undefined) return FILE_TOKENS;
  const { mediaType } = content;
  if (/^application\/pdf\b/i.test(mediaType)) return pagesOf(content) * TOKENS_PER_PAGE;
  const isText = /^(?:text\/|application\/(?:json|xml)\b)/i.test(mediaType);
  return isText ? Math.ceil(bytesOf(content) / CHARS_PER_TOKEN) : FILE_TOKENS;
}

function bytesPerSecond({ mediaType, base64 }: MediaContent): number {
  if (/\b(?:mpeg|mp3)\b/i.test(mediaType)) return MP3_BYTES;
  if (/\b(?:pcm\d*|l16)\b/i.test(mediaType)) return PCM_BYTES;
  if (!/\b(?:x-)?wave?\b/i.test(mediaType)) return OTHER_BYTES;
  const head = Buffer.from(base64.slice(0, 64), 'base64');
  const told = head.toString('latin1', 0, 4) === 'RIFF' ? head.readUInt32LE(28) : 0;
  return told > 0 ? told : PCM_BYTES;
}

/** At least 1. A PDF whose pages stand in compressed streams shows none of them: they are guessed from its bytes. */
function pagesOf(content: MediaContent): number {
  const { base64 } = content;
  const start = latin1(base64.slice(0, SAMPLE_CHARS));
  // Written for being read while it comes, it says at its beginning how many there are.
  const head = start.slice(0, LINEARIZED_WITHIN);
  const told = /\/Linearized\b[^>]*\/N\s+(\d{1,5})\b/.exec(head)?.[1];
  if (told !== undefined) return Math.max(1, Number(told));
  const rest = base64.slice(SAMPLE_CHARS);
  const end = latin1(rest.slice(Math.max(0, rest.length - SAMPLE_CHARS) & ~3));
  const seen = pagesIn(start) + pagesIn(end);
  const bytes = bytesOf(content);
  if (seen > 0) return Math.round(seen * Math.max(1, bytes / (start.length + end.length)));
  return Math.max(1, Math.min(MOST_UNSEEN_PAGES, Math.round(bytes / BYTES_PER_PAGE)));
}

function pagesIn(text: string): number {
  return text.match(/\/Type\s*\/Page\b/g)?.length ?? 0;
}

function latin1(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}

function bytesOf({ base64 }: MediaContent): number {
  return (base64.length * 3) / 4;
}
