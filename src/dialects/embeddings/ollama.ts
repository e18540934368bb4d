import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { textOrNull } from '../json.js';
import { numberOr } from '../json-members.js';
import { findEmbeddedError } from '../openai/error.js';
import type { EmbeddingProvider } from './embedding.js';
import { numbersIn, textsOf } from './inputs-and-vectors.js';

/** Ollama's own members, which clients of other dialects may set. */
const OWN_MEMBERS = ['truncate', 'options', 'keep_alive'];

/** Embeddings of Ollama's native API. */
export const ollamaEmbeddings: EmbeddingProvider = {
  // Ollama documents no limit; this is OpenAI's.
  maxInputs: () => 2_048,
  writeRequest: (request, { model }, losses) => {
    for (const field of request.foreign) {
      if (!OWN_MEMBERS.includes(field)) losses.note(field, 'embedding option');
    }
    const own = Object.entries(request.parsed).filter(([name]) => OWN_MEMBERS.includes(name));
    const body = {
      model,
      input: textsOf(request),
      // By default Ollama silently truncates texts that are too long.
      truncate: false,
      ...(request.dimensions !== null && { dimensions: request.dimensions }),
      ...Object.fromEntries(own),
    };
    return { path: '/api/embed', body: Buffer.from(JSON.stringify(body)) };
  },
  readAnswer: ({ body }) => {
    const answer = parseAnswerObject(body);
    const { embeddings } = answer;
    const vectors: readonly unknown[] = Array.isArray(embeddings) ? embeddings : [];
    if (vectors.length === 0) {
      const error = findEmbeddedError(answer);
      throw error ?? new GatewayError('upstream_failed', 'The provider sent no vectors.');
    }
    return {
      vectors: vectors.map(numbersIn),
      model: textOrNull(answer['model']),
      inputTokens: numberOr(answer['prompt_eval_count'], null),
    };
  },
};
