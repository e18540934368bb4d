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
 * Gemini's `generateContent`, as clients speak it and as Google answers it.
 *
 * @param address - what the address of a request says: the body names neither model nor stream
 * @param asList - a stream is sent as one JSON list instead of events
 */
export function geminiAt(address: Address, asList = false): Dialect {
  const read = (body: Buffer): ChatRequest => readRequest(body, address);
  return asList
    ? { readRequest: read, streamForm: listForm, ...WORDS }
    : { readRequest: read, ...WORDS };
}

const WORDS: Omit<Dialect, 'readRequest'> = {
  name: 'gemini',
  limits: { toolName: /^[A-Za-z_][\w.:-]{0,63}$/, textSystem: true },
  // There is no usage to ask for: every stream tells it. Bodies that name the model do so in full.
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

/** The dialect where nothing is read for a client, and so no address is needed. */
export const gemini: Dialect = geminiAt({ model: '', stream: false });
