import type { ClientDialect } from '../dialect.js';
import { writeError } from '../openai/error.js';
import { CompletionsWriter, unsayable, writeAnswer } from './event-writer.js';
import { completionsForms } from './forms.js';
import { readRequest } from './request.js';

/** OpenAI's legacy completions, as clients speak it; every provider is asked for chat. */
export const completions: ClientDialect = {
  name: 'completions',
  readRequest,
  writeError,
  writeAnswer,
  openWriter: (rules) => new CompletionsWriter(rules),
  unsayable,
  forms: completionsForms,
};
