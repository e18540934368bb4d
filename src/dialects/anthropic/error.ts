import type { GatewayError } from '../../core/errors.js';
import { isObject, lookup, textOrNull, type JsonObject } from '../json.js';
import { readError } from '../openai/error.js';

/** Anthropic's error types, with their statuses. */
const TYPES = lookup<number>({
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
});

/**
 * The error inside a 200, whole or as an event of a stream.
 *
 * @param eventName - the `event:` field of the event; empty for none
 * @returns `null` if the value is not an error
 */
export function findEmbeddedError(value: JsonObject, eventName: string): GatewayError | null {
  const isError = value['type'] === 'error' || eventName === 'error' || isObject(value['error']);
  if (!isError) return null;
  const type = isObject(value['error']) ? textOrNull(value['error']['type']) : null;
  const status = TYPES[type ?? ''] ?? 500;
  const body = Buffer.from(JSON.stringify(value));
  return readError({ status, body, retryAfter: undefined }, 0);
}

/** An error as Anthropic's API sends it: `{"type":"error","error":{type,message}}`. */
export function writeError(error: GatewayError): string {
  return JSON.stringify({
    type: 'error',
    error: { type: errorType(error), message: error.message },
  });
}

function errorType({ status, upstreamType }: GatewayError): string {
  if (upstreamType !== null && Object.hasOwn(TYPES, upstreamType)) return upstreamType;
  if (status === 503) return 'overloaded_error';
  const named = Object.entries(TYPES).find(([, known]) => known === status);
  if (named !== undefined) return named[0];
  return status < 500 ? 'invalid_request_error' : 'api_error';
}
