import type { ErrorCode, GatewayError } from '../core/errors.js';
import type { RequestHeaders } from '../core/request-headers.js';
import { MAX_MESSAGE_CHARS } from './request-line.js';
import type { Books } from './settle.js';

/** A request as far as its head says. */
export interface Asked {
  readonly method: string;
  /** As it was asked for, query included. */
  readonly url: string;
  readonly headers: RequestHeaders;
  /** Of the connection's other end; absent when it has gone. */
  readonly address: string | undefined;
}

/** A request that came to nothing, and who sent it. */
export type RefusedRequest = Omit<Asked, 'headers'> & {
  readonly requestId: string;
  /** The client's own id of the request; absent where it said none. */
  readonly clientRequestId: string | undefined;
  /** The key's name; `null` without a key that is known. */
  readonly caller: string | null;
};

/** Their messages may quote what the client sent. */
const QUOTING: ReadonlySet<ErrorCode> = new Set([
  'invalid_json',
  'invalid_request',
  'upstream_rejected',
]);

const MAX_PATH_CHARS = 200;

/** Counts a request that failed before there was a decision, and logs who asked what, and why not. */
export function bookRefusal(
  { log, logsRequests, metrics }: Pick<Books, 'log' | 'logsRequests' | 'metrics'>,
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

/** Without the query, where Google's clients have their key. */
function pathOf(url: string): string {
  const end = url.indexOf('?');
  return url.slice(0, Math.min(MAX_PATH_CHARS, end < 0 ? MAX_PATH_CHARS : end));
}
