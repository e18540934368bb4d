import { systemClock } from '../../core/clock.js';
import type { Dialect } from '../dialect.js';
import { editRequest } from '../openai/edit.js';
import { readError } from '../openai/error.js';
import { writeError } from './error.js';
import { AnthropicReader, readEvents } from './event-reader.js';
import { AnthropicWriter, unsayable, writeAnswer } from './event-writer.js';
import { anthropicForms } from './forms.js';
import { openStream, readAnswer } from './pass.js';
import { readRequest } from './request.js';
import { ownThoughts } from './own-thoughts.js';
import { writeRequest } from './write-request.js';
import { takesTool } from './write-tools.js';

/** Anthropic's Messages, for clients, and for Anthropic and compatible providers. */
export const anthropic: Dialect = {
  name: 'anthropic',
  limits: { toolName: /^[\w-]{1,128}$/, objectRoot: takesTool, textSystem: true },
  readRequest,
  // Usage need not be requested: every stream contains it.
  editRequest: (request, edits) => editRequest(request, { ...edits, askUsage: false }),
  ownThoughts,
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
  unsayable,
  forms: anthropicForms,
};
