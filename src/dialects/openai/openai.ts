import { systemClock } from '../../core/clock.js';
import type { Dialect } from '../dialect.js';
import { readAnswer } from './answer.js';
import { editRequest } from './edit.js';
import { readError, writeError } from './error.js';
import { readRequest } from './request.js';
import { openStream } from './stream.js';

/** OpenAI's chat completions, as clients speak it and as OpenAI and its imitators answer. */
export const openai: Dialect = {
  readRequest,
  editRequest,
  readAnswer,
  openStream,
  readError: (status, body, retryAfter) =>
    readError({ status, body, retryAfter }, systemClock.wallMs()),
  writeError,
};
