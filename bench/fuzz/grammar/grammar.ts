import type { ClientDialectName } from '../../../src/dialects/dialect.js';
import { checkAnthropicAnswer, checkAnthropicStream } from './anthropic.js';
import { checkCompletionsAnswer, checkCompletionsStream } from './completions.js';
import type { Ending, AnswerContent } from './fault.js';
import { checkGeminiAnswer, checkGeminiStream } from './gemini.js';
import { checkOpenAiAnswer, checkOpenAiStream } from './openai.js';
import { checkResponsesAnswer, checkResponsesStream } from './responses.js';

/** The checks of a client dialect. Both throw `GrammarFault` for a violation. */
export interface Grammar {
  readonly stream: (text: string, ending: Ending) => AnswerContent;
  readonly answer: (text: string) => AnswerContent;
}

/** The grammar of every client dialect, from its SDK and documentation. */
export const GRAMMARS: Readonly<Record<ClientDialectName, Grammar>> = {
  openai: { stream: checkOpenAiStream, answer: checkOpenAiAnswer },
  anthropic: { stream: checkAnthropicStream, answer: checkAnthropicAnswer },
  gemini: { stream: checkGeminiStream, answer: checkGeminiAnswer },
  responses: { stream: checkResponsesStream, answer: checkResponsesAnswer },
  completions: { stream: checkCompletionsStream, answer: checkCompletionsAnswer },
};
