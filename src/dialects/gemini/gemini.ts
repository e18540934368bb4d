import { systemClock } from '../../core/clock.js';
import type { ChatRequest, Dialect } from '../dialect.js';
import { editRequest } from '../openai/edit.js';
import { readError } from '../openai/error.js';
import { writeError } from './error.js';
import { GeminiReader, readEvents } from './event-reader.js';
import { GeminiWriter, writeAnswer } from './event-writer.js';
import { geminiForms } from './forms.js';
import { listForm } from './list-form.js';
import { openStream, readAnswer } from './pass.js';
import { ownThoughts } from './own-thoughts.js';
import { readRequest, type Address } from './request.js';
import { writeRequest } from './write-request.js';

/**
 * Gemini's `generateContent`, for clients, and for Google.
 *
 * @param address - the model and whether to stream, which are in the URL instead of the body
 * @param asList - a stream is sent as one JSON array instead of events
 */
export function geminiAt(address: Address, asList = false): Dialect {
  const read = (body: Buffer): ChatRequest => readRequest(body, address);
  return asList
    ? { readRequest: read, streamForm: listForm, ...SHARED }
    : { readRequest: read, ...SHARED };
}

const SHARED: Omit<Dialect, 'readRequest'> = {
  name: 'gemini',
  limits: { toolName: /^[A-Za-z_][\w.:-]{0,63}$/, textSystem: true },
  // Usage need not be requested: every stream contains it. In a body the model's name has a prefix.
  editRequest: (request, edits) =>
    editRequest(request, { ...edits, model: `models/${edits.model}`, askUsage: false }),
  ownThoughts,
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
  unsayable: () => null,
  forms: geminiForms,
};

/** The dialect for everything but reading requests, which needs no address. */
export const gemini: Dialect = geminiAt({ model: '', stream: false });
