import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { isObject, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import type { Losses } from '../neutral/losses.js';
import { errorInside } from '../openai/error.js';
import type { EmbeddingProvider, EmbeddingRequest } from './embedding.js';
import { INPUT_TYPE, MOST_TEXTS, USUAL_INPUT_TYPE } from './cohere.js';
import { numbersIn, textsOf } from './plain.js';

/** How long a vector is to be, where the model takes a wish, and what else it wants to know. */
interface Wishes {
  readonly dimensions: number | null;
  readonly inputType: string;
}

/** Bedrock has no words of its own for vectors: each family of models is asked in its vendor's. */
interface Family {
  readonly mostInputs: number;
  /** Takes a length for its vectors. */
  readonly sizes: boolean;
  /** Wants to know what vectors are for. */
  readonly purposes: boolean;
  body(texts: readonly string[], wishes: Wishes): JsonObject;
}

const cohere = (sizes: boolean): Family => ({
  mostInputs: MOST_TEXTS,
  sizes,
  purposes: true,
  body: (texts, { dimensions, inputType }) => ({
    texts,
    [INPUT_TYPE]: inputType,
    embedding_types: ['float'],
    ...(dimensions !== null && { output_dimension: dimensions }),
  }),
});

/** Titan, but for the first of its models. */
const titan: Family = {
  mostInputs: 1,
  sizes: true,
  purposes: false,
  body: ([inputText], { dimensions }) => ({
    inputText,
    ...(dimensions !== null && { dimensions }),
  }),
};

const oldTitan: Family = { ...titan, sizes: false, body: ([inputText]) => ({ inputText }) };

/** Titan for images, which reads texts as well. */
const titanImage: Family = {
  ...titan,
  body: ([inputText], { dimensions }) => ({
    inputText,
    ...(dimensions !== null && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
  }),
};

const nova: Family = {
  mostInputs: 1,
  sizes: true,
  purposes: false,
  body: ([value], { dimensions }) => ({
    taskType: 'SINGLE_EMBEDDING',
    singleEmbeddingParams: {
      embeddingPurpose: 'GENERIC_INDEX',
      ...(dimensions !== null && { embeddingDimension: dimensions }),
      // A text that is cut would be found by what is not in it.
      text: { truncationMode: 'NONE', value },
    },
  }),
};

/**
 * The first whose pattern is in a model's id says how the model is asked.
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

/** Vectors of models behind Bedrock, through InvokeModel. */
export const bedrockEmbeddings: EmbeddingProvider = {
  mostInputs: (model) => familyOf(model).mostInputs,
  writeRequest: (request, { model }, losses) => {
    const family = familyOf(model);
    noteLosses(request, family, losses);
    const body = family.body(textsOf(request), {
      dimensions: family.sizes ? request.dimensions : null,
      inputType: textOrNull(request.said[INPUT_TYPE]) ?? USUAL_INPUT_TYPE,
    });
    const path = `/model/${encodeURIComponent(model)}/invoke`;
    return { path, body: Buffer.from(JSON.stringify(body)) };
  },
  readAnswer: ({ body, header }) => {
    const answer = parseAnswerObject(body);
    const vectors = vectorsIn(answer);
    if (vectors === null) {
      const error = errorInside(answer);
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
  const message = `Nobody knows how ${model} (bedrock) is asked for vectors: its id names neither Titan, Nova nor Cohere's models.`;
  throw new GatewayError('invalid_request', message, { param: 'model' });
}

function noteLosses(request: EmbeddingRequest, family: Family, losses: Losses): void {
  for (const field of request.foreign) {
    if (field !== INPUT_TYPE || !family.purposes) losses.note(field, 'embedding option');
  }
  if (request.dimensions !== null && !family.sizes) losses.note('dimensions', 'dimensions');
}

/** Those whose body says nothing of tokens leave that to Bedrock. */
function countedIn(header: (name: string) => string | undefined): number | null {
  const told = header('x-amzn-bedrock-input-token-count') ?? '';
  return /^\d+$/u.test(told) ? Number(told) : null;
}

/** All vectors, in whichever of the families' forms they come; `null` where there are none. */
function vectorsIn({ embedding, embeddings }: JsonObject): readonly unknown[] | null {
  if (Array.isArray(embedding)) return [embedding];
  // By type of number, where types were asked for.
  const list = isObject(embeddings) ? embeddings['float'] : embeddings;
  if (!Array.isArray(list) || list.length === 0) return null;
  const items: readonly unknown[] = list;
  return isObject(items[0]) ? objectsIn(items).map((item) => item['embedding']) : items;
}
