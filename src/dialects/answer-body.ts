import { GatewayError } from '../core/errors.js';
import { isObject, type JsonObject } from './json.js';

/**
 * Reads a body that should be a JSON object, or an array that begins with one.
 *
 * @throws {GatewayError} `upstream_failed` for anything else: an empty body, a web page, broken JSON
 */
export function parseAnswerObject(body: Buffer): JsonObject {
  const text = body
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') throw new GatewayError('upstream_failed', 'The provider sent an empty answer.');
  if (text.startsWith('<')) {
    throw new GatewayError('upstream_failed', 'The provider sent a web page instead of an answer.');
  }
  const value = parseJson(text);
  const answer: unknown = Array.isArray(value) ? value[0] : value;
  if (isObject(answer)) return answer;
  throw new GatewayError('upstream_failed', 'The provider sent an answer that is not an object.');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError(
      'upstream_failed',
      'The provider sent an answer that is not valid JSON.',
      { cause },
    );
  }
}
