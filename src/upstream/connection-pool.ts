import { buildConnector, Client, type Dispatcher, Pool } from 'undici';
import type { Socket } from 'node:net';
import type { OutgoingProxy } from './proxy/outgoing-proxy.js';
import { Tunnels } from './proxy/tunnels.js';

/** Settings of a connection pool. */
export interface PoolLimits {
  /** Connections at most; further requests wait for a free one. */
  readonly connections: number;
  readonly connectMs: number;
  /** The proxy for all of them; absent or `null` for none. */
  readonly proxy?: OutgoingProxy | null;
}

/** Providers close idle connections after a minute or more; a TLS handshake costs two round trips. */
const KEEP_ALIVE_MS = 30_000;
/** Upper limit for a server's own `keep-alive`: firewalls in between may drop connections earlier than it knows. */
const MAX_KEEP_ALIVE_MS = 60_000;

/** The connections to one origin: HTTP/1.1, kept open, one request at a time on each. */
export class ConnectionPool {
  /** A connection has just been made: a request sent now is the first on it. */
  isConnecting = false;
  readonly #origin: string;
  readonly #options: Client.Options;
  readonly #pool: Pool;
  /** Clients with a connection for a single request. */
  readonly #singleUse = new Set<Client>();
  readonly #sockets = new Set<Socket>();
  readonly #tunnels: Tunnels | null;

  constructor(origin: string, limits: PoolLimits) {
    this.#origin = origin;
    this.#tunnels = this.#tunnelsFor(limits);
    this.#options = {
      // One slow answer must not hold up another, and pipelining measures slower anyway.
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: MAX_KEEP_ALIVE_MS,
      // The attempt enforces all time limits, on the gateway's clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.#connectorOf(limits),
    };
    this.#pool = new Pool(origin, { connections: limits.connections, ...this.#options });
  }

  /** Why there is no connection yet, as the end of a sentence; empty if unknown. */
  get waitReason(): string {
    return this.#tunnels?.waitReason ?? '';
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** Dispatches on a new connection outside of the pool, which is closed after the answer. */
  dispatchOnNewConnection(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): void {
    const client = new Client(this.#origin, this.#options);
    this.#singleUse.add(client);
    client.dispatch({ ...options, reset: true }, handler);
    const remove = (): void => {
      this.#singleUse.delete(client);
    };
    // Waits for the answer; rejects if the client is destroyed meanwhile.
    void client.close().then(remove, remove);
  }

  /** Closes every connection; requests on them fail. */
  async close(): Promise<void> {
    await Promise.all([this.#pool, ...this.#singleUse].map((one) => one.destroy()));
    // undici loses track of a connection that it opened after an earlier one was refused.
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
