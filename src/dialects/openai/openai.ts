import { systemClock } from '../../core/clock.js';
import type { Dialect } from '../dialect.js';
import { readAnswer } from './answer.js';
import { editRequest } from './edit.js';
import { readError, writeError } from './error.js';
import { OpenAiReader, readEvents } from './event-reader.js';
import { OpenAiWriter } from './event-writer.js';
import { openaiCacheCodec } from './cache-codec.js';
import { readRequest } from './request.js';
import { openStream } from './stream.js';
import { withSchemaInPrompt } from './schema-prompt.js';
import { writeAnswer } from './write-answer.js';
import { writeRequest } from './write-request.js';

/** OpenAI's Chat Completions, for clients, and for OpenAI and compatible providers. */
export const openai: Dialect = {
  name: 'openai',
  limits: {
    toolNamePattern: /^[\w-]{1,64}$/,
    requiresObjectRoot: () => true,
    requiresTextSystem: true,
  },
  readRequest: (body) => readRequest(body),
  putSchemaInPrompt: withSchemaInPrompt,
  editRequest,
  readAnswer,
  openStream,
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
  writeError,
  writeRequest,
  readEvents,
  openReader: (reading, emit) => new OpenAiReader(reading, emit),
  writeAnswer,
  openWriter: (rules) => new OpenAiWriter(rules),
  // Everything can be expressed, partly in members that OpenAI does not have.
  unsupportedPart: () => null,
  forms: openaiCacheCodec,
};
