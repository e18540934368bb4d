import { Server, type RequestListener, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.js';

/** How to drain the server. */
export interface DrainOptions {
  readonly clock: Clock;
  /** Milliseconds in which it keeps serving and only announces that it will close. */
  readonly delayMs: number;
  /** Milliseconds after that for requests in flight to complete. */
  readonly timeoutMs: number;
  /** Called if requests are still in flight after that; they are aborted. */
  readonly onOverdue: () => void;
}

/** How often a draining server closes connections that have become idle. */
const POLL_MS = 50;

/**
 * A server that drains: it closes once its requests have ended. Connections that never sent a request count as
 * idle.
 */
export class DrainableServer extends Server {
  readonly #sockets = new Set<Socket>();
  #endDelay = (): void => undefined;

  constructor(options: ServerOptions, answer: RequestListener) {
    super(options, answer);
    this.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /**
   * Closes gracefully: after a delay in which clients and load balancers can notice, it accepts no more
   * connections and completes requests in flight.
   *
   * @returns when the last connection is closed and its 'close' handlers have run
   */
  async drain({ clock, delayMs, timeoutMs, onOverdue }: DrainOptions): Promise<void> {
    // With `connection: close` clients reconnect for their next request, which a load balancer sends elsewhere.
    this.prependListener('request', (_req, res: ServerResponse) => {
      res.shouldKeepAlive = false;
    });
    if (delayMs > 0) await this.#delay(clock, delayMs);
    const closed = new Promise((resolve) => this.close(resolve));
    let cancelPoll = (): void => undefined;
    const closeIdle = (): void => {
      this.closeIdleConnections();
      cancelPoll = clock.after(POLL_MS, closeIdle);
    };
    closeIdle();
    const cancelDeadline = clock.after(timeoutMs, () => {
      onOverdue();
      this.closeAllConnections();
    });
    await closed;
    cancelDeadline();
    cancelPoll();
    // The server closes before its sockets emit 'close'; requests must see that before their resources are released.
    await Promise.all([...this.#sockets].map(hasClosed));
  }

  /** Aborts requests in flight and any drain delay at once. */
  cutOff(): void {
    this.#endDelay();
    this.closeAllConnections();
  }

  #delay(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      this.#endDelay = () => {
        cancel();
        resolve();
      };
    });
  }

  /**
   * Closes connections without a request in flight.
   *
   * Browsers and HTTP clients open connections ahead of their requests; Node considers them busy until the
   * first request, so a draining server would wait for them until its deadline.
   */
  override closeIdleConnections(): void {
    super.closeIdleConnections();
    for (const socket of this.#sockets) if (socket.bytesRead === 0) socket.destroy();
  }
}

function hasClosed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => {
      resolve();
    });
  });
}
