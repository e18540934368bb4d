import { Server, type RequestListener, type ServerOptions, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../core/clock.js';

/** How long a server takes to close. */
export interface DrainOptions {
  readonly clock: Clock;
  /** Milliseconds in which it only announces that it will close, and serves on. */
  readonly delayMs: number;
  /** Milliseconds after that for requests under way to be completed. */
  readonly timeoutMs: number;
  /** Requests were still under way then; they are cut off. */
  readonly onOverdue: () => void;
}

/** How often a draining server looks for connections that have become idle. */
const POLL_MS = 50;

/**
 * A server that closes when its requests have ended, and whose idle connections include those that were opened
 * and never asked anything.
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
   * Closes: whoever sends requests has some time to learn that it will, then no connections are taken any
   * more and requests under way are completed.
   *
   * @returns when the last connection is closed, and those who had one know
   */
  async drain({ clock, delayMs, timeoutMs, onOverdue }: DrainOptions): Promise<void> {
    // What is told so opens another connection for its next request, and a load balancer finds that another place.
    this.prependListener('request', (_req, res: ServerResponse) => {
      res.shouldKeepAlive = false;
    });
    if (delayMs > 0) await this.#delay(clock, delayMs);
    const closed = new Promise((resolve) => this.close(resolve));
    let forgetPoll = (): void => undefined;
    const closeIdle = (): void => {
      this.closeIdleConnections();
      forgetPoll = clock.after(POLL_MS, closeIdle);
    };
    closeIdle();
    const forgetDeadline = clock.after(timeoutMs, () => {
      onOverdue();
      this.closeAllConnections();
    });
    await closed;
    forgetDeadline();
    forgetPoll();
    // A server is closed before requests learn that their connections are, and what they wait for must not be taken from them.
    await Promise.all([...this.#sockets].map(hasClosed));
  }

  /** Ends requests under way at once; one that drains waits for nothing any more. */
  cutOff(): void {
    this.#endDelay();
    this.closeAllConnections();
  }

  #delay(clock: Clock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const forget = clock.after(ms, resolve);
      this.#endDelay = () => {
        forget();
        resolve();
      };
    });
  }

  /**
   * Closes connections without a request under way.
   *
   * Browsers and HTTP clients open connections ahead of their requests; Node takes them for busy until the
   * first request, so that a draining server would wait for them to its deadline.
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
