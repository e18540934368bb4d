import type { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';
import { writeError } from '../openai/error.js';

/**
 * The members of an `error` event.
 *
 * They are in the event itself, as OpenAI documents it, and also in an `error` object, as OpenAI sends it.
 */
export function errorMembers(error: GatewayError): JsonObject {
  const { error: json } = JSON.parse(writeError(error)) as { error: JsonObject };
  const { code, message, param } = json;
  return { code, message, param, error: json };
}

/** The `error` of a failed response, with one of the few codes that OpenAI documents. */
export function failureOf({ status, message }: GatewayError): JsonObject {
  return { code: status === 429 ? 'rate_limit_exceeded' : 'server_error', message };
}
