import type { Upstream } from '../core/model.js';
import { errorCodeOf, type ErrorCode, GatewayError } from '../core/errors.js';
import { ProxyError } from './proxy/proxy-error.js';

/** A failed attempt, and whether the request was sent, so that it may be billed. */
export class UpstreamError extends GatewayError {
  /** The request may have reached the upstream, so it may have been answered and billed. */
  readonly sent: boolean;

  constructor(code: ErrorCode, message: string, detail: { sent: boolean; cause?: unknown }) {
    super(code, message, { cause: detail.cause });
    this.sent = detail.sent;
  }
}

/** The stage of an attempt. */
export type Stage = 'connecting' | 'waiting' | 'reading';

const UNTRUSTED = 'has a certificate from an untrusted issuer (see NODE_EXTRA_CA_CERTS)';
const SELF_SIGNED = 'has a self-signed certificate, which is not trusted (see NODE_EXTRA_CA_CERTS)';
/** For servers that speak plain HTTP where TLS was expected. */
export const NO_TLS =
  'does not speak TLS there; should its base_url begin with http:// instead of https://?';

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'has a host name that does not resolve',
  EAI_AGAIN: 'has a host name that currently does not resolve',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_UNTRUSTED: UNTRUSTED,
  CERT_REVOKED: 'has a revoked certificate',
  CERT_HAS_EXPIRED: 'has an expired certificate',
  CERT_NOT_YET_VALID:
    'has a certificate that is not valid yet (or the clock of this machine is wrong)',
  ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
  ERR_SSL_HTTP_REQUEST: NO_TLS,
  UND_ERR_HEADERS_OVERFLOW: 'sent headers that are too large',
};

/** Interim answers that undici reports as a closed connection, by its message. */
const INTERIM: Readonly<Record<string, string>> = {
  'bad response': 'answered with 100 Continue, which was not requested',
  'bad upgrade': 'requires a protocol other than HTTP/1.1 (it answered with 101)',
};

const CLOSED = new Set([
  'UND_ERR_SOCKET',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
]);

/** Whether an established connection was closed, as opposed to failing to connect or carrying invalid data. */
export function isClosedConnection(error: unknown): boolean {
  return CLOSED.has(errorCodeOf(error)) && interimIn(error) === undefined;
}

/**
 * Turns a transport error into one that an operator can act on.
 *
 * Its message names the upstream, never a header or a URL: either may contain a key.
 */
export function transportError(upstream: Upstream, stage: Stage, cause: unknown): UpstreamError {
  const code = errorCodeOf(cause);
  const detail = { sent: stage !== 'connecting', cause };
  if (cause instanceof ProxyError) {
    const kind = cause.isTimeout ? 'upstream_timeout' : 'upstream_failed';
    return new UpstreamError(kind, `${upstream.id} cannot be reached: ${cause.message}`, detail);
  }
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') {
    return new UpstreamError(
      'upstream_timeout',
      `${upstream.id}: the connection timed out`,
      detail,
    );
  }
  if (stage === 'reading') {
    return new UpstreamError(
      'upstream_cut',
      `${upstream.id} closed the connection before its answer was complete`,
      detail,
    );
  }
  return new UpstreamError('upstream_failed', `${upstream.id} ${reasonFor(stage, cause)}`, detail);
}

/** Why a connection to a server failed, as the predicate of a sentence. */
export function reasonFor(stage: Stage, cause: unknown): string {
  const code = errorCodeOf(cause);
  const known = REASONS[code] ?? interimIn(cause);
  if (known !== undefined) return known;
  if (CLOSED.has(code)) {
    return stage === 'connecting'
      ? 'closed the connection before the request was sent'
      : 'closed the connection without an answer';
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_')) return `failed the TLS handshake (${code})`;
  // undici gives its parser's errors no code.
  if (cause instanceof Error && cause.name === 'HTTPParserError') {
    return 'answered with something that is not HTTP';
  }
  return code === '' ? 'could not be called' : `could not be called (${code})`;
}

function interimIn(cause: unknown): string | undefined {
  return cause instanceof Error ? INTERIM[cause.message] : undefined;
}
