import { systemClock } from '../../core/clock.js';
import type { ProviderDialect } from '../dialect.js';
import { readError } from '../openai/error.js';
import { GeminiReader, readEvents } from './event-reader.js';
import { writeRequest } from './write-request.js';

/** Gemini's `generateContent`, as Google answers it. */
export const gemini: ProviderDialect = {
  name: 'gemini',
  writeRequest,
  readEvents: (body) => readEvents(body),
  openReader: (_reading, emit) => new GeminiReader(emit),
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
};
