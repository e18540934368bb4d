import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import { errorCodeOf } from '../../core/errors.js';
import { NO_TLS, reasonFor, type Stage } from '../upstream-error.js';
import type { OutgoingProxy } from './outgoing-proxy.js';
import { ProxyError } from './proxy-error.js';

/** How often a connection that nobody uses says that it is still there. */
const KEEP_ALIVE_MS = 60_000;
/** What OpenSSL says of what is no TLS, where something was to be written already. */
const WRONG_VERSION = 'wrong version number';
const PROXY_NO_TLS = 'does not speak TLS; should its URL begin with http:// instead of https://?';

/** `Basic realm="x", NTLM` offers two. */
const KIND_OF_PROOF = /(?:^|,)\s*([a-z]+)(?=\s|,|$)/giu;

/** How tunnels are opened. */
export interface TunnelOptions {
  /** Milliseconds for the proxy to answer, and again for TLS with the place behind it. */
  readonly timeoutMs: number;
  /** Gets each connection to the proxy before there is a tunnel, to close it with everything else. */
  readonly onSocket?: (socket: Socket) => void;
}

/**
 * Connections by way of a proxy: a tunnel for each (`CONNECT`), and within it TLS where the place speaks that.
 *
 * undici's own agents for this have pools of their own, which say neither when a connection is made nor how many there are.
 */
export class Tunnels {
  readonly #proxy: OutgoingProxy;
  readonly #options: TunnelOptions;
  readonly #secure: buildConnector.connector;
  /** Those that the proxy has not answered, and how far they are on their way to it. */
  readonly #opening = new Map<ClientRequest, Stage>();

  constructor(proxy: OutgoingProxy, options: TunnelOptions) {
    this.#proxy = proxy;
    this.#options = options;
    this.#secure = buildConnector({ timeout: options.timeoutMs });
  }

  /** Fails with {ProxyError} where the proxy is at fault. */
  readonly connect: buildConnector.connector = (options, callback) => {
    this.#open(targetOf(options), (error, socket) => {
      if (error !== null) callback(error, null);
      else if (options.protocol !== 'https:') callback(null, socket);
      else this.#secure({ ...options, httpSocket: socket }, callback);
    });
  };

  /** What is waited for just now, as the end of a sentence; empty where the proxy is not what holds things up. */
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
      // From here on, whoever has the tunnel hears of its end as one that is closed.
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
    const proof = this.#proxy.secretAuthorization();
    const send = isSecure ? secureRequest : plainRequest;
    return send({
      method: 'CONNECT',
      host: hostname,
      port,
      servername,
      path: target,
      headers: { host: target, ...(proof !== undefined && { 'proxy-authorization': proof }) },
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

  #refusal({ statusCode: status = 0, headers }: IncomingMessage): ProxyError | null {
    if (status >= 200 && status < 300) return null;
    const why =
      status === 407 ? this.#wanted(headers['proxy-authenticate'] ?? '') : refused(status);
    return new ProxyError(`${this.#name} ${why}`, String(status));
  }

  /** Which proof a proxy asks for. @param offers - its `proxy-authenticate`: kinds of proof */
  #wanted(offers: string): string {
    const kinds = [...offers.matchAll(KIND_OF_PROOF)].map(([, kind = '']) => kind);
    if (kinds.length > 0 && !kinds.some((kind) => kind.toLowerCase() === 'basic')) {
      return `accepts only ${kinds.join(', ')} authentication (407), which Suffice does not support`;
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

/** The place as `CONNECT` wants it. */
function targetOf({ hostname, protocol, port }: buildConnector.Options): string {
  const host = hostname.includes(':') ? `[${hostname}]` : hostname;
  return `${host}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`;
}
