import type { Readable } from 'node:stream';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import type { Upstream } from '../core/model.js';
import type { DialectName } from '../dialects/dialect.js';
import type { UpstreamError } from './upstream-error.js';

/** HTTP methods used with upstreams. */
export type Method = 'GET' | 'POST' | 'DELETE';

/** One request to one upstream, in the upstream's dialect. */
export interface UpstreamRequest {
  readonly upstream: Upstream;
  /** Owned by the call until it settles; not changed. */
  readonly body: Buffer;
  /** Names (in lower case) and values, alternating; they replace the provider's own. Absent for none. */
  readonly headers?: readonly string[];
  /** By default `POST`. */
  readonly method?: Method;
  /** A body still being received, instead of `body`; such a request cannot be repeated. */
  readonly upload?: Readable;
  /** Path and query, relative to the provider's base URL; absent for chat. */
  readonly path?: string;
  /** Requests a token count instead of an answer. */
  readonly counting?: boolean;
  /** The body's dialect, if the provider speaks several; absent for its first. */
  readonly dialect?: DialectName;
  /** The body asks for a stream. */
  readonly stream: boolean;
  /** Aborts when the answer is no longer needed; the upstream request is then aborted at once, at any stage. */
  readonly signal: AbortSignalLike;
}

interface AnswerHead {
  readonly status: number;
  /** @param name - in lower case */
  header(name: string): string | undefined;
}

/** An answer that was read completely: non-streamed ones, and everything that is not a 2xx. */
export interface WholeUpstreamAnswer extends AnswerHead {
  readonly kind: 'whole';
  /** Decoded. Of an answer that is not a 2xx at most the first 64 KiB. */
  readonly bytes: Buffer;
}

/** A streamed answer whose first byte has arrived. */
export interface StreamedUpstreamAnswer extends AnswerHead {
  readonly kind: 'stream';
  readonly body: AnswerBody;
}

export type UpstreamAnswer = WholeUpstreamAnswer | StreamedUpstreamAnswer;

/** Receives a streamed body. Exactly one of `end` and `fail` is called, once and last, unless the body was aborted. */
export interface AnswerSink {
  data(chunk: Buffer): void;
  end(): void;
  /** `upstream_cut`, `upstream_timeout` or `client_closed`. */
  fail(error: UpstreamError): void;
}

/** Discards everything. */
export const DISCARD: AnswerSink = { data: ignore, end: ignore, fail: ignore };

/** The bytes of a streamed answer, decoded, in order, each once. */
export interface AnswerBody {
  /** Starts the flow; call it once. May call the sink before it returns. */
  read(sink: AnswerSink): void;
  /** Pauses the flow soon: what has already been read from the socket may still arrive. */
  pause(): void;
  resume(): void;
  /**
   * Discards the rest: the connection is kept for the next request if the body ends within a second, and closed
   * otherwise. The sink gets no more calls. Harmless after the end.
   */
  release(): void;
  /** Closes the connection; the sink gets no more calls. Harmless after the end. */
  abort(): void;
}

/** Time limits in milliseconds. Exceeding any of them is an `upstream_timeout`. */
export interface Timeouts {
  /** Until there is a connection; waiting for a free one counts. */
  readonly connectMs: number;
  /** From the request being sent to the first byte of the body. */
  readonly firstByteMs: number;
  /** Between two chunks; time during which reading was paused does not count. */
  readonly idleMs: number;
  /** For the whole attempt. */
  readonly totalMs: number;
}

/**
 * Long enough for reasoning models, which are often silent for minutes: cutting one off still costs its
 * tokens.
 */
export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 10_000,
  firstByteMs: 300_000,
  idleMs: 120_000,
  totalMs: 900_000,
};

function ignore(): void {
  // Discarded.
}
