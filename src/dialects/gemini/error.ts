import type { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';

/** Google's error statuses by HTTP status. */
const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/** An error as Google's API sends it: `{"error":{code,message,status,details}}`. */
export function writeError(error: GatewayError): string {
  return JSON.stringify({
    error: {
      code: error.status,
      message: error.message,
      status: statusName(error),
      details: detailsOf(error),
    },
  });
}

function statusName({ status, upstreamCode }: GatewayError): string {
  const isGoogleStatus = upstreamCode !== null && /^[A-Z]+(_[A-Z]+)*$/.test(upstreamCode);
  if (isGoogleStatus) return upstreamCode;
  return STATUSES[status] ?? (status < 500 ? 'FAILED_PRECONDITION' : 'UNAVAILABLE');
}

function detailsOf({ code, param, upstreamCode, retryAfterS }: GatewayError): JsonObject[] {
  const reason = (upstreamCode ?? code).toUpperCase();
  const info = {
    '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
    reason,
    domain: 'suffice',
    ...(param !== null && { metadata: { field: param } }),
  };
  if (retryAfterS === null) return [info];
  const retry = {
    '@type': 'type.googleapis.com/google.rpc.RetryInfo',
    retryDelay: `${retryAfterS}s`,
  };
  return [info, retry];
}
