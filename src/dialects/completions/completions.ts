import type { ClientDialect } from '../dialect.js';
import { writeError } from '../openai/error.js';
import { CompletionsWriter, unsupportedPartOf, writeAnswer } from './event-writer.js';
import { completionsCacheCodec } from './cache-codec.js';
import { readRequest } from './request.js';

/** OpenAI's legacy Completions, for clients only: providers are always called with chat requests. */
export const completions: ClientDialect = {
  name: 'completions',
  readRequest,
  writeError,
  writeAnswer,
  openWriter: (rules) => new CompletionsWriter(rules),
  unsupportedPart: unsupportedPartOf,
  forms: completionsCacheCodec,
};
