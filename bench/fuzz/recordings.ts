import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DialectName } from '../../src/dialects/dialect.js';
import { parseEvents, parseFrames, type Piece, type Recording } from './piece.js';

/** Longer recordings would take most of the time without finding more. */
const MAX_RECORDED_BYTES = 64 * 1024;

/** The recordings in this repository, of every dialect. */
export function bundledRecordings(): Recording[] {
  return recordingsIn(join(import.meta.dirname, 'recordings'));
}

/**
 * The recordings in a folder and its subfolders, sorted by name.
 *
 * Server-sent events (`.sse`), AWS event streams (`.bin`, or `.frames` as lines of JSON), lines of JSON (`.ndjson`), and
 * whole answers (`.json`). The dialect is detected from the content; files that are not answers are skipped.
 */
export function recordingsIn(folder: string): Recording[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return files.flatMap((file) => {
    const path = join(folder, file);
    const { size } = statSync(path);
    if (size === 0 || size > MAX_RECORDED_BYTES) return [];
    return readRecording(file, path) ?? [];
  });
}

function readRecording(id: string, path: string): Recording | null {
  const read = () => readFileSync(path);
  if (id.endsWith('.bin')) {
    return { id, provider: 'bedrock', isStream: true, pieces: parseFrames(read()) };
  }
  if (id.endsWith('.frames')) {
    return { id, provider: 'bedrock', isStream: true, pieces: writtenFrames(read().toString()) };
  }
  if (id.endsWith('.ndjson')) {
    return { id, provider: 'ollama', isStream: true, pieces: piecesOfLines(read().toString()) };
  }
  const isStream = id.endsWith('.sse');
  if (!isStream && !id.endsWith('.json')) return null;
  const text = read().toString('utf8');
  const pieces = isStream ? parseEvents(text) : [{ name: '', data: text }];
  const provider = dialectOf(text);
  return provider === null || pieces.length === 0 ? null : { id, provider, isStream, pieces };
}

function piecesOfLines(text: string): Piece[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return lines.map((data) => ({ name: '', data }));
}

/** Parses one frame per line: its type, a space, and its JSON. */
function writtenFrames(text: string): Piece[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const at = line.indexOf(' ');
      const name = line.slice(0, at);
      return { name, data: line.slice(at + 1), isException: name.endsWith('Exception') };
    });
}

/** Patterns that only match answers of one dialect, the most specific first. */
const SIGNS: readonly (readonly [DialectName, RegExp])[] = [
  ['responses', /"object":\s*"response"|"type":\s*"response\./],
  ['anthropic', /"type":\s*"message(_start)?"[^]*"usage"/],
  ['gemini', /"candidates":|"promptFeedback":/],
  ['bedrock', /"output":\s*\{\s*"message":/],
  ['ollama', /"done":\s*(true|false)/],
  ['cohere', /"type":\s*"message-start"|"message":[^]*"finish_reason":\s*"[A-Z_]+"/],
  ['openai', /"choices":/],
];

function dialectOf(text: string): DialectName | null {
  if (/"messages":|"contents":/.test(text)) return null;
  return SIGNS.find(([, sign]) => sign.test(text))?.[0] ?? null;
}
