import { Server, type RequestListener, type ServerOptions } from 'node:http';
import type { Socket } from 'node:net';

/** A server whose idle connections include those that were opened and never asked anything. */
export class DrainableServer extends Server {
  readonly #sockets = new Set<Socket>();

  constructor(options: ServerOptions, answer: RequestListener) {
    super(options, answer);
    this.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
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
