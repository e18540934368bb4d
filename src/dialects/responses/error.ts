import type { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';
import { writeError } from '../openai/error.js';

/**
 * The members of an `error` event.
 *
 * They stand in the event itself, as OpenAI's document has it, and in an `error` of its own, as OpenAI sends it.
 */
export function errorMembers(error: GatewayError): JsonObject {
  const { error: told } = JSON.parse(writeError(error)) as { error: JsonObject };
  const { code, message, param } = told;
  return { code, message, param, error: told };
}

/** What a response that failed says of it, in the few words that OpenAI's document knows. */
export function failureOf({ status, message }: GatewayError): JsonObject {
  return { code: status === 429 ? 'rate_limit_exceeded' : 'server_error', message };
}
