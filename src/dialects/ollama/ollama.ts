import { systemClock } from '../../core/clock.js';
import type { ProviderDialect } from '../dialect.js';
import { readError } from '../openai/error.js';
import { OllamaReader, readEvents } from './event-reader.js';
import { writeRequest } from './write-request.js';

/** Ollama's native chat API, which has options for context window and thinking that its OpenAI-compatible API lacks. */
export const ollama: ProviderDialect = {
  name: 'ollama',
  writeRequest,
  readEvents,
  openReader: (reading, emit) => new OllamaReader(reading, emit),
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
};
