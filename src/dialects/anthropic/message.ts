import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import type { JsonObject } from '../json.js';
import { findEmbeddedError } from './error.js';

/**
 * Reads a body that should be a message.
 *
 * @throws {GatewayError} `upstream_failed` if it is not; the error in the body if it has one
 */
export function parseMessage(body: Buffer): JsonObject {
  const message = parseAnswerObject(body);
  const error = findEmbeddedError(message, '');
  if (error !== null) throw error;
  if (!Array.isArray(message['content'])) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any content.');
  }
  return message;
}
