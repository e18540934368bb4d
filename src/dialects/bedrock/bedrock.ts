import { systemClock } from '../../core/clock.js';
import type { ProviderDialect } from '../dialect.js';
import { readError } from './error.js';
import { BedrockReader, readEvents } from './event-reader.js';
import { writeRequest } from './write-request.js';
import { needsAnswerTool } from './write-tools.js';

/** Bedrock's Converse and ConverseStream, for all its models. */
export const bedrock: ProviderDialect = {
  name: 'bedrock',
  limits: {
    toolNamePattern: /^[\w-]{1,64}$/,
    requiresObjectRoot: needsAnswerTool,
    requiresTextSystem: true,
  },
  writeRequest,
  readEvents,
  openReader: (reading, emit) => new BedrockReader(reading, emit),
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
};
