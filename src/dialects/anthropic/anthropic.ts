import { systemClock } from '../../core/clock.js';
import type { Dialect } from '../dialect.js';
import { editRequest } from '../openai/edit.js';
import { readError } from '../openai/error.js';
import { writeError } from './error.js';
import { AnthropicReader, readEvents } from './event-reader.js';
import { AnthropicWriter, unsupportedPartOf, writeAnswer } from './event-writer.js';
import { anthropicCacheCodec } from './cache-codec.js';
import { openStream, readAnswer } from './pass-through.js';
import { readRequest } from './request.js';
import { withoutForeignReasoning } from './foreign-reasoning.js';
import { writeRequest } from './write-request.js';
import { needsAnswerTool } from './write-tools.js';

/** Anthropic's Messages, for clients, and for Anthropic and compatible providers. */
export const anthropic: Dialect = {
  name: 'anthropic',
  limits: {
    toolNamePattern: /^[\w-]{1,128}$/,
    requiresObjectRoot: needsAnswerTool,
    requiresTextSystem: true,
  },
  readRequest,
  // Usage need not be requested: every stream contains it.
  editRequest: (request, edits) => editRequest(request, { ...edits, askUsage: false }),
  stripForeignReasoning: withoutForeignReasoning,
  readAnswer: (body) => readAnswer(body),
  openStream,
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
  writeError,
  writeRequest,
  readEvents,
  openReader: (reading, emit) => new AnthropicReader(reading, emit),
  writeAnswer,
  openWriter: (rules) => new AnthropicWriter(rules),
  unsupportedPart: unsupportedPartOf,
  forms: anthropicCacheCodec,
};
