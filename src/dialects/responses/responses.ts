import type { ClientDialect } from '../dialect.js';
import { writeError } from '../openai/error.js';
import { ResponsesWriter, writeAnswer } from './event-writer.js';
import { readRequest } from './request.js';

/** OpenAI's responses, as clients speak it. */
export const responses: ClientDialect = {
  name: 'responses',
  readRequest,
  writeError,
  writeAnswer,
  openWriter: (rules) => new ResponsesWriter(rules),
};
