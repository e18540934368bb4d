import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestInfo } from '../account/refusal.js';
import { GatewayError, type ErrorCode } from '../core/errors.js';
import { openai } from '../dialects/openai/openai.js';
import type { StreamFraming } from '../dialects/dialect.js';
import type { ClientSink } from '../pipeline.js';
import { endWith, StallWatch, type StallLimit } from './stall.js';

/** The error that the client may see: anything but a `GatewayError` is a bug, whose details are hidden. */
export function asGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError('internal_error', 'Internal error; the gateway’s log has the details.', {
    cause: thrown,
  });
}

/** The parts of a request that may be logged. */
export function requestInfoOf({
  method = '',
  url = '',
  headers,
  socket,
}: IncomingMessage): RequestInfo {
  return { method, url, headers, address: socket.remoteAddress };
}

/**
 * The one place where an error becomes a reply.
 *
 * Does nothing if the client has disconnected or the reply has begun.
 *
 * @param write - writes the error in the client's dialect
 */
export function sendError(
  res: ServerResponse,
  error: GatewayError,
  headers: Readonly<Record<string, string>> = {},
  write: (error: GatewayError) => string = openai.writeError,
): void {
  if (res.headersSent || res.destroyed) return;
  const body = Buffer.from(write(error));
  res.writeHead(error.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...(error.retryAfterS === null ? {} : { 'retry-after': String(Math.ceil(error.retryAfterS)) }),
    // The unread rest of a refused body must not be parsed as the next request.
    ...(error.code === 'request_too_large' ? { connection: 'close' } : {}),
    ...headers,
  });
  res.end(body);
}

/**
 * Sends a complete JSON reply.
 *
 * @param pace - how slowly it may be read; `null` for a body that fits into any socket buffer
 */
export function sendJson(
  res: ServerResponse,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  pace: StallLimit | null,
): void {
  res.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...headers,
  });
  if (pace === null) res.end(body);
  else endWith(res, body, pace);
}

/** Errors after which it is unknown how much of the answer is missing. */
const BROKEN_OFF: ReadonlySet<ErrorCode> = new Set([
  'upstream_cut',
  'upstream_timeout',
  'internal_error',
]);

const NOTHING = Buffer.alloc(0);

/** The wire format of a stream, and its status; by default 200. */
export type WireForm = StreamFraming & { readonly status?: number };

/** A form that sends bytes unchanged. */
export function rawForm(contentType: string, status = 200): WireForm {
  return { contentType, status, open: () => ({ push: (bytes) => bytes, end: () => null }) };
}

const EVENTS = rawForm('text/event-stream; charset=utf-8');

/**
 * Begins a stream to the client, of events unless another form is given.
 *
 * A client that reads nothing for `pace.stallMs` while bytes are pending is cut off.
 */
export function openClientStream(
  res: ServerResponse,
  headers: Readonly<Record<string, string>>,
  onDrain: () => void,
  pace: StallLimit,
  form: WireForm = EVENTS,
): ClientSink {
  const wire = form.open();
  const watch = new StallWatch(res, pace);
  res.writeHead(form.status ?? 200, {
    'content-type': form.contentType,
    'cache-control': 'no-cache',
    // Asks proxies not to buffer events.
    'x-accel-buffering': 'no',
    ...headers,
  });
  res.on('drain', () => {
    watch.progressed();
    onDrain();
  });
  return {
    write: (bytes) => {
      if (res.write(wire.push(bytes))) return true;
      watch.wait();
      return false;
    },
    end: () => {
      const last = wire.end();
      if (last === null) res.end();
      else res.end(last);
      watch.ended();
    },
    fail: (error, lastBytes) => {
      // An error event that the upstream itself sent ends the stream cleanly. If the answer was cut
      // off, a clean end would suggest that it is complete. The socket is destroyed only after the
      // write, or the error event could be lost in its buffer.
      const last = wire.push(lastBytes);
      if (BROKEN_OFF.has(error.code)) res.write(last, () => res.destroy());
      else res.end(Buffer.concat([last, wire.end() ?? NOTHING]));
      watch.ended();
    },
  };
}
