import { buildConnector, Client, type Dispatcher, Pool } from 'undici';
import type { Socket } from 'node:net';
import type { OutgoingProxy } from './proxy/outgoing-proxy.js';
import { Tunnels } from './proxy/tunnels.js';

/** How connections to one origin are kept. */
export interface PoolLimits {
  /** Most connections at a time; further requests wait for one. */
  readonly connections: number;
  readonly connectMs: number;
  /** What all of them go through; absent or `null` for nothing. */
  readonly proxy?: OutgoingProxy | null;
}

/** Providers close idle connections after a minute or more; a TLS handshake costs two round trips. */
const KEEP_ALIVE_MS = 30_000;
/** However long a server says that it keeps them: it does not know after how long the firewalls between forget them. */
const MOST_KEEP_ALIVE_MS = 60_000;

/** The connections to one origin: HTTP/1.1, kept open, one request at a time on each. */
export class ConnectionPool {
  /** A connection has just been made: a request sent now is the first on it. */
  isConnecting = false;
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #pool: Pool;
  /** Those with a connection for one request only. */
  readonly #loners = new Set<Client>();
  readonly #sockets = new Set<Socket>();
  readonly #tunnels: Tunnels | null;

  constructor(origin: string, limits: PoolLimits) {
    this.#origin = origin;
    this.#tunnels = this.#tunnelsFor(limits);
    this.#options = {
      // One slow answer must not hold up another, and pipelining measures slower anyway.
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: MOST_KEEP_ALIVE_MS,
      // All waiting is limited by the attempt, on the gateway's clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.#connectorOf(limits),
    };
    this.#pool = new Pool(origin, { connections: limits.connections, ...this.#options });
  }

  /** What a connection is being waited for, where that is known: the end of a sentence, or nothing. */
  get hindrance(): string {
    return this.#tunnels?.hindrance ?? '';
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** Dispatches on a connection of its own, beside those that are kept, which ends with the answer. */
  dispatchAlone(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    const loner = new Client(this.#origin, this.#options);
    this.#loners.add(loner);
    loner.dispatch({ ...options, reset: true }, handler);
    const forget = (): void => {
      this.#loners.delete(loner);
    };
    // Waits for the answer; it rejects where the loner is destroyed meanwhile.
    void loner.close().then(forget, forget);
  }

  /** Closes every connection; requests on them fail. */
  async close(): Promise<void> {
    await Promise.all([this.#pool, ...this.#loners].map((one) => one.destroy()));
    // undici forgets a connection that it opened after an earlier one was refused.
    for (const socket of this.#sockets) socket.destroy();
  }

  #connectorOf({ connectMs }: PoolLimits): buildConnector.connector {
    const connect = this.#tunnels?.connect ?? buildConnector({ timeout: connectMs });
    return (options, callback) => {
      connect(options, (...result) => {
        if (result[0] === null) this.#keep(result[1]);
        this.isConnecting = true;
        try {
          // undici writes the waiting request before this returns.
          callback(...result);
        } finally {
          this.isConnecting = false;
        }
      });
    };
  }

  #tunnelsFor({ proxy = null, connectMs: timeoutMs }: PoolLimits): Tunnels | null {
    const onSocket = (socket: Socket): void => {
      this.#keep(socket);
    };
    return proxy === null ? null : new Tunnels(proxy, { timeoutMs, onSocket });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
