import type { ErrorCode } from '../../core/errors.js';
import { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';
import { isObject, objectsIn, textOrNull } from '../json.js';
import { errorOfBaseResp } from './base-resp.js';
import { saysContentRefused, withoutAccount } from './content-refused.js';
import { saysContextTooLong } from './context-too-long.js';
import { isBrokenFinish } from './finish.js';
import { keyRefusedMessage } from './key-refused.js';
import { retryAfterS } from './retry-after.js';

/** Longer messages are cut: an error page or a dumped request helps nobody. */
const MAX_MESSAGE_CHARS = 2000;

/** All of a provider's capacity is taken: told like a rate limit, since it says the same: later, or elsewhere. */
const OVERLOADED = 529;
const FORBIDDEN = 403;

/** What an error body says, in the words of whichever server sent it. */
interface Told {
  readonly message: string | null;
  readonly type: string | null;
  readonly code: string | null;
  readonly param: string | null;
  /** An HTTP status inside the body, for errors that travel inside a 200. */
  readonly status: number | null;
  readonly body: JsonObject;
}

/**
 * Makes an upstream's error answer one of ours.
 *
 * A refused key is the operator's affair, so it becomes a 502 that does not blame the client's key.
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
  const told = readTold(parsed(text));
  const message = told.message ?? plainMessage(text);
  const retry = retryAfterS(retryAfter, told.body, nowMs);
  return toGatewayError(status, { ...told, message }, retry);
}

/**
 * The error that a 200 carries, whole or as an event of a stream.
 *
 * @param eventName - the `event:` field of the event; empty for none
 * @returns `null` if the value is no error and none of its choices broke off with one
 */
export function errorInside(value: JsonObject, eventName = ''): GatewayError | null {
  if (isError(value) || eventName === 'error') return errorTold(value);
  const told = errorOfBaseResp(value);
  if (told !== null) return errorTold(told);
  const broken = objectsIn(value['choices']).find((choice) =>
    isBrokenFinish(choice['finish_reason']),
  );
  if (broken === undefined) return null;
  if (isObject(broken['error'])) return errorTold(broken);
  return new GatewayError('upstream_failed', 'The provider broke off its answer with an error.');
}

function errorTold(value: JsonObject): GatewayError {
  const told = readTold(value);
  return toGatewayError(told.status ?? 500, told, null);
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

function toGatewayError(status: number, told: Told, retryS: number | null): GatewayError {
  const code = errorCode(status, told);
  const said = told.message ?? `The provider answered with status ${status}.`;
  const later = retryS === null ? {} : { retryAfterS: retryS };
  if (code === 'upstream_auth_failed') return new GatewayError(code, keyRefusedMessage(said));
  if (code === 'upstream_rate_limited') {
    const own = status === OVERLOADED ? { status } : {};
    return new GatewayError(code, said, { ...theirWords(told), ...own, ...later });
  }
  if (code === 'upstream_rejected') {
    return new GatewayError(code, withoutAccount(said), {
      ...theirWords(told),
      ...requestFault(told),
      // That one is of what was said, not of who may say it: other words for a client whose own key is good.
      status: status === FORBIDDEN ? 400 : status,
    });
  }
  return new GatewayError(code, said, later);
}

function theirWords(told: Told): { param?: string; upstreamCode?: string; upstreamType?: string } {
  return {
    ...(told.param !== null && { param: told.param }),
    ...(told.code !== null && { upstreamCode: told.code }),
    ...(told.type !== null && { upstreamType: told.type }),
  };
}

/** OpenAI's codes for what is wrong with a request whatever model is asked: clients know no other words for it. */
function requestFault(told: Told): { upstreamCode?: string } {
  if (isContextTooLong(told)) return { upstreamCode: 'context_length_exceeded' };
  return isContentRefused(told) ? { upstreamCode: 'content_filter' } : {};
}

function isContentRefused({ message, body }: Told): boolean {
  return saysContentRefused(message ?? '', body);
}

/** Clients compact their history when they see OpenAI's code for it, whatever others call it. */
function isContextTooLong({ code, message }: Told): boolean {
  return code === 'context_length_exceeded' || saysContextTooLong(message ?? '');
}

/** What a status says by itself. */
const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'upstream_auth_failed'],
  [FORBIDDEN, 'upstream_auth_failed'],
  [408, 'upstream_timeout'],
  // The model itself failed: Bedrock's and text-generation-inference's word for it.
  [424, 'upstream_failed'],
  [429, 'upstream_rate_limited'],
  [504, 'upstream_timeout'],
  [OVERLOADED, 'upstream_rate_limited'],
]);

