import type { ErrorCode } from '../../core/errors.js';
import { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';
import { isObject, objectsIn, textOrNull } from '../json.js';
import { errorOfBaseResp } from './base-resp.js';
import { isContentRejection, redactAccount } from './content-rejection.js';
import { isContextLengthError } from './context-length-error.js';
import { isErrorFinish } from './finish.js';
import { keyRejectedMessage } from './key-rejected.js';
import { retryAfterS } from './retry-after.js';

/** Longer messages are cut: an error page or a dumped request is of no use. */
const MAX_MESSAGE_CHARS = 2000;

/** The provider is overloaded: treated like a rate limit, since the client should likewise retry later or elsewhere. */
const OVERLOADED = 529;
const FORBIDDEN = 403;

/** The parts of an error body, as the server wrote them. */
interface ErrorParts {
  readonly message: string | null;
  readonly type: string | null;
  readonly code: string | null;
  readonly param: string | null;
  /** An HTTP status inside the body, for errors sent inside a 200. */
  readonly status: number | null;
  readonly body: JsonObject;
}

/**
 * Converts an upstream's error response to a `GatewayError`.
 *
 * A rejected key is the operator's problem, so it becomes a 502 that does not blame the client's key.
 *
 * @param reply.retryAfter - the header as sent: seconds, milliseconds with a unit, or a date
 * @param nowMs - wall clock, milliseconds since 1970
 */
export function readError(
  reply: { status: number; body: Buffer; retryAfter: string | undefined },
  nowMs: number,
): GatewayError {
  const { status, body, retryAfter } = reply;
  const text = body.toString('utf8').trim();
  const parts = readErrorParts(parsed(text));
  const message = parts.message ?? plainMessage(text);
  const retry = retryAfterS(retryAfter, parts.body, nowMs);
  return toGatewayError(status, { ...parts, message }, retry);
}

/**
 * The error inside a 200, whole or as an event of a stream.
 *
 * @param eventName - the `event:` field of the event; empty for none
 * @returns `null` if the value is not an error and none of its choices ended with one
 */
export function findEmbeddedError(value: JsonObject, eventName = ''): GatewayError | null {
  if (isError(value) || eventName === 'error') return toEmbeddedError(value);
  const baseRespError = errorOfBaseResp(value);
  if (baseRespError !== null) return toEmbeddedError(baseRespError);
  const broken = objectsIn(value['choices']).find((choice) =>
    isErrorFinish(choice['finish_reason']),
  );
  if (broken === undefined) return null;
  if (isObject(broken['error'])) return toEmbeddedError(broken);
  return new GatewayError('upstream_failed', 'The provider ended its answer with an error.');
}

function toEmbeddedError(value: JsonObject): GatewayError {
  const parts = readErrorParts(value);
  return toGatewayError(parts.status ?? 500, parts, null);
}

/** An error as OpenAI's API sends it: `{"error": {message, type, param, code}}`. */
export function writeError(error: GatewayError): string {
  return JSON.stringify({
    error: {
      message: error.message,
      type: error.upstreamType ?? errorType(error),
      param: error.param,
      code: error.upstreamCode ?? error.code,
    },
  });
}

function toGatewayError(status: number, parts: ErrorParts, retryS: number | null): GatewayError {
  const code = errorCode(status, parts);
  const message = parts.message ?? `The provider answered with status ${status}.`;
  const later = retryS === null ? {} : { retryAfterS: retryS };
  if (code === 'upstream_auth_failed') return new GatewayError(code, keyRejectedMessage(message));
  if (code === 'upstream_rate_limited') {
    const own = status === OVERLOADED ? { status } : {};
    return new GatewayError(code, message, { ...upstreamDetails(parts), ...own, ...later });
  }
  if (code === 'upstream_rejected') {
    return new GatewayError(code, redactAccount(message), {
      ...upstreamDetails(parts),
      ...requestFault(parts),
      // A 403 that gets here is about the content; to a client whose own key is valid, 403 would be misleading.
      status: status === FORBIDDEN ? 400 : status,
    });
  }
  return new GatewayError(code, message, later);
}

function upstreamDetails(parts: ErrorParts): {
  param?: string;
  upstreamCode?: string;
  upstreamType?: string;
} {
  return {
    ...(parts.param !== null && { param: parts.param }),
    ...(parts.code !== null && { upstreamCode: parts.code }),
    ...(parts.type !== null && { upstreamType: parts.type }),
  };
}

/** OpenAI's code for a request that is invalid at any model: clients recognise no others. */
function requestFault(parts: ErrorParts): { upstreamCode?: string } {
  if (isContextTooLong(parts)) return { upstreamCode: 'context_length_exceeded' };
  return isContentRefused(parts) ? { upstreamCode: 'content_filter' } : {};
}

function isContentRefused({ message, body }: ErrorParts): boolean {
  return isContentRejection(message ?? '', body);
}

/** Clients compact their history when they see OpenAI's code for this, so other providers' errors get it too. */
function isContextTooLong({ code, message }: ErrorParts): boolean {
  return code === 'context_length_exceeded' || isContextLengthError(message ?? '');
}

/** Error codes by status alone. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'upstream_auth_failed'],
  [FORBIDDEN, 'upstream_auth_failed'],
  [408, 'upstream_timeout'],
  // Bedrock and text-generation-inference: the model itself failed.
  [424, 'upstream_failed'],
  [429, 'upstream_rate_limited'],
  [504, 'upstream_timeout'],
  [OVERLOADED, 'upstream_rate_limited'],
]);

function errorCode(status: number, parts: ErrorParts): ErrorCode {
  // If it were taken for a rejected key, one client's content would put the provider into cool-down for all others.
  const isOfRequest = status === FORBIDDEN && (isContentRefused(parts) || isContextTooLong(parts));
  if (isOfRequest) return 'upstream_rejected';
  if (isKeyRefused(parts)) return 'upstream_auth_failed';
  // Groq's flex tier, with its own status (498).
  if (parts.code === 'capacity_exceeded') return 'upstream_rate_limited';
  const known = CODES.get(status);
  if (known !== undefined) return known;
  return status >= 400 && status < 500 ? 'upstream_rejected' : 'upstream_failed';
}

/** Whether the key was rejected: Gemini and xAI respond to an invalid key with 400. */
function isKeyRefused(parts: ErrorParts): boolean {
  if (parts.code !== null && /^(invalid_api_key|API_KEY_INVALID)$/i.test(parts.code)) return true;
  const reasons = objectsIn(parts.body['details']).map((detail) => detail['reason']);
  if (reasons.includes('API_KEY_INVALID')) return true;
  return /\b(incorrect|invalid|no valid|not valid)\b.{0,20}\bapi[ _-]?key\b|\bapi[ _-]?key\b.{0,20}\b(invalid|incorrect|not valid)\b/i.test(
    parts.message ?? '',
  );
}

function errorType(error: GatewayError): string {
  if (error.code === 'invalid_api_key') return 'authentication_error';
  if (error.status === 429) return 'rate_limit_error';
  return error.status < 500 ? 'invalid_request_error' : 'server_error';
}

function isError(value: JsonObject): boolean {
  const { error, type, object, choices } = value;
  if (typeof error === 'string' && error !== '') return true;
  // Some servers send an empty error along with a valid answer.
  if (isObject(error) && (choices === undefined || Object.keys(error).length > 0)) return true;
  if (type === 'error' || object === 'error') return true;
  return choices === undefined && ('detail' in value || 'message' in value);
}

/** Finds the parts of an error in every known shape. */
function readErrorParts(value: unknown): ErrorParts {
  const outer = Array.isArray(value) ? objectsIn(value)[0] : value;
  if (!isObject(outer)) return NO_PARTS;
  const inner = isObject(outer['error']) ? outer['error'] : outer;
  const { code } = inner;
  return {
    message: messageIn(inner, outer),
    type: textOrNull(inner['type']) ?? textOrNull(outer['error_type']),
    // Google has the error's name in `status`, and a number in `code`.
    code: codeText(code) ?? codeText(inner['status']),
    param: textOrNull(inner['param']),
    status: statusIn([code, inner['status'], inner['status_code'], outer['status_code']]),
    body: inner,
  };
}

const NO_PARTS: ErrorParts = {
  message: null,
  type: null,
  code: null,
  param: null,
  status: null,
  body: {},
};

function messageIn(inner: JsonObject, outer: JsonObject): string | null {
  const message =
    textOrNull(outer['error']) ??
    textOrNull(inner['message']) ??
    detailText(inner['message']) ??
    detailText(outer['detail']) ??
    textOrNull(outer['message']) ??
    listedText(outer['error'] ?? outer['errors']) ??
    textOrNull(outer['title']);
  const cause = causeIn(inner['metadata']);
  const whole = cause === null ? message : `${message ?? 'Provider error'}: ${cause}`;
  return whole === null ? null : shorten(whole);
}

/** OpenRouter's message is only "Provider returned error"; the cause is in its metadata. */
function causeIn(metadata: unknown): string | null {
  if (!isObject(metadata)) return null;
  const raw = textOrNull(metadata['raw']);
  if (raw === null) return null;
  return readErrorParts(parsed(raw)).message ?? raw;
}

/** FastAPI's validation errors: `detail` is a string, or an array of `{loc, msg}`. */
function detailText(detail: unknown): string | null {
  if (typeof detail === 'string') return textOrNull(detail);
  if (isObject(detail)) return textOrNull(detail['message']) ?? detailText(detail['detail']);
  const lines = objectsIn(detail).map((item) => {
    const where = Array.isArray(item['loc']) ? `${item['loc'].join('.')}: ` : '';
    return `${where}${textOrNull(item['msg']) ?? 'invalid'}`;
  });
  return lines.length > 0 ? lines.join('; ') : null;
}

/** Hugging Face sends an array of strings, Writer an array of objects with a `description`. */
function listedText(list: unknown): string | null {
  if (!Array.isArray(list)) return null;
  const lines = list.map((item: unknown) =>
    isObject(item)
      ? (textOrNull(item['description']) ?? textOrNull(item['message']))
      : textOrNull(item),
  );
  return textOrNull(lines.filter((line) => line !== null).join('; '));
}

function codeText(code: unknown): string | null {
  // A number only repeats the HTTP status.
  return typeof code === 'string' && !/^\d*$/.test(code) ? code : null;
}

function statusIn(candidates: readonly unknown[]): number | null {
  for (const candidate of candidates) {
    const status = Number(candidate);
    if (Number.isInteger(status) && status >= 400 && status < 600) return status;
  }
  return null;
}

/** The message of a body that is not JSON: an HTML page's title, or the text itself. */
function plainMessage(text: string): string | null {
  if (text === '') return null;
  if (!/^\s*</.test(text)) return isJson(text) ? null : shorten(text.replace(/\s+/g, ' '));
  const title = /<title[^<>]*>([^<]{1,200})/i.exec(text)?.[1]?.trim() ?? '';
  return title === ''
    ? 'The provider answered with a web page instead of an API answer.'
    : `The provider answered with a web page instead of an API answer: ${title}`;
}

function isJson(text: string): boolean {
  return parsed(text) !== undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller then uses the text itself.
    return undefined;
  }
}

function shorten(message: string): string {
  return message.length > MAX_MESSAGE_CHARS ? `${message.slice(0, MAX_MESSAGE_CHARS)}…` : message;
}
