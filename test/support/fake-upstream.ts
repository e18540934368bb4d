import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './certificate.js';

/** A request as the fake upstream got it. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The body as JSON, or `{}` where it is none. */
  readonly json: Readonly<Record<string, unknown>>;
  /** Resolves when the other side has closed the connection, or it was lost. */
  readonly closed: Promise<void>;
}

/** One request to be answered, well or badly. */
export interface Exchange {
  readonly request: SeenRequest;
  readonly response: ServerResponse;
  readonly socket: Socket;
}

export type Behaviour = (exchange: Exchange) => void;

/**
 * An OpenAI-compatible server that does as it is told, on a real socket.
 *
 * Each request takes the next behaviour from the list; with the list empty, all get the last
 * one of `always`, at first a polite short answer.
 */
export class FakeUpstream {
  readonly requests: SeenRequest[] = [];
  /** Connections accepted since the start. */
  connections = 0;
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sockets = new Set<Socket>();
  readonly #behaviours: Behaviour[] = [];
  #default: Behaviour = answers();
  #watchers: (() => void)[] = [];

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
  }

  /** @param certificate - for one that speaks TLS */
  static async start(certificate?: Certificate): Promise<FakeUpstream> {
    const isSecure = certificate !== undefined;
    const options = { keepAliveTimeout: 0, ...certificate };
    const server = isSecure ? createSecureServer(options) : createServer(options);
    const fake = new FakeUpstream(server, isSecure ? 'https' : 'http');
    server.on('connection', (socket: Socket) => {
      fake.connections += 1;
      // Every request on it watches for its end.
      socket.setMaxListeners(0);
      fake.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        fake.#sockets.delete(socket);
        fake.#changed();
      });
    });
    server.on('request', (request, response) => {
      fake.#receive(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get baseUrl(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}/v1`;
  }

  get openSockets(): number {
    return this.#sockets.size;
  }

  /** The next requests are answered like this, one behaviour each. */
  next(...behaviours: readonly Behaviour[]): void {
    this.#behaviours.push(...behaviours);
  }

  /** Every request for which no behaviour is listed is answered like this. */
  always(behaviour: Behaviour): void {
    this.#default = behaviour;
  }

  /** Resolves once `count` requests have come. */
  async received(count = 1): Promise<void> {
    await this.until(() => this.requests.length >= count);
  }

  /** Resolves once something holds; looked at whenever a request comes or a connection closes. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) {
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  /** Drops all idle connections, as servers do after a while. */
  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.dropConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => {
        resolve();
      });
    });
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const seen: SeenRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
        json: parse(body),
        closed,
      };
      this.requests.push(seen);
      const behave = this.#behaviours.shift() ?? this.#default;
      behave({ request: seen, response, socket });
      this.#changed();
    });
  }

  #changed(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const wake of watchers) wake();
  }
}

/** A good answer, streamed or whole as asked. */
export function answers(text = 'Hello from upstream.'): Behaviour {
  return (exchange) => {
    if (exchange.request.json['stream'] === true) {
      streams(...textEvents(text, exchange.request), DONE)(exchange);
    } else {
      sends(200, JSON.stringify(completion(text, exchange.request)))(exchange);
    }
  };
}

/** Any status and body. */
export function sends(
  status: number,
  body: string | Buffer,
  headers: Record<string, string> = {},
): Behaviour {
  return ({ response }) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  };
}

/** An error as OpenAI sends it. */
export function refuses(
  status: number,
  message: string,
  headers: Record<string, string> = {},
): Behaviour {
  const error = { message, type: 'fake_error', param: null, code: 'fake' };
  return sends(status, JSON.stringify({ error }), headers);
}

/** The events, then a clean end of the connection's answer. */
export function streams(...events: readonly string[]): Behaviour {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(event);
    response.end();
  };
}

/** The events, then silence, until the other side gives up. */
export function streamsAndStalls(...events: readonly string[]): Behaviour {
  return ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    for (const event of events) response.write(event);
  };
}

/** The events, then the connection is gone, in the middle of a chunk. */
export function streamsAndBreaks(...events: readonly string[]): Behaviour {
  return ({ response, socket }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) response.write(event);
    socket.write('ffff\r\ndata: {"cho', () => socket.destroy());
  };
}

/** Bytes straight onto the socket, HTTP or not; then the end, a reset, or nothing. */
export function writesRaw(bytes: string | Buffer, then: 'end' | 'reset' | 'stay'): Behaviour {
  return ({ socket }) => {
    socket.write(bytes, () => {
      if (then === 'end') socket.end();
      else if (then === 'reset') socket.resetAndDestroy();
    });
  };
}

/** Takes the request and never says a word. */
export const stalls: Behaviour = () => undefined;

/** Takes the request and drops the connection. */
export const hangsUp: Behaviour = ({ socket }) => {
  socket.destroy();
};

/** Ends a stream. */
export const DONE = 'data: [DONE]\n\n';

/** A text as the events of a stream: role, words, finish, and usage if it was asked for. */
export function textEvents(text: string, request?: SeenRequest): string[] {
  const model = request?.json['model'] ?? 'fake';
  const head = {
    id: 'chatcmpl-fake',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model,
  };
  const event = (delta: unknown, finish: string | null): string =>
    sse({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });
  const options = request?.json['stream_options'] as { include_usage?: boolean } | undefined;
  return [
    event({ role: 'assistant', content: '' }, null),
    ...(text.match(/\s*\S+/gu) ?? []).map((word) => event({ content: word }, null)),
    event({}, 'stop'),
    ...(options?.include_usage === true ? [sse({ ...head, choices: [], usage: USAGE })] : []),
  ];
}

/** An error inside a stream. */
export function errorEvent(message: string, code: string | number = 'server_error'): string {
  return sse({ error: { message, type: 'server_error', param: null, code } });
}

/** One event of a stream. */
export function sse(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };

function completion(text: string, request: SeenRequest): unknown {
  const message = { role: 'assistant', content: text, refusal: null };
  return {
    id: 'chatcmpl-fake',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: request.json['model'] ?? 'fake',
    choices: [{ index: 0, message, logprobs: null, finish_reason: 'stop' }],
    usage: USAGE,
  };
}

function parse(body: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return {};
  }
}
