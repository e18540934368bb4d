import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { GatewayError } from '../core/errors.js';
import { openai } from '../dialects/openai/openai.js';
import { addressOf } from './address.js';
import type { ChatSurface } from './chat.js';
import { clientGone } from './body.js';
import { ignoredHeaders } from './ignored-headers.js';
import { allowOrigin, isPreflight } from './origins.js';
import { DrainableServer } from './drainable-server.js';
import { geminiAddress, type GeminiSurface } from './gemini.js';

/** Limits of the socket level, where there is no request yet. */
export interface SocketLimits {
  readonly maxHeaderBytes: number;
  /** Milliseconds until the headers must be complete. */
  readonly headerTimeoutMs: number;
  /** Milliseconds until the whole request must be there. */
  readonly bodyTimeoutMs: number;
  /** Milliseconds after which a connection without a request is closed. */
  readonly keepAliveTimeoutMs: number;
}

/** Where clients of each dialect ask. */
export interface Surfaces {
  /** OpenAI's. */
  readonly chat: ChatSurface;
  /** Anthropic's. */
  readonly messages: ChatSurface;
  /** OpenAI's responses. */
  readonly responses: ChatSurface;
  /** OpenAI's legacy completions. */
  readonly completions: ChatSurface;
  /** Google's. */
  readonly gemini: GeminiSurface;
}

const CHAT_PATH = '/v1/chat/completions';
const MESSAGES_PATH = '/v1/messages';
const RESPONSES_PATH = '/v1/responses';
const COMPLETIONS_PATH = '/v1/completions';
const COUNT_PATH = '/v1/messages/count_tokens';

/** What a listening server needs besides its surfaces. */
export interface ServerSettings {
  readonly socket: SocketLimits;
  /** Whether web pages of an origin may ask. */
  readonly allowsOrigin: (origin: string) => boolean;
}

/** Learns of what never became a request. @returns the id under which the log has it */
export type OnUnreadable = (error: GatewayError, address: string | undefined) => string;

/** The server, not yet listening. */
export function createServer(
  surfaces: Surfaces,
  app: Express,
  { socket: limits, allowsOrigin }: ServerSettings,
  onUnreadable: OnUnreadable,
): DrainableServer {
  /** What was last asked on each connection. */
  const lastAsked = new WeakMap<Duplex, ServerResponse>();
  const server = new DrainableServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headerTimeoutMs,
      requestTimeout: limits.bodyTimeoutMs,
      // Timeouts are looked at this often; the default of 30 s would make short ones meaningless.
      connectionsCheckingInterval: Math.min(1000, limits.headerTimeoutMs),
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      noDelay: true,
    },
    (req, res) => {
      lastAsked.set(req.socket, res);
      if (allowOrigin(req, res, allowsOrigin) && isPreflight(req)) {
        res.writeHead(204).end();
        return;
      }
      const ignored = ignoredHeaders(req.headers);
      if (ignored !== null) res.setHeader('x-suffice-ignored', ignored);
      if (handled(surfaces, req, res, null)) return;
      // Few clients come here, so only they wait until their address is understood.
      const { url, model } = addressOf(req.url ?? '/');
      req.url = url;
      if (!handled(surfaces, req, res, model)) app(req, res);
    },
  );
  server.on('clientError', (cause, socket) => {
    refuse(cause, socket, lastAsked.get(socket), onUnreadable);
  });
  return server;
}

/** Has one of the hot surfaces answer, if the address is one of theirs. */
function handled(
  { chat, messages, responses, completions, gemini }: Surfaces,
  req: IncomingMessage,
  res: ServerResponse,
  model: string | null,
): boolean {
  const { url } = req;
  if (req.method !== 'POST') return false;
  if (isAt(url, CHAT_PATH)) void chat.handle(req, res, model);
  else if (isAt(url, MESSAGES_PATH)) void messages.handle(req, res);
  else if (isAt(url, RESPONSES_PATH)) void responses.handle(req, res);
  else if (isAt(url, COMPLETIONS_PATH)) void completions.handle(req, res, model);
  else if (isAt(url, COUNT_PATH)) void messages.count(req, res);
  else {
    const asked = geminiAddress(url ?? '');
    if (asked === null) return false;
    void gemini.handle(req, res, asked);
  }
  return true;
}

/** With or without a query: Anthropic's own client asks for `/v1/messages?beta=true`. */
function isAt(url: string | undefined, path: string): boolean {
  return url === path || (url?.startsWith(path) === true && url[path.length] === '?');
}

/** The client has closed its side before it had said everything. */
const CUT_SHORT = 'HPE_INVALID_EOF_STATE';

/** Answers what is not even a request, or will never be a whole one. */
function refuse(
  cause: Error & { code?: string },
  socket: Duplex,
  last: ServerResponse | undefined,
  onUnreadable: OnUnreadable,
): void {
  if (!socket.writable || cause.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  if (last?.req.complete === false) {
    refuseRest(last, cause.code === CUT_SHORT ? clientGone(cause) : clientError(cause));
    return;
  }
  const error = clientError(cause);
  const id = hasAsked(socket) ? onUnreadable(error, socket.remoteAddress) : null;
  // In the middle of another answer it would be taken for a part of that.
  if (last?.headersSent === true && !last.writableFinished) socket.destroy();
  else endWithError(socket, error, id);
}

/** A request whose body will not come to its end is refused by whoever reads it, who knows what was asked, and by whom. */
function refuseRest(res: ServerResponse, error: GatewayError): void {
  const { req } = res;
  if (res.headersSent || req.listenerCount('error') === 0) {
    // It has its answer, and nobody wants the rest of it.
    req.destroy();
    return;
  }
  res.shouldKeepAlive = false;
  req.emit('error', error);
}

/** The shape that clients read. */
function endWithError(socket: Duplex, error: GatewayError, id: string | null): void {
  const body = Buffer.from(openai.writeError(error));
  const named = id === null ? '' : `x-request-id: ${id}\r\n`;
  socket.end(
    `HTTP/1.1 ${error.status} ${error.code}\r\ncontent-type: application/json\r\n${named}` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
  );
}

/** Browsers and pools open connections ahead of requests that never come: nothing to tell of. */
function hasAsked(socket: Duplex): socket is Socket {
  return socket instanceof Socket && socket.bytesRead > 0;
}

function clientError(cause: Error & { code?: string }): GatewayError {
  switch (cause.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('request_too_large', 'the request headers are too large', {
        status: 431,
        cause,
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('request_timeout', 'the request took too long to arrive', { cause });
    default:
      return new GatewayError('invalid_request', 'this is not a valid HTTP/1.1 request', { cause });
  }
}
