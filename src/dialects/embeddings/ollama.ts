import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { textOrNull } from '../json.js';
import { numberOr } from '../json-members.js';
import { errorInside } from '../openai/error.js';
import type { EmbeddingProvider } from './embedding.js';
import { numbersIn, textsOf } from './plain.js';

/** Members of Ollama's own, heard where a client of another dialect says them. */
const OWN = ['truncate', 'options', 'keep_alive'];

/** Vectors of Ollama's own API. */
export const ollamaEmbeddings: EmbeddingProvider = {
  // It names no bound; this is OpenAI's, whose clients know it.
  mostInputs: () => 2_048,
  writeRequest: (request, { model }, losses) => {
    for (const field of request.foreign) {
      if (!OWN.includes(field)) losses.note(field, 'embedding option');
    }
    const own = Object.entries(request.said).filter(([name]) => OWN.includes(name));
    const body = {
      model,
      input: textsOf(request),
      // Left to itself Ollama cuts texts that are too long, and says so to nobody.
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
      const error = errorInside(answer);
      throw error ?? new GatewayError('upstream_failed', 'The provider sent no vectors.');
    }
    return {
      vectors: vectors.map(numbersIn),
      model: textOrNull(answer['model']),
      inputTokens: numberOr(answer['prompt_eval_count'], null),
    };
  },
};
