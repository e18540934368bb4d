import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { isObject, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import type { Losses } from '../neutral/losses.js';
import { findEmbeddedError } from '../openai/error.js';
import type { EmbeddingProvider, EmbeddingRequest } from './embedding.js';
import { INPUT_TYPE, MAX_TEXTS, DEFAULT_INPUT_TYPE } from './cohere.js';
import { numbersIn, textsOf } from './inputs-and-vectors.js';

/** Options of an embedding request, for models that support them. */
interface Options {
  readonly dimensions: number | null;
  readonly inputType: string;
}

/** Bedrock has no embedding format of its own: each model family uses its vendor's. */
interface Family {
  readonly mostInputs: number;
  /** Supports a choice of dimensions. */
  readonly supportsDimensions: boolean;
  /** Requires `input_type`. */
  readonly requiresInputType: boolean;
  body(texts: readonly string[], options: Options): JsonObject;
}

const cohere = (supportsDimensions: boolean): Family => ({
  mostInputs: MAX_TEXTS,
  supportsDimensions,
  requiresInputType: true,
  body: (texts, { dimensions, inputType }) => ({
    texts,
    [INPUT_TYPE]: inputType,
    embedding_types: ['float'],
    ...(dimensions !== null && { output_dimension: dimensions }),
  }),
});

/** Titan, except for the first model. */
const titan: Family = {
  mostInputs: 1,
  supportsDimensions: true,
  requiresInputType: false,
  body: ([inputText], { dimensions }) => ({
    inputText,
    ...(dimensions !== null && { dimensions }),
  }),
};

const oldTitan: Family = {
  ...titan,
  supportsDimensions: false,
  body: ([inputText]) => ({ inputText }),
};

/** Titan's multimodal model. */
const titanImage: Family = {
  ...titan,
  body: ([inputText], { dimensions }) => ({
    inputText,
    ...(dimensions !== null && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
  }),
};

const nova: Family = {
  mostInputs: 1,
  supportsDimensions: true,
  requiresInputType: false,
  body: ([value], { dimensions }) => ({
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'GENERIC_INDEX',
      ...(dimensions !== null && { embeddingDimension: dimensions }),
      // The vector of a truncated text would be misleading.
      text: { truncationMode: 'NONE', value },
    },
  }),
};

/**
 * The first pattern that matches a model's id determines the family.
 *
 * Source: "Inference request parameters" of Amazon's user guides for Bedrock and Nova (read 2026-11).
 */
const FAMILIES: readonly (readonly [RegExp, Family])[] = [
  [/cohere\.embed-(?:english|multilingual)/u, cohere(false)],
  [/cohere\.embed/u, cohere(true)],
  [/titan-embed-image/u, titanImage],
  [/titan-embed-(?:text-v1|g1)/u, oldTitan],
  [/titan-embed/u, titan],
  [/nova.*embed/u, nova],
];

/** Embeddings of Bedrock's models, by InvokeModel. */
export const bedrockEmbeddings: EmbeddingProvider = {
  maxInputs: (model) => familyOf(model).mostInputs,
  writeRequest: (request, { model }, losses) => {
    const family = familyOf(model);
    noteLosses(request, family, losses);
    const body = family.body(textsOf(request), {
      dimensions: family.supportsDimensions ? request.dimensions : null,
      inputType: textOrNull(request.parsed[INPUT_TYPE]) ?? DEFAULT_INPUT_TYPE,
    });
    const path = `/model/${encodeURIComponent(model)}/invoke`;
    return { path, body: Buffer.from(JSON.stringify(body)) };
  },
  readAnswer: ({ body, header }) => {
    const answer = parseAnswerObject(body);
    const vectors = vectorsIn(answer);
    if (vectors === null) {
      const error = findEmbeddedError(answer);
      throw error ?? new GatewayError('upstream_failed', 'The provider sent no vectors.');
    }
    const inputTokens = numberOr(answer['inputTextTokenCount'], countedIn(header));
    return { vectors: vectors.map(numbersIn), model: null, inputTokens };
  },
};

function familyOf(model: string): Family {
  const id = model.toLowerCase();
  const known = FAMILIES.find(([pattern]) => pattern.test(id));
  if (known !== undefined) return known[1];
  const message = `Embeddings of ${model} are not supported on Bedrock: its id matches none of the supported families (Titan, Nova, Cohere).`;
  throw new GatewayError('invalid_request', message, { param: 'model' });
}

function noteLosses(request: EmbeddingRequest, family: Family, losses: Losses): void {
  for (const field of request.foreign) {
    if (field !== INPUT_TYPE || !family.requiresInputType) losses.note(field, 'embedding option');
  }
  if (request.dimensions !== null && !family.supportsDimensions)
    losses.note('dimensions', 'dimensions');
}

/** The token count in Bedrock's header, for models whose body has none. */
function countedIn(header: (name: string) => string | undefined): number | null {
  const count = header('x-amzn-bedrock-input-token-count') ?? '';
  return /^\d+$/u.test(count) ? Number(count) : null;
}

/** The vectors of an answer in any family's format; `null` if there are none. */
function vectorsIn({ embedding, embeddings }: JsonObject): readonly unknown[] | null {
  if (Array.isArray(embedding)) return [embedding];
  // Grouped by number type if types were requested.
  const list = isObject(embeddings) ? embeddings['float'] : embeddings;
  if (!Array.isArray(list) || list.length === 0) return null;
  const items: readonly unknown[] = list;
  return isObject(items[0]) ? objectsIn(items).map((item) => item['embedding']) : items;
}
