import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Express } from 'express';
import { GatewayError } from '../core/errors.js';
import { openai } from '../dialects/openai/openai.js';
import { normalizeAddress } from './address.js';
import type { ChatEndpoint } from './chat.js';
import { clientGone } from './body.js';
import { ignoredHeaders } from './ignored-headers.js';
import { allowOrigin, isPreflight } from './cors.js';
import { DrainableServer } from './drainable-server.js';
import { geminiAddress, type GeminiEndpoint } from './gemini.js';

/** Limits at the socket level. */
export interface SocketLimits {
  readonly maxHeaderBytes: number;
  /** Milliseconds within which the headers must be complete. */
  readonly headerTimeoutMs: number;
  /** Milliseconds within which the request must be complete. */
  readonly bodyTimeoutMs: number;
  /** Milliseconds after which a connection without a request is closed. */
  readonly keepAliveTimeoutMs: number;
}

/** The chat endpoints, by dialect. */
export interface ChatEndpoints {
  /** OpenAI's. */
  readonly chat: ChatEndpoint;
  /** Anthropic's. */
  readonly messages: ChatEndpoint;
  /** OpenAI's responses. */
  readonly responses: ChatEndpoint;
  /** OpenAI's legacy completions. */
  readonly completions: ChatEndpoint;
  /** Google's. */
  readonly gemini: GeminiEndpoint;
}

const CHAT_PATH = '/v1/chat/completions';
const MESSAGES_PATH = '/v1/messages';
const RESPONSES_PATH = '/v1/responses';
const COMPLETIONS_PATH = '/v1/completions';
const COUNT_PATH = '/v1/messages/count_tokens';

/** Settings of the server. */
export interface ServerSettings {
  readonly socket: SocketLimits;
  /** Whether web pages of an origin may call the gateway. */
  readonly allowsOrigin: (origin: string) => boolean;
}

/** Called for input that is not a valid request. @returns its id in the log */
export type OnUnreadable = (error: GatewayError, address: string | undefined) => string;

/** Creates the server; it does not listen yet. */
export function createServer(
  surfaces: ChatEndpoints,
  app: Express,
  { socket: limits, allowsOrigin }: ServerSettings,
  onUnreadable: OnUnreadable,
): DrainableServer {
  /** The reply to the latest request of each connection. */
  const lastReply = new WeakMap<Duplex, ServerResponse>();
  const server = new DrainableServer(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headerTimeoutMs,
      requestTimeout: limits.bodyTimeoutMs,
      // How often timeouts are checked; the default of 30 s would make short ones meaningless.
      connectionsCheckingInterval: Math.min(1000, limits.headerTimeoutMs),
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      noDelay: true,
    },
    (req, res) => {
      lastReply.set(req.socket, res);
      if (allowOrigin(req, res, allowsOrigin) && isPreflight(req)) {
        res.writeHead(204).end();
        return;
      }
      const ignored = ignoredHeaders(req.headers);
      if (ignored !== null) res.setHeader('x-suffice-ignored', ignored);
      if (handled(surfaces, req, res, null)) return;
      // Rare: normalising the address is left to requests that no hot path has taken.
      const { url, model } = normalizeAddress(req.url ?? '/');
      req.url = url;
      if (!handled(surfaces, req, res, model)) app(req, res);
    },
  );
  server.on('clientError', (cause, socket) => {
    refuse(cause, socket, lastReply.get(socket), onUnreadable);
  });
  return server;
}

/** Dispatches a request to the chat endpoint of its address. @returns `false` if there is none */
function handled(
  { chat, messages, responses, completions, gemini }: ChatEndpoints,
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
    const target = geminiAddress(url ?? '');
    if (target === null) return false;
    void gemini.handle(req, res, target);
  }
  return true;
}

/** With or without a query: Anthropic's own client requests `/v1/messages?beta=true`. */
function isAt(url: string | undefined, path: string): boolean {
  return url === path || (url?.startsWith(path) === true && url[path.length] === '?');
}

/** llhttp's error for a connection that the client closed before the request was complete. */
const UNEXPECTED_END = 'HPE_INVALID_EOF_STATE';

/** Answers input that is not a valid request, or a request that will not be completed. */
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
    refuseRest(last, cause.code === UNEXPECTED_END ? clientGone(cause) : clientError(cause));
    return;
  }
  const error = clientError(cause);
  const id = hasAsked(socket) ? onUnreadable(error, socket.remoteAddress) : null;
  // In the middle of another answer it would be read as a part of that.
  if (last?.headersSent === true && !last.writableFinished) socket.destroy();
  else endWithError(socket, error, id);
}

/** Lets the reader of a body that will not be completed refuse the request: it knows the endpoint and the caller. */
function refuseRest(res: ServerResponse, error: GatewayError): void {
  const { req } = res;
  if (res.headersSent || req.listenerCount('error') === 0) {
    // It has been answered, and nothing reads the rest of it.
    req.destroy();
    return;
  }
  res.shouldKeepAlive = false;
  req.emit('error', error);
}

/** Writes an error in OpenAI's format and closes the connection. */
function endWithError(socket: Duplex, error: GatewayError, id: string | null): void {
  const body = Buffer.from(openai.writeError(error));
  const named = id === null ? '' : `x-request-id: ${id}\r\n`;
  socket.end(
    `HTTP/1.1 ${error.status} ${error.code}\r\ncontent-type: application/json\r\n${named}` +
      `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body.toString()}`,
  );
}

/** Whether anything was received: browsers and pools open connections that they never use, which is not worth logging. */
function hasAsked(socket: Duplex): socket is Socket {
  return socket instanceof Socket && socket.bytesRead > 0;
}

function clientError(cause: Error & { code?: string }): GatewayError {
  switch (cause.code) {
    case 'HPE_HEADER_OVERFLOW':
      return new GatewayError('request_too_large', 'The request headers are too large.', {
        status: 431,
        cause,
      });
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new GatewayError('request_timeout', 'The request took too long to arrive.', { cause });
    default:
      return new GatewayError('invalid_request', 'This is not a valid HTTP/1.1 request.', {
        cause,
      });
  }
}
