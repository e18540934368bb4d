import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { objectOrEmpty, objectsIn } from '../json.js';
import { numberOr } from '../json-members.js';
import { findEmbeddedError } from '../openai/error.js';
import type { EmbeddingProvider } from './embedding.js';
import { numbersIn, textsOf } from './inputs-and-vectors.js';

/**
 * A number of texts that always fits: a request may have 20,000 tokens in all, and 2,048 per text.
 *
 * Source: "Get text embeddings" of Google Cloud's documentation (read 2026-11); Gemini's models accept only one text.
 */
const MOST_TEXTS = 9;

/** Embeddings of Vertex AI, which uses `:predict`, unlike Google AI Studio. */
export const vertexEmbeddings: EmbeddingProvider = {
  maxInputs: (model) => (model.includes('gemini') ? 1 : MOST_TEXTS),
  writeRequest: (request, { model }, losses) => {
    for (const field of request.foreign) losses.note(field, 'embedding option');
    const body = {
      instances: textsOf(request).map((content) => ({ content })),
      // By default Vertex silently truncates texts that are too long.
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
      const error = findEmbeddedError(answer);
      throw error ?? new GatewayError('upstream_failed', 'The provider sent no vectors.');
    }
    const counts = all.map((one) =>
      numberOr(objectOrEmpty(one['statistics'])['token_count'], null),
    );
    const reported = counts.filter((count) => count !== null);
    return {
      vectors: all.map(({ values }) => numbersIn(values)),
      model: null,
      inputTokens:
        reported.length < all.length ? null : reported.reduce((sum, count) => sum + count, 0),
    };
  },
};
