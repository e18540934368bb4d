/** A proxy opened no tunnel. The message follows "cannot be reached: " and contains neither addresses nor passwords. */
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

/** The proxy's fault, to be appended to "could not be reached"; empty if the proxy is not at fault. */
export function proxyReason(cause: unknown): string {
  return cause instanceof ProxyError ? `: ${cause.message}` : '';
}
