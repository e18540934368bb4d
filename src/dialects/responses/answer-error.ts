import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import { isObject, lookup, objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { readError } from '../openai/error.js';

/** Statuses that the words for a failed response stand for; the rest are the provider's own fault. */
const STATUSES = lookup<number>({
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  invalid_prompt: 400,
  context_length_exceeded: 400,
});

/** What became of a response that did not get as far as an answer. */
const UNANSWERED = new Set(['failed', 'cancelled', 'queued', 'in_progress']);

/**
 * What went wrong, as an event of a stream or a whole response tells it.
 *
 * @returns `null` if nothing did
 */
export function errorInside(told: JsonObject, eventName = ''): GatewayError | null {
  const { type } = told;
  const isEvent = type === 'error' || eventName === 'error';
  if (isEvent) return errorOf(isObject(told['error']) ? told['error'] : told);
  if (type === 'response.failed') return errorOf(objectOrEmpty(told['response'])['error']);
  // A whole response has an `error` too: `null` where all went well.
  return isObject(told['error']) ? errorOf(told['error']) : null;
}

/**
 * Reads a body that should be a whole response.
 *
 * @throws {GatewayError} `upstream_failed` if it is not, or what an error in it says
 */
export function parseResponse(body: Buffer): JsonObject {
  const response = parseAnswerObject(body);
  const error = errorInside(response);
  if (error !== null) throw error;
  if (!Array.isArray(response['output'])) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any output.');
  }
  const status = textOrNull(response['status']);
  if (status !== null && UNANSWERED.has(status)) {
    throw new GatewayError(
      'upstream_failed',
      `The provider's response is ${status}, not answered.`,
    );
  }
  return response;
}

function errorOf(error: unknown): GatewayError {
  const told = objectOrEmpty(error);
  const status = STATUSES[textOrNull(told['code']) ?? ''] ?? 500;
  const body = Buffer.from(JSON.stringify({ error: told }));
  return readError({ status, body, retryAfter: undefined }, 0);
}
