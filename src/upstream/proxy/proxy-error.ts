/** A proxy that gave no tunnel, in words that go behind "cannot be reached: ". They name no address and no password. */
export class ProxyError extends Error {
  /** For the log: `PROXY_407`, `PROXY_ECONNREFUSED`. */
  readonly code: string;
  readonly isTimeout: boolean;

  constructor(
    message: string,
    code: string,
    detail: { readonly isTimeout?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: detail.cause });
    this.code = `PROXY_${code}`;
    this.isTimeout = detail.isTimeout ?? false;
  }
}

/** What a proxy adds to "could not be reached"; nothing where it is not at fault. */
export function proxyReason(cause: unknown): string {
  return cause instanceof ProxyError ? `: ${cause.message}` : '';
}
