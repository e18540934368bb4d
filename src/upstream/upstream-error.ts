import type { Upstream } from '../core/model.js';
import { type ErrorCode, GatewayError } from '../core/errors.js';

/** A failed attempt, and the one thing its code cannot say: whether it may have cost something. */
export class UpstreamError extends GatewayError {
  /** The request may have reached the upstream, so it may have been answered and billed. */
  readonly sent: boolean;

  constructor(code: ErrorCode, message: string, detail: { sent: boolean; cause?: unknown }) {
    super(code, message, { cause: detail.cause });
    this.sent = detail.sent;
  }
}

/** How far an attempt had come when it failed. */
export type Stage = 'connecting' | 'waiting' | 'reading';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'has a host name that does not resolve',
  EAI_AGAIN: 'has a host name that does not resolve at the moment',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'has a certificate that is not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'has a certificate that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate that is not trusted',
  CERT_HAS_EXPIRED: 'has a certificate that has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host',
  UND_ERR_HEADERS_OVERFLOW: 'sent more headers than fit',
};

const CLOSED = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** The connection went away, as opposed to never having been there or having carried nonsense. */
export function isClosedConnection(error: unknown): boolean {
  return CLOSED.has(codeOf(error));
}

/**
 * Puts a transport error into words an operator can act on.
 *
 * The words name the upstream, never a header or a URL: either may hold a key.
 */
export function transportError(upstream: Upstream, stage: Stage, cause: unknown): UpstreamError {
  const code = codeOf(cause);
  const detail = { sent: stage !== 'connecting', cause };
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new UpstreamError(
      'upstream_timeout',
      `${upstream.id}: the connection timed out`,
      detail,
    );
  }
  if (stage === 'reading') {
    return new UpstreamError('upstream_cut', `${upstream.id} broke off its answer`, detail);
  }
  const reason =
    REASONS[code] ??
    (CLOSED.has(code)
      ? 'closed the connection without an answer'
      : // undici gives its parser's errors no code.
        cause instanceof Error && cause.name === 'HTTPParserError'
        ? 'answered with something that is not HTTP'
        : 'could not be called');
  return new UpstreamError('upstream_failed', `${upstream.id} ${reason}`, detail);
}

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}
