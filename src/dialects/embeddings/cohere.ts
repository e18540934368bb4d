import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { isObject, objectOrEmpty, textOrNull } from '../json.js';
import { numberOr } from '../json-members.js';
import { findEmbeddedError } from '../openai/error.js';
import type { EmbeddingProvider } from './embedding.js';
import { numbersIn, textsOf } from './inputs-and-vectors.js';

/** The member for the purpose of the vectors, which Cohere requires and other dialects do not have. */
export const INPUT_TYPE = 'input_type';
/** The default of `input_type`. */
export const DEFAULT_INPUT_TYPE = 'search_document';
/** The maximum number of texts per request, by Cohere's API reference; applies wherever its models run. */
export const MAX_TEXTS = 96;

/** Cohere's embeddings API, version 2. Clients of other dialects may set `input_type`. */
export const cohereEmbeddings: EmbeddingProvider = {
  maxInputs: () => MAX_TEXTS,
  writeRequest: (request, target, losses) => {
    for (const field of request.foreign) {
      if (field !== INPUT_TYPE) losses.note(field, 'embedding option');
    }
    const body = {
      model: target.model,
      texts: textsOf(request),
      [INPUT_TYPE]: textOrNull(request.parsed[INPUT_TYPE]) ?? DEFAULT_INPUT_TYPE,
      embedding_types: ['float'],
      ...(request.dimensions !== null && { output_dimension: request.dimensions }),
    };
    return { path: '/embed', body: Buffer.from(JSON.stringify(body)) };
  },
  readAnswer: ({ body }) => {
    const answer = parseAnswerObject(body);
    const all = objectOrEmpty(answer['embeddings'])['float'];
    if (!Array.isArray(all)) {
      const error = isObject(answer['embeddings']) ? null : findEmbeddedError(answer);
      throw error ?? new GatewayError('upstream_failed', 'The provider sent no vectors.');
    }
    const billed = objectOrEmpty(objectOrEmpty(answer['meta'])['billed_units']);
    const vectors = all.map(numbersIn);
    return { vectors, model: null, inputTokens: numberOr(billed['input_tokens'], null) };
  },
};
