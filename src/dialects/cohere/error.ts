import type { GatewayError } from '../../core/errors.js';
import { parsedObject } from '../json-members.js';
import { textOrNull } from '../json.js';
import { readError as readAnyError } from '../openai/error.js';

/** Cohere's status for an invalid token. */
const INVALID_TOKEN = 498;

interface ErrorReply {
  readonly status: number;
  readonly body: Buffer;
  readonly retryAfter: string | undefined;
}

/** Converts an error response of Cohere; `nowMs` is wall clock, milliseconds since 1970. */
export function readError(reply: ErrorReply, nowMs: number): GatewayError {
  const status = reply.status === INVALID_TOKEN ? 401 : reply.status;
  const body = parsedObject(reply.body.toString('utf8'));
  const message = textOrNull(body?.['message']);
  if (message === null || body?.['error_type'] !== 'TOO_MANY_TOKENS') {
    return readAnyError({ ...reply, status }, nowMs);
  }
  const error = { message, code: 'context_length_exceeded' };
  return readAnyError({ ...reply, status, body: Buffer.from(JSON.stringify({ error })) }, nowMs);
}
