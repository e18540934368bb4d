import type { ErrorCode, GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import { MAX_MESSAGE_CHARS } from './request-log.js';
import type { Ledger } from './settle.js';

/** What the head of a request says. */
export interface RequestInfo {
  readonly method: string;
  /** As received, query included. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** Remote address of the connection; absent once it is closed. */
  readonly address: string | undefined;
}

/** A request that failed before a decision, and who sent it. */
export type RefusedRequest = Omit<RequestInfo, 'headers'> & {
  readonly requestId: string;
  /** The client's own request id; absent if it sent none. */
  readonly clientRequestId: string | undefined;
  /** The key's name; `null` without a known key. */
  readonly caller: string | null;
};

/** Errors whose messages may quote what the client sent. */
const QUOTING: ReadonlySet<ErrorCode> = new Set([
  'invalid_json',
  'invalid_request',
  'upstream_rejected',
]);

const MAX_PATH_CHARS = 200;

/** Counts and logs a request that failed before there was a decision. */
export function logRefusal(
  { log, logsRequests, metrics }: Pick<Ledger, 'log' | 'logsRequests' | 'metrics'>,
  error: GatewayError,
  { requestId, clientRequestId, method, url, caller, address }: RefusedRequest,
): void {
  metrics.errors.inc({ code: error.code });
  const isBug = error.code === 'internal_error';
  const isUnsaved = error.code === 'not_saved';
  if (!isBug && !isUnsaved && !logsRequests()) return;
  const line = {
    requestId,
    clientRequestId,
    method,
    path: pathOf(url),
    caller,
    address,
    status: error.status,
    error: error.code,
    param: error.param,
    ...(!QUOTING.has(error.code) && { message: error.message.slice(0, MAX_MESSAGE_CHARS) }),
  };
  if (isBug) log.error({ ...line, err: error.cause }, 'bug');
  else if (isUnsaved) log.warn({ ...line, err: error.cause }, 'not saved');
  else log.info(line, 'request refused');
}

/** Without the query, in which Google's clients send their key. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return url.slice(0, Math.min(MAX_PATH_CHARS, end < 0 ? MAX_PATH_CHARS : end));
}
