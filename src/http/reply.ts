import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Asked } from '../account/refusal.js';
import { GatewayError, type ErrorCode } from '../core/errors.js';
import { openai } from '../dialects/openai/openai.js';
import type { StreamForm } from '../dialects/dialect.js';
import type { ClientSink } from '../pipeline.js';
import { endWith, StallWatch, type Pace } from './stall.js';

/** Anything thrown as the error the client may see: what is not ours is a bug, and hidden. */
export function asGatewayError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  return new GatewayError('internal_error', 'an internal error; the gateway’s log has it', {
    cause: thrown,
  });
}

/** What the log may say of a request. */
export function askedIn({ method = '', url = '', headers, socket }: IncomingMessage): Asked {
  return { method, url, headers, address: socket.remoteAddress };
}

/**
 * The one place where an error becomes a reply.
 *
 * Does nothing to a client that has gone or has already got its first byte.
 *
 * @param write - the error in the client's dialect
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
    // What is left of a body that was refused unread must not be taken for the next request.
    ...(error.code === 'request_too_large' ? { connection: 'close' } : {}),
    ...headers,
  });
  res.end(body);
}

/**
 * Sends a complete JSON reply.
 *
 * @param pace - how slowly it may be read; `null` for one that fits into any socket's buffer
 */
export function sendJson(
  res: ServerResponse,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
  pace: Pace | null,
): void {
  res.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    ...headers,
  });
  if (pace === null) res.end(body);
  else endWith(res, body, pace);
}

/** Failures after which nobody knows how much of the answer is missing. */
const BROKEN_OFF: ReadonlySet<ErrorCode> = new Set([
  'upstream_cut',
  'upstream_timeout',
  'internal_error',
]);

const NOTHING = Buffer.alloc(0);

/** How a stream goes over the wire, and under which status; 200 unless given. */
export type WireForm = StreamForm & { readonly status?: number };

/** Sends bytes as they are, and says what they are. */
export function plainForm(contentType: string, status = 200): WireForm {
  return { contentType, status, open: () => ({ push: (bytes) => bytes, end: () => null }) };
}

const EVENTS = plainForm('text/event-stream; charset=utf-8');

/**
 * Begins a stream to the client, of events unless another form is given.
 *
 * A client that reads nothing for `pace.stallMs` although bytes wait for it is cut off.
 */
export function openClientStream(
  res: ServerResponse,
  headers: Readonly<Record<string, string>>,
  onDrain: () => void,
  pace: Pace,
  form: WireForm = EVENTS,
): ClientSink {
  const wire = form.open();
  const watch = new StallWatch(res, pace);
  res.writeHead(form.status ?? 200, {
    'content-type': form.contentType,
    'cache-control': 'no-cache',
    // Proxies that would collect events before passing them on are asked not to.
    'x-accel-buffering': 'no',
    ...headers,
  });
  res.on('drain', () => {
    watch.moved();
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
      // An error that the upstream itself reported is its last word: it is passed on, and that is
      // all there is. Where the upstream fell silent, a clean end would vouch for a whole answer.
      // Destroying at once could lose the error event that is still in the socket's buffer.
      const last = wire.push(lastBytes);
      if (BROKEN_OFF.has(error.code)) res.write(last, () => res.destroy());
      else res.end(Buffer.concat([last, wire.end() ?? NOTHING]));
      watch.ended();
    },
  };
}
