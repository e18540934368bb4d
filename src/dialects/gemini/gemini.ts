import { systemClock } from '../../core/clock.js';
import type { ChatRequest, Dialect } from '../dialect.js';
import { editRequest } from '../openai/edit.js';
import { readError } from '../openai/error.js';
import { writeError } from './error.js';
import { GeminiReader, readEvents } from './event-reader.js';
import { GeminiWriter, writeAnswer } from './event-writer.js';
import { geminiCacheCodec } from './cache-codec.js';
import { listForm } from './list-form.js';
import { openStream, readAnswer } from './pass-through.js';
import { withoutForeignReasoning } from './foreign-reasoning.js';
import { readRequest, type UrlParameters } from './request.js';
import { writeRequest } from './write-request.js';

/**
 * Gemini's `generateContent`, for clients, and for Google.
 *
 * @param address - the model and whether to stream, which are in the URL instead of the body
 * @param asList - a stream is sent as one JSON array instead of events
 */
export function geminiDialect(address: UrlParameters, asList = false): Dialect {
  const read = (body: Buffer): ChatRequest => readRequest(body, address);
  return asList
    ? { readRequest: read, streamFraming: listForm, ...SHARED }
    : { readRequest: read, ...SHARED };
}

const SHARED: Omit<Dialect, 'readRequest'> = {
  name: 'gemini',
  limits: { toolNamePattern: /^[A-Za-z_][\w.:-]{0,63}$/, requiresTextSystem: true },
  // Usage need not be requested: every stream contains it. In a body the model's name has a prefix.
  editRequest: (request, edits) =>
    editRequest(request, { ...edits, model: `models/${edits.model}`, askUsage: false }),
  stripForeignReasoning: withoutForeignReasoning,
  readAnswer: (body) => readAnswer(body),
  openStream,
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
  writeError,
  writeCount: (tokens) => JSON.stringify({ totalTokens: tokens }),
  writeRequest,
  readEvents,
  openReader: (reading, emit) => new GeminiReader(reading, emit),
  writeAnswer,
  openWriter: (rules) => new GeminiWriter(rules),
  unsupportedPart: () => null,
  forms: geminiCacheCodec,
};

/** The dialect for everything but reading requests, which needs no address. */
export const gemini: Dialect = geminiDialect({ model: '', stream: false });
