import type { MediaContent } from '../core/conversation.js';

/** Tokens of audio, or of a document, of unknown length. */
const AUDIO_TOKENS = 600;
const FILE_TOKENS = 1500;

/**
 * Between what providers count per second of audio: Google 32 (ai.google.dev/gemini-api/docs/tokens), OpenAI 10
 * (developers.openai.com/api/docs/guides/realtime-costs).
 */
const TOKENS_PER_SECOND = 20;
/** Between what providers count per page of a PDF: Anthropic 2,300 (docs.claude.com/en/docs/build-with-claude/pdf-support), Google 560. */
const TOKENS_PER_PAGE = 1500;
const CHARS_PER_TOKEN = 4;

/** Bytes per second: MP3 at 128 kbit/s, PCM with 16 bits at 24 kHz, and speech in newer formats at 64 kbit/s. */
const MP3_BYTES = 16_000;
const PCM_BYTES = 48_000;
const OTHER_BYTES = 8_000;

/**
 * Assumed bytes of a page if pages cannot be counted: a gigabyte has 15,477 pages of images, or 64,782 of text
 * (cloudnine.com/ediscoverydaily). The larger size is used, because too many pages would exceed every context window.
 */
const BYTES_PER_PAGE = 70_000;
/** Most pages that are assumed: a guess must not exclude models with 128k tokens. */
const MAX_ASSUMED_PAGES = 50;

/** Base64 characters that are read at the beginning and at the end: a multiple of four. */
const SAMPLE_CHARS = 512 * 1024;
/** First bytes of a linearized PDF, which contain its number of pages (ISO 32000-1, F.3.3). */
const LINEARIZED_BYTES = 1024;

/** Estimated tokens of an audio part. */
export function audioTokens(content: MediaContent | undefined): number {
  if (content === undefined) return AUDIO_TOKENS;
  return Math.ceil((bytesOf(content) / bytesPerSecond(content)) * TOKENS_PER_SECOND);
}

/** Estimated tokens of a file part. */
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
  const stated = head.toString('latin1', 0, 4) === 'RIFF' ? head.readUInt32LE(28) : 0;
  return stated > 0 ? stated : PCM_BYTES;
}

/** Pages of a PDF, at least 1. If they are in compressed streams, their number is estimated from the size. */
function pagesOf(content: MediaContent): number {
  const { base64 } = content;
  const start = latin1(base64.slice(0, SAMPLE_CHARS));
  // A linearized PDF states the number of pages at its beginning.
  const stated = /\/Linearized\b[^>]*\/N\s+(\d{1,5})\b/.exec(start.slice(0, LINEARIZED_BYTES))?.[1];
  if (stated !== undefined) return Math.max(1, Number(stated));
  const rest = base64.slice(SAMPLE_CHARS);
  const end = latin1(rest.slice(Math.max(0, rest.length - SAMPLE_CHARS) & ~3));
  const countedPages = pagesIn(start) + pagesIn(end);
  const bytes = bytesOf(content);
  if (countedPages > 0)
    return Math.round(countedPages * Math.max(1, bytes / (start.length + end.length)));
  return Math.max(1, Math.min(MAX_ASSUMED_PAGES, Math.round(bytes / BYTES_PER_PAGE)));
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
