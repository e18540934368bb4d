import { buildConnector, type Dispatcher, Pool } from 'undici';
import type { Socket } from 'node:net';

/** How connections to one origin are kept. */
export interface PoolLimits {
  /** Most connections at a time; further requests wait for one. */
  readonly connections: number;
  readonly connectMs: number;
}

/** Providers close idle connections after a minute or more; a TLS handshake costs two round trips. */
const KEEP_ALIVE_MS = 30_000;

/** The connections to one origin: HTTP/1.1, kept open, one request at a time on each. */
export class ConnectionPool {
  /** A connection has just been made: a request sent now is the first on it. */
  isConnecting = false;
  readonly #pool: Pool;
  readonly #sockets = new Set<Socket>();

  constructor(origin: string, limits: PoolLimits) {
    const connect = buildConnector({ timeout: limits.connectMs });
    this.#pool = new Pool(origin, {
      connections: limits.connections,
      // One slow answer must not hold up another, and pipelining measures slower anyway.
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // All waiting is limited by the attempt, on the gateway's clock.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: (options, callback) => {
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
      },
    });
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): void {
    this.#pool.dispatch(options, handler);
  }

  /** Closes every connection; requests on them fail. */
  async close(): Promise<void> {
    await this.#pool.destroy();
    // undici forgets a connection that it opened after an earlier one was refused.
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
  }
}
