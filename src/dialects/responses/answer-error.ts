import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { isObject, lookup, objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { readError } from '../openai/error.js';

/** HTTP statuses by error code of a failed response; any other code is the provider's failure. */
const STATUSES = lookup<number>({
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  invalid_prompt: 400,
  context_length_exceeded: 400,
});

/** Statuses of a response without an answer. */
const UNANSWERED = new Set(['failed', 'cancelled', 'queued', 'in_progress']);

/**
 * The error in an event of a stream or in a whole response.
 *
 * @returns `null` if there is none
 */
export function findEmbeddedError(object: JsonObject, eventName = ''): GatewayError | null {
  const { type } = object;
  const isEvent = type === 'error' || eventName === 'error';
  if (isEvent) return errorOf(isObject(object['error']) ? object['error'] : object);
  if (type === 'response.failed') return errorOf(objectOrEmpty(object['response'])['error']);
  // A whole response always has `error`: `null` for success.
  return isObject(object['error']) ? errorOf(object['error']) : null;
}

/**
 * Reads a body that should be a whole response.
 *
 * @throws {GatewayError} `upstream_failed` if it is not; the error in the body if it has one
 */
export function parseResponse(body: Buffer): JsonObject {
  const response = parseAnswerObject(body);
  const error = findEmbeddedError(response);
  if (error !== null) throw error;
  if (!Array.isArray(response['output'])) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any output.');
  }
  const status = textOrNull(response['status']);
  if (status !== null && UNANSWERED.has(status)) {
    throw new GatewayError(
      'upstream_failed',
      `The provider's response has no answer; its status is "${status}".`,
    );
  }
  return response;
}

function errorOf(error: unknown): GatewayError {
  const members = objectOrEmpty(error);
  const status = STATUSES[textOrNull(members['code']) ?? ''] ?? 500;
  const body = Buffer.from(JSON.stringify({ error: members }));
  return readError({ status, body, retryAfter: undefined }, 0);
}
