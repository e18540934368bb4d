import type { GatewayError } from '../../core/errors.js';
import { parsedObject } from '../json-members.js';
import { lookup, textOrNull } from '../json.js';
import { readError as readAnyError } from '../openai/error.js';
import type { Frame } from './frames.js';

/** AWS's documented exceptions for these calls, with their HTTP statuses outside of streams. */
const STATUSES = lookup<number>({
  validationexception: 400,
  accessdeniedexception: 403,
  resourcenotfoundexception: 404,
  modeltimeoutexception: 408,
  modelerrorexception: 424,
  modelstreamerrorexception: 424,
  modelnotreadyexception: 429,
  throttlingexception: 429,
  servicequotaexceededexception: 429,
  internalserverexception: 500,
  serviceunavailableexception: 503,
});

/** Messages of various models for a prompt that is too long. */
const TOO_LONG =
  /input is too long|too many input tokens|exceeds the maximum (?:number of )?tokens/iu;

interface ErrorReply {
  readonly status: number;
  readonly body: Buffer;
  readonly retryAfter: string | undefined;
}

/** Converts an error response of Bedrock; `nowMs` is wall clock, milliseconds since 1970. */
export function readError(reply: ErrorReply, nowMs: number): GatewayError {
  const body = parsedObject(reply.body.toString('utf8'));
  // Request signatures are checked by another part of AWS, which capitalises the member.
  const message = textOrNull(body?.['message']) ?? textOrNull(body?.['Message']);
  if (message === null) return readAnyError(reply, nowMs);
  const code = TOO_LONG.test(message) ? 'context_length_exceeded' : undefined;
  const errorBody = Buffer.from(JSON.stringify({ error: { message, code } }));
  return readAnyError({ ...reply, body: errorBody }, nowMs);
}

/** The error for an exception in mid-stream. */
export function toExceptionError({ name, errorMessage, body }: Frame): GatewayError {
  const status = STATUSES[name.toLowerCase()] ?? 500;
  const errorBody =
    errorMessage === null ? body : Buffer.from(JSON.stringify({ message: errorMessage }));
  return readError({ status, body: errorBody, retryAfter: undefined }, 0);
}
