import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { writeError } from '../gemini/error.js';
import { camelMembers, toList } from '../gemini/members.js';
import { isObject, objectOrEmpty, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import { editRequest } from '../openai/edit.js';
import { findEmbeddedError } from '../openai/error.js';
import { invalid, parseBody } from '../request-check.js';
import type { EmbeddingDialect, EmbeddingRequest, Embeddings, Vector } from './embedding.js';
import { numbersIn, requireVectorPerInput, textsOf } from './inputs-and-vectors.js';
import { asNumbers } from './vector-bytes.js';

/** The methods for embeddings in the URL. */
export type EmbeddingVerb = 'embedContent' | 'batchEmbedContents';

/** Maximum batch size, by Google's error for a longer one. */
const MOST_REQUESTS = 100;

const READ = new Set(['model', 'content', 'outputDimensionality']);

/**
 * Gemini's embeddings, for clients, and for Google.
 *
 * @param model - the model in the URL: the body may leave it out
 */
export function geminiEmbeddingsAt(model: string, verb: EmbeddingVerb): EmbeddingDialect {
  return { ...SHARED, readRequest: (body) => readRequest(body, model, verb) };
}

const SHARED: Omit<EmbeddingDialect, 'readRequest'> = {
  name: 'gemini',
  writeRequest: (request, target, losses) => {
    for (const field of request.foreign) losses.note(field, 'embedding option');
    const model = `models/${target.model}`;
    const requests = textsOf(request).map((text) => ({
      model,
      content: { parts: [{ text }] },
      ...(request.dimensions !== null && { outputDimensionality: request.dimensions }),
    }));
    const body = Buffer.from(JSON.stringify({ requests }));
    return { path: pathOf(target.model, 'batchEmbedContents'), body };
  },
  editRequest: (request, { model }) => {
    const verb = request.single ? 'embedContent' : 'batchEmbedContents';
    return { path: pathOf(model, verb), body: edited(request, `models/${model}`) };
  },
  maxInputs: () => MOST_REQUESTS,
  readAnswer: ({ body }) => readAnswer(body),
  passAnswer: (body, request) => {
    const answer = readAnswer(body);
    requireVectorPerInput(answer, request);
    return { body, inputTokens: answer.inputTokens };
  },
  writeAnswer: ({ vectors, inputTokens }, { single }) => {
    const usage = inputTokens === null ? {} : { usageMetadata: { promptTokenCount: inputTokens } };
    const [first = []] = vectors;
    const shown = single
      ? { embedding: shownVector(first) }
      : { embeddings: vectors.map(shownVector) };
    return Buffer.from(JSON.stringify({ ...shown, ...usage }));
  },
  writeError,
};

/** The dialect for everything but reading requests, which needs no address. */
export const geminiEmbeddings: EmbeddingDialect = geminiEmbeddingsAt('', 'batchEmbedContents');

function pathOf(model: string, verb: EmbeddingVerb): string {
  return `/models/${encodeURIComponent(model)}:${verb}`;
}

function readRequest(body: Buffer, model: string, verb: EmbeddingVerb): EmbeddingRequest {
  const json = parseBody(body);
  const request = camelMembers(json);
  const single = verb === 'embedContent';
  const requests = single ? [request] : toList(request['requests']).map(camelMembers);
  if (requests.length === 0) throw invalid('requests', 'must contain at least one request');
  const [first] = requests;
  const at = (i: number) => (single ? '' : `requests[${i}].`);
  return {
    body,
    parsed: json,
    model,
    inputs: requests.map((one, i) => textIn(one['content'], `${at(i)}content`)),
    dimensions: numberOr(first?.['outputDimensionality'], null),
    base64: false,
    single,
    foreign: requests.flatMap((one, i) =>
      Object.keys(one).flatMap((name) => (READ.has(name) ? [] : [`${at(i)}${name}`])),
    ),
  };
}

/** The joined texts of a content. */
function textIn(content: unknown, at: string): string {
  const parts = toList(camelMembers(content)['parts']);
  const texts = parts.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  if (parts.length === 0 || texts.length < parts.length) {
    throw invalid(`${at}.parts`, 'must be strings');
  }
  return texts.join('\n');
}

/** The client's bytes with the model replaced, which every request of a batch repeats. */
function edited({ body, single }: EmbeddingRequest, model: string): Buffer {
  const edits = { model, askUsage: false };
  if (single) return editRequest({ body, stream: false, includeUsage: false }, edits);
  const batch = parseBody(body);
  const requests = toList(batch['requests']).map((one) => ({ ...one, model }));
  return Buffer.from(JSON.stringify({ ...batch, requests }));
}

function readAnswer(body: Buffer): Embeddings {
  const answer = parseAnswerObject(body);
  const error = isObject(answer['error']) ? findEmbeddedError(answer) : null;
  if (error !== null) throw error;
  const all = isObject(answer['embedding']) ? [answer['embedding']] : toList(answer['embeddings']);
  if (all.length === 0) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any vector.');
  }
  const usage = objectOrEmpty(answer['usageMetadata']);
  return {
    vectors: all.map(({ values }) => numbersIn(values)),
    model: null,
    inputTokens: numberOr(usage['promptTokenCount'], null),
  };
}

function shownVector(vector: Vector): JsonObject {
  return { values: asNumbers(vector) };
}
