import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { errorCodeOf } from '../../core/errors.js';
import { NO_TLS, reasonFor, type Stage } from '../upstream-error.js';
import type { OutgoingProxy } from './outgoing-proxy.js';
import { ProxyError } from './proxy-error.js';

/** Interval of TCP keep-alive probes on idle connections. */
const KEEP_ALIVE_MS = 60_000;
/** OpenSSL's error if the peer does not speak TLS and data was already waiting to be written. */
const WRONG_VERSION = 'wrong version number';
const PROXY_NO_TLS = 'does not speak TLS; should its URL begin with http:// instead of https://?';

/** Matches the schemes of `proxy-authenticate`: `Basic realm="x", NTLM` has two. */
const AUTHENTICATION_SCHEME = /(?:^|,)\s*([a-z]+)(?=\s|,|$)/giu;

/** Options for opening tunnels. */
export interface TunnelOptions {
  /** Milliseconds for the proxy to answer, and again for the TLS handshake with the target. */
  readonly timeoutMs: number;
  /** Called with each connection to the proxy before the tunnel is open, so that the caller can close it. */
  readonly onSocket?: (socket: Socket) => void;
}

/**
 * Opens connections through a proxy: one tunnel (`CONNECT`) each, with TLS inside it for `https:` targets.
 *
 * undici's own proxy agents have separate pools, which report neither when a connection is made nor how many there are.
 */
export class Tunnels {
  readonly #proxy: OutgoingProxy;
  readonly #options: TunnelOptions;
  readonly #secure: buildConnector.connector;
  /** Requests that the proxy has not answered yet, with their stages. */
  readonly #opening = new Map<ClientRequest, Stage>();

  constructor(proxy: OutgoingProxy, options: TunnelOptions) {
    this.#proxy = proxy;
    this.#options = options;
    this.#secure = buildConnector({ timeout: options.timeoutMs });
  }

  /** Fails with {ProxyError} if the proxy is at fault. */
  readonly connect: buildConnector.connector = (options, callback) => {
    this.#open(targetOf(options), (error, socket) => {
      if (error !== null) callback(error, null);
      else if (options.protocol !== 'https:') callback(null, socket);
      else this.#secure({ ...options, httpSocket: socket }, callback);
    });
  };

  /** What the oldest request waits for, as the end of a sentence; empty if none waits for the proxy. */
  get waitReason(): string {
    const [oldest] = this.#opening.values();
    return oldest === undefined ? '' : `: ${this.#silence(oldest)}`;
  }

  #open(target: string, callback: buildConnector.Callback): void {
    const request = this.#request(target);
    const stage = (): Stage => this.#opening.get(request) ?? 'connecting';
    this.#opening.set(request, 'connecting');
    request.once('socket', (socket) => {
      this.#options.onSocket?.(socket);
      socket.once(this.#proxy.isSecure ? 'secureConnect' : 'connect', () => {
        this.#opening.set(request, 'waiting');
      });
    });
    request.once('timeout', () => {
      request.destroy(new ProxyError(this.#silence(stage()), 'TIMEOUT', { isTimeout: true }));
    });
    request.on('error', (cause) => {
      const error = cause instanceof ProxyError ? cause : this.#failure(stage(), cause);
      if (this.#opening.delete(request)) callback(error, null);
    });
    request.once('connect', (answer, socket: Socket, head) => {
      this.#opening.delete(request);
      const refusal = this.#refusal(answer);
      // From here on, the owner of the tunnel sees an error as a close.
      socket.on('error', () => undefined);
      if (refusal !== null) {
        socket.destroy();
        callback(refusal, null);
        return;
      }
      socket.setTimeout(0).setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_MS);
      if (head.length > 0) socket.unshift(head);
      callback(null, socket);
    });
    request.end();
  }

  #request(target: string): ClientRequest {
    const { isSecure, hostname, port, servername } = this.#proxy;
    const authorization = this.#proxy.secretAuthorization();
    const send = isSecure ? secureRequest : plainRequest;
    return send({
      method: 'CONNECT',
      host: hostname,
      port,
      servername,
      path: target,
      headers: {
        host: target,
        ...(authorization !== undefined && { 'proxy-authorization': authorization }),
      },
      agent: false,
      timeout: this.#options.timeoutMs,
    });
  }

  get #name(): string {
    return `the proxy set by ${this.#proxy.source}`;
  }

  #silence(stage: Stage): string {
    return `${this.#name} ${stage === 'waiting' ? 'does not answer' : 'cannot be reached'}`;
  }

  #failure(stage: Stage, cause: Error): ProxyError {
    const code = errorCodeOf(cause);
    const isHttp = !code.startsWith('HPE_');
    const known = isHttp ? reasonFor(stage, cause) : 'answered with something that is not HTTP';
    const isPlain = known === NO_TLS || cause.message.includes(WRONG_VERSION);
    const why = isPlain ? PROXY_NO_TLS : known;
    return new ProxyError(`${this.#name} ${why}`, code, { cause });
  }

  #refusal({ statusCode = 0, headers }: IncomingMessage): ProxyError | null {
    if (statusCode >= 200 && statusCode < 300) return null;
    const why =
      statusCode === 407
        ? this.#authenticationProblem(headers['proxy-authenticate'] ?? '')
        : refused(statusCode);
    return new ProxyError(`${this.#name} ${why}`, String(statusCode));
  }

  /** Describes the authentication that a proxy requires. @param offers - its `proxy-authenticate` header */
  #authenticationProblem(offers: string): string {
    const schemes = [...offers.matchAll(AUTHENTICATION_SCHEME)].map(([, scheme = '']) => scheme);
    if (schemes.length > 0 && !schemes.some((scheme) => scheme.toLowerCase() === 'basic')) {
      return `accepts only ${schemes.join(', ')} authentication (407), which Suffice does not support`;
    }
    return this.#proxy.secretAuthorization() === undefined
      ? 'requires a user name and a password (407): write them into its URL, as http://USER:PASSWORD@HOST:PORT'
      : 'rejects the user name or the password in its URL (407)';
  }
}

function refused(status: number): string {
  if (status >= 500) return `could not connect to it (${status})`;
  if (status >= 400) return `does not allow connections to it (${status})`;
  return `answered with status ${status} instead of a tunnel`;
}

/** The target of a `CONNECT` request: host and port. */
function targetOf({ hostname, protocol, port }: buildConnector.Options): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${host}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}
