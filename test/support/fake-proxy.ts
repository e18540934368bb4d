import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import type { Certificate } from './certificate.js';

/** A request for a tunnel, to be granted or not. */
interface TunnelRequest {
  readonly request: IncomingMessage;
  readonly socket: Socket;
  /** Connects to the place that was asked for, and is in the way no more. */
  readonly grant: () => void;
}

export type ProxyBehaviour = (asked: TunnelRequest) => void;

/** An HTTP proxy that opens tunnels, or fails to as real ones do. */
export class FakeProxy {
  /** The places that tunnels were asked for to, as `host:port`. */
  readonly targets: string[] = [];
  /** Requests that were no `CONNECT`. */
  others = 0;
  behaviour: ProxyBehaviour = grants;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  readonly #tunnels = new Set<Socket>();
  #watchers: (() => void)[] = [];

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
  }

  /** @param certificate - for a proxy that is itself spoken to by TLS */
  static async start(certificate?: Certificate): Promise<FakeProxy> {
    const server = certificate === undefined ? createServer() : createSecureServer(certificate);
    const fake = new FakeProxy(server, certificate === undefined ? 'http' : 'https');
    server.on('connection', (socket: Socket) => {
      fake.#follow(socket, fake.#sockets);
    });
    server.on('request', (_request, response) => {
      fake.others += 1;
      response.writeHead(400).end();
    });
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      socket.on('error', () => undefined);
      // Who hangs up has gone, however much is left to be said.
      socket.once('end', () => socket.destroy());
      fake.targets.push(request.url ?? '');
      const grant = (): void => {
        fake.#grant(request.url ?? '', socket);
      };
      fake.behaviour({ request, socket, grant });
      fake.#changed();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return this.urlWith('');
  }

  /** @param user - `user:password`, as it stands in a URL */
  urlWith(user: string): string {
    return `${this.#scheme}://${user === '' ? '' : `${user}@`}127.0.0.1:${this.port}`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** Resolves once something holds; looked at whenever a tunnel is asked for or a connection closes. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  /** Ends all tunnels, as firewalls do to idle ones. */
  dropTunnels(): void {
    for (const socket of this.#tunnels) socket.destroy();
  }

  async close(): Promise<void> {
    for (const socket of [...this.#sockets, ...this.#tunnels]) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #grant(target: string, socket: Socket): void {
    const { hostname, port } = new URL(`http://${target}`);
    const place = connect(Number(port === '' ? 80 : port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(place).pipe(socket);
    });
    place.on('error', () => socket.destroy());
    place.on('close', () => socket.destroy());
    socket.on('close', () => place.destroy());
    this.#follow(socket, this.#tunnels);
  }

  #follow(socket: Socket, all: Set<Socket>): void {
    all.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      all.delete(socket);
      this.#changed();
    });
  }

  #changed(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const wake of watchers) wake();
  }
}

/** Opens every tunnel. */
export const grants: ProxyBehaviour = ({ grant }) => {
  grant();
};

/** Opens tunnels for one user only. @param pair - `user:password`, as they are meant */
export function demands(pair: string): ProxyBehaviour {
  const proof = `Basic ${Buffer.from(pair).toString('base64')}`;
  return (asked) => {
    if (asked.request.headers['proxy-authorization'] === proof) asked.grant();
    else says('407 Proxy Authentication Required', 'proxy-authenticate: Basic realm="x"')(asked);
  };
}

/** Answers something else than a tunnel; the connection is then closed. */
export function says(status: string, ...headers: readonly string[]): ProxyBehaviour {
  return ({ socket }) => {
    socket.end([`HTTP/1.1 ${status}`, 'content-length: 0', ...headers, '', ''].join('\r\n'));
  };
}

/** Bytes of any kind, then the end. */
export function utters(bytes: string): ProxyBehaviour {
  return ({ socket }) => {
    socket.end(bytes);
  };
}

/** Takes the request and never says a word. */
export const hangs: ProxyBehaviour = ({ socket }) => {
  socket.resume();
};

/** Takes the request and drops the connection. */
export const dies: ProxyBehaviour = ({ socket }) => {
  socket.destroy();
};
