import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { isObject, objectOrEmpty, textOrNull } from '../json.js';
import { numberOr, parsedObject } from '../json-members.js';
import { errorInside } from '../openai/error.js';
import type { EmbeddingProvider } from './embedding.js';
import { numbersIn, textOf } from './plain.js';

/** What vectors are for; Cohere wants to know, and other dialects have no word for it. */
const INPUT_TYPE = 'input_type';
const USUAL_INPUT_TYPE = 'search_document';

/** Cohere's embeddings, version 2. A client that says `input_type` in its own dialect is heard. */
export const cohereEmbeddings: EmbeddingProvider = {
  writeRequest: (request, target, losses) => {
    for (const field of request.foreign) {
      if (field !== INPUT_TYPE) losses.note(field, 'embedding option');
    }
    const said = parsedObject(request.body.toString('utf8'));
    const body = {
      model: target.model,
      texts: request.inputs.map(textOf),
      [INPUT_TYPE]: textOrNull(said?.[INPUT_TYPE]) ?? USUAL_INPUT_TYPE,
      embedding_types: ['float'],
      ...(request.dimensions !== null && { output_dimension: request.dimensions }),
    };
    return { path: '/embed', body: Buffer.from(JSON.stringify(body)) };
  },
  readAnswer: (body) => {
    const answer = parseAnswerObject(body);
    const all = objectOrEmpty(answer['embeddings'])['float'];
    if (!Array.isArray(all)) {
      const error = isObject(answer['embeddings']) ? null : errorInside(answer);
      throw error ?? new GatewayError('upstream_failed', 'The provider sent no vectors.');
    }
    const billed = objectOrEmpty(objectOrEmpty(answer['meta'])['billed_units']);
    const vectors = all.map(numbersIn);
    return { vectors, model: null, inputTokens: numberOr(billed['input_tokens'], null) };
  },
};
