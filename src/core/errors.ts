/**
 * Every failure a client can see, with the HTTP status it becomes.
 *
 * Adding a code means adding a line here and a section in `docs/errors.md`; a
 * test fails when the two differ.
 */
export const ERROR_STATUS = {
  invalid_json: 400,
  invalid_request: 400,
  invalid_api_key: 401,
  /** No keys are configured, and the request comes from a web page that is not allowed. */
  page_refused: 403,
  not_found: 404,
  model_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  request_too_large: 413,
  no_candidate: 422,
  client_closed: 499,
  internal_error: 500,
  upstream_failed: 502,
  upstream_auth_failed: 502,
  upstream_cut: 502,
  /** A change is in force but could not be saved: a restart, or another gateway, will not know of it. */
  not_saved: 503,
  /** The client asked for a cached answer only, and there is none. */
  not_kept: 504,
  upstream_timeout: 504,
  /** The upstream refused the request itself; its own 4xx status is passed on. */
  upstream_rejected: 400,
  /** The upstream has no capacity for us now; its `retry-after` is passed on. */
  upstream_rate_limited: 429,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

interface ErrorDetail {
  /** The error that led here. Logged, never sent to the client. */
  readonly cause?: unknown;
  /** Replaces the code's own status; for `upstream_rejected`, the upstream's. */
  readonly status?: number;
  /** The request field at fault, as a path: `messages[2].content`. */
  readonly param?: string;
  /** Seconds the client should wait; becomes the `retry-after` header. */
  readonly retryAfterS?: number;
  /** What the upstream called it; sent as `code` where the client's dialect has one. */
  readonly upstreamCode?: string;
  /** What the upstream called its type (`invalid_request_error`); sent as `type`. */
  readonly upstreamType?: string;
}

/** A failure with a stable code. Anything else that is thrown is a bug and becomes a 500. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly status: number;
  readonly param: string | null;
  readonly retryAfterS: number | null;
  readonly upstreamCode: string | null;
  readonly upstreamType: string | null;

  constructor(code: ErrorCode, message: string, detail: ErrorDetail = {}) {
    super(message, { cause: detail.cause });
    this.code = code;
    this.status = detail.status ?? ERROR_STATUS[code];
    this.param = detail.param ?? null;
    this.retryAfterS = detail.retryAfterS ?? null;
    this.upstreamCode = detail.upstreamCode ?? null;
    this.upstreamType = detail.upstreamType ?? null;
  }
}

/** The platform's code of an error (`ECONNREFUSED`); empty if it has none. */
export function errorCodeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

/** One thing wrong with a file the operator wrote: where, what, and what would be right. */
export interface Fault {
  readonly file: string;
  /** 1-based; 0 when the fault has no place (a missing file). */
  readonly line: number;
  /** 1-based; 0 when the fault has no place. */
  readonly column: number;
  /** A plain sentence that ends in a full stop. */
  readonly message: string;
  /** A `warning` is shown, but does not stop the file from being used. */
  readonly severity: 'error' | 'warning';
}

/** A file that cannot be used, with every fault in it at once. */
export class FaultyFileError extends Error {
  override readonly name = 'FaultyFileError';
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super(faults.map(formatFault).join('\n'));
    this.faults = faults;
  }
}

/**
 * Throws if any of the faults is an error; warnings pass.
 *
 * @returns the faults, none of which is an error
 * @throws {FaultyFileError} with all faults, if one of them is an error
 */
export function throwOnErrors(faults: readonly Fault[]): readonly Fault[] {
  if (faults.some(({ severity }) => severity === 'error')) throw new FaultyFileError(faults);
  return faults;
}

/** `file:line:column: error: message`, the form editors and terminals turn into a link. */
export function formatFault(fault: Fault): string {
  const place = fault.line > 0 ? `:${fault.line}:${fault.column}` : '';
  return `${fault.file}${place}: ${fault.severity}: ${fault.message}`;
}
