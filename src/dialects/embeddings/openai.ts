import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import { scanObject } from '../json-splice.js';
import { findEmbeddedError, writeError } from '../openai/error.js';
import type { Losses } from '../neutral/losses.js';
import { editRequest } from '../openai/edit.js';
import { check, invalid, isWhole, parseBody } from '../request-check.js';
import type {
  ProviderEmbeddingRequest,
  EmbeddingDialect,
  EmbeddingInput,
  EmbeddingRequest,
  Embeddings,
  EmbeddingTarget,
  Vector,
} from './embedding.js';
import { requireVectorPerInput } from './inputs-and-vectors.js';
import { asBase64, asNumbers } from './vector-bytes.js';

const PATH = '/embeddings';
/** Maximum inputs per request, by OpenAI's API reference. */
const MOST_INPUTS = 2_048;
const READ = new Set(['model', 'input', 'dimensions', 'encoding_format']);

/** OpenAI's embeddings, for clients, and for OpenAI and compatible providers. */
export const openAiEmbeddings: EmbeddingDialect = {
  name: 'openai',
  readRequest,
  writeRequest,
  editRequest: (request, target) => ({ path: PATH, body: edited(request, target) }),
  maxInputs: () => MOST_INPUTS,
  readAnswer: ({ body }) => readAnswer(body),
  passAnswer: (body, request, { trusted }, defaults) => {
    // Vectors are long, so a trusted answer is not parsed.
    if (trusted) return { body, inputTokens: usageIn(body) };
    const answer = readAnswer(body);
    requireVectorPerInput(answer, request);
    const written = answerWith(parseAnswerObject(body), answer, request, defaults);
    return { body: written, inputTokens: answer.inputTokens };
  },
  writeAnswer: (answer, request, defaults) => answerWith({}, answer, request, defaults),
  writeError,
};

function readRequest(body: Buffer): EmbeddingRequest {
  const request = parseBody(body);
  const { model, encoding_format: format } = request;
  if (typeof model !== 'string' || model.trim() === '') {
    throw invalid('model', 'must name an embedding model');
  }
  check(request, 'dimensions', 'a whole number of at least 1', (n) => isWhole(n) && n >= 1);
  check(request, 'encoding_format', '"float" or "base64"', (f) => f === 'float' || f === 'base64');
  const inputs = inputsOf(request['input']);
  return {
    body,
    parsed: request,
    model,
    inputs,
    dimensions: numberOr(request['dimensions'], null),
    base64: format === 'base64',
    single: false,
    foreign: Object.keys(request).filter((name) => !READ.has(name) && request[name] !== null),
  };
}

function inputsOf(input: unknown): readonly EmbeddingInput[] {
  if (typeof input === 'string') return [input];
  if (!Array.isArray(input) || input.length === 0) {
    throw invalid('input', 'must be a string, a list of strings, or a list of token ids');
  }
  const list: readonly unknown[] = input;
  if (isTokens(list)) return [list];
  return list.map((one, i) => {
    if (typeof one === 'string' || isTokens(one)) return one;
    throw invalid(`input[${i}]`, 'must be a string or a list of token ids');
  });
}

function isTokens(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every(isWhole);
}

function edited({ body }: EmbeddingRequest, { model, renames }: EmbeddingTarget): Buffer {
  const request = { body, stream: false, includeUsage: false };
  return editRequest(request, { model, askUsage: false, renames });
}

function writeRequest(
  request: EmbeddingRequest,
  target: EmbeddingTarget,
  losses: Losses,
): ProviderEmbeddingRequest {
  for (const field of request.foreign) losses.note(field, 'embedding option');
  const plain = {
    model: target.model,
    input: request.inputs,
    ...(request.dimensions !== null && { dimensions: request.dimensions }),
    encoding_format: 'float',
  };
  const body = Buffer.from(JSON.stringify(plain));
  return { path: PATH, body: edited({ ...request, body }, target) };
}

function readAnswer(body: Buffer): Embeddings {
  const answer = parseAnswerObject(body);
  const error = findEmbeddedError(answer);
  if (error !== null) throw error;
  const items = objectsIn(answer['data']);
  if (items.length === 0) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any vector.');
  }
  const inOrder = items
    .map((item, i) => ({ vector: vectorOf(item), index: numberOr(item['index'], i) }))
    .sort((a, b) => a.index - b.index);
  const usage = objectOrEmpty(answer['usage']);
  return {
    vectors: inOrder.map(({ vector }) => vector),
    model: textOrNull(answer['model']),
    inputTokens: numberOr(usage['prompt_tokens'] ?? usage['total_tokens'], null),
  };
}

function vectorOf({ embedding }: JsonObject): Vector {
  if (typeof embedding === 'string') return embedding;
  if (Array.isArray(embedding) && embedding.every((value) => typeof value === 'number')) {
    return embedding;
  }
  throw new GatewayError(
    'upstream_failed',
    'The provider sent a vector that does not consist of numbers.',
  );
}

/** The input tokens in an answer's usage; `null` if there are none. */
function usageIn(body: Buffer): number | null {
  const [usage] = scanObject(body, 0, ['usage']).found;
  if (usage === undefined) return null;
  const usageJson = objectOrEmpty(JSON.parse(body.toString('utf8', usage.start, usage.end)));
  return numberOr(usageJson['prompt_tokens'] ?? usageJson['total_tokens'], null);
}

/** @param own - the provider's members; those that the gateway does not set are kept */
function answerWith(
  own: JsonObject,
  { vectors, model, inputTokens }: Embeddings,
  { base64 }: EmbeddingRequest,
  defaults: { readonly model: string; readonly inputTokens: number },
): Buffer {
  const tokens = inputTokens ?? defaults.inputTokens;
  const written = {
    ...own,
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: base64 ? asBase64(vector) : asNumbers(vector),
    })),
    model: model ?? defaults.model,
    usage: { ...objectOrEmpty(own['usage']), prompt_tokens: tokens, total_tokens: tokens },
  };
  return Buffer.from(JSON.stringify(written));
}
