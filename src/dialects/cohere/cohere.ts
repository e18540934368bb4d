import { systemClock } from '../../core/clock.js';
import type { ProviderDialect } from '../dialect.js';
import { readError } from './error.js';
import { CohereReader, readEvents } from './event-reader.js';
import { writeRequest } from './write-request.js';

/** Cohere's Chat API, version 2. */
export const cohere: ProviderDialect = {
  name: 'cohere',
  limits: { requiresObjectRoot: () => true, requiresTextSystem: true },
  writeRequest,
  readEvents,
  openReader: (reading, emit) => new CohereReader(reading, emit),
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
};
