import { systemClock } from '../../core/clock.js';
import type { Dialect } from '../dialect.js';
import { readError, writeError } from '../openai/error.js';
import { ResponsesReader, readEvents } from './event-reader.js';
import { ResponsesWriter, unsupportedPartOf, writeAnswer } from './event-writer.js';
import { responsesCacheCodec } from './cache-codec.js';
import { editRequest, openStream, readAnswer } from './pass-through.js';
import { readRequest } from './request.js';
import { writeRequest } from './write-request.js';

/** OpenAI's Responses, for clients, and for OpenAI and compatible providers. */
export const responses: Dialect = {
  name: 'responses',
  limits: { toolNamePattern: /^[\w-]{1,64}$/, requiresObjectRoot: () => true },
  readRequest,
  editRequest,
  readAnswer,
  openStream,
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
  writeError,
  writeRequest,
  readEvents,
  openReader: (_reading, emit) => new ResponsesReader(emit),
  writeAnswer,
  openWriter: (rules) => new ResponsesWriter(rules),
  unsupportedPart: unsupportedPartOf,
  forms: responsesCacheCodec,
};
