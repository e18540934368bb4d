import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { objectOrEmpty, objectsIn } from '../json.js';
import { numberOr } from '../json-members.js';
import { errorInside } from '../openai/error.js';
import type { EmbeddingProvider } from './embedding.js';
import { numbersIn, textsOf } from './plain.js';

/**
 * What surely goes into one request: all texts together may have 20,000 tokens, each of them 2,048.
 *
 * Source: "Get text embeddings" of Google Cloud's documents (read 2026-11); Gemini's models take one text only.
 */
const MOST_TEXTS = 9;

/** Vectors of Vertex AI, which has them behind `:predict`, unlike Google AI Studio. */
export const vertexEmbeddings: EmbeddingProvider = {
  mostInputs: (model) => (model.includes('gemini') ? 1 : MOST_TEXTS),
  writeRequest: (request, { model }, losses) => {
    for (const field of request.foreign) losses.note(field, 'embedding option');
    const body = {
      instances: textsOf(request).map((content) => ({ content })),
      // Left to itself Vertex cuts texts that are too long, and says so to nobody who does not ask.
      parameters: {
        autoTruncate: false,
        ...(request.dimensions !== null && { outputDimensionality: request.dimensions }),
      },
    };
    const path = `/models/${encodeURIComponent(model)}:predict`;
    return { path, body: Buffer.from(JSON.stringify(body)) };
  },
  readAnswer: ({ body }) => {
    const answer = parseAnswerObject(body);
    const all = objectsIn(answer['predictions']).map((one) => objectOrEmpty(one['embeddings']));
    if (all.length === 0) {
      const error = errorInside(answer);
      throw error ?? new GatewayError('upstream_failed', 'The provider sent no vectors.');
    }
    const counts = all.map((one) =>
      numberOr(objectOrEmpty(one['statistics'])['token_count'], null),
    );
    const told = counts.filter((count) => count !== null);
    return {
      vectors: all.map(({ values }) => numbersIn(values)),
      model: null,
      inputTokens: told.length < all.length ? null : told.reduce((sum, count) => sum + count, 0),
    };
  },
};