function errorCode(status: number, told: Told): ErrorCode {
  // Taken for a refused key, one client's words would have the provider rest for all others.
  const isOfRequest = status === FORBIDDEN && (isContentRefused(told) || isContextTooLong(told));
  if (isOfRequest) return 'upstream_rejected';
  if (isKeyRefused(told)) return 'upstream_auth_failed';
  // Groq's, of one tier, with a status of its own (498).
  if (told.code === 'capacity_exceeded') return 'upstream_rate_limited';
  const known = CODES.get(status);
  if (known !== undefined) return known;
  return status >= 400 && status < 500 ? 'upstream_rejected' : 'upstream_failed';
}

/** Gemini and xAI answer a bad key with 400. */
function isKeyRefused(told: Told): boolean {
  if (told.code !== null && /^(invalid_api_key|API_KEY_INVALID)$/i.test(told.code)) return true;
  const reasons = objectsIn(told.body['details']).map((detail) => detail['reason']);
  if (reasons.includes('API_KEY_INVALID')) return true;
  return /\b(incorrect|invalid|no valid|not valid)\b.{0,20}\bapi[ _-]?key\b|\bapi[ _-]?key\b.{0,20}\b(invalid|incorrect|not valid)\b/i.test(
    told.message ?? '',
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
  // Servers that fill in everything send an empty error beside a good answer.
  if (isObject(error) && (choices === undefined || Object.keys(error).length > 0)) return true;
  if (type === 'error' || object === 'error') return true;
  return choices === undefined && ('detail' in value || 'message' in value);
}

/** Finds the parts of an error in every shape that was seen. */
function readTold(value: unknown): Told {
  const outer = Array.isArray(value) ? objectsIn(value)[0] : value;
  if (!isObject(outer)) return emptyTold;
  const inner = isObject(outer['error']) ? outer['error'] : outer;
  const { code } = inner;
  return {
    message: messageIn(inner, outer),
    type: textOrNull(inner['type']) ?? textOrNull(outer['error_type']),
    // Google's name for the error stands in `status`, beside a number in `code`.
    code: codeText(code) ?? codeText(inner['status']),
    param: textOrNull(inner['param']),
    status: statusIn([code, inner['status'], inner['status_code'], outer['status_code']]),
    body: inner,
  };
}

const emptyTold: Told = {
  message: null,
  type: null,
  code: null,
  param: null,
  status: null,
  body: {},
};

function messageIn(inner: JsonObject, outer: JsonObject): string | null {
  const said =
    textOrNull(outer['error']) ??
    textOrNull(inner['message']) ??
    detailText(inner['message']) ??
    detailText(outer['detail']) ??
    textOrNull(outer['message']) ??
    listedText(outer['error'] ?? outer['errors']) ??
    textOrNull(outer['title']);
  const cause = causeIn(inner['metadata']);
  const whole = cause === null ? said : `${said ?? 'Provider error'}: ${cause}`;
  return whole === null ? null : shorten(whole);
}

/** OpenRouter says "Provider returned error" and hides what it was. */
function causeIn(metadata: unknown): string | null {
  if (!isObject(metadata)) return null;
  const raw = textOrNull(metadata['raw']);
  if (raw === null) return null;
  return readTold(parsed(raw)).message ?? raw;
}

/** FastAPI's validation errors: `detail` is text, or a list of `{loc, msg}`. */
function detailText(detail: unknown): string | null {
  if (typeof detail === 'string') return textOrNull(detail);
  if (isObject(detail)) return textOrNull(detail['message']) ?? detailText(detail['detail']);
  const lines = objectsIn(detail).map((item) => {
    const where = Array.isArray(item['loc']) ? `${item['loc'].join('.')}: ` : '';
    return `${where}${textOrNull(item['msg']) ?? 'invalid'}`;
  });
  return lines.length > 0 ? lines.join('; ') : null;
}

/** Hugging Face lists texts, Writer objects with a `description`. */
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
  // A number is only the HTTP status again, which clients have already.
  return typeof code === 'string' && !/^\d*$/.test(code) ? code : null;
}

function statusIn(candidates: readonly unknown[]): number | null {
  for (const candidate of candidates) {
    const status = Number(candidate);
    if (Number.isInteger(status) && status >= 400 && status < 600) return status;
  }
  return null;
}

/** The gist of a body that is not JSON: an HTML page's title, or the text itself. */
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
    // Not JSON is an answer here: the caller then reads the text itself.
    return undefined;
  }
}

function shorten(message: string): string {
  return message.length > MAX_MESSAGE_CHARS ? `${message.slice(0, MAX_MESSAGE_CHARS)}…` : message;
}
