import type { Readable } from 'node:stream';
import type { GoneSignal } from '../core/departure.js';
import type { Upstream } from '../core/model.js';
import type { DialectName } from '../dialects/dialect.js';
import type { UpstreamError } from './upstream-error.js';

/** What is asked of an upstream's address. */
export type Method = 'GET' | 'POST' | 'DELETE';

/** One request for one upstream, in the upstream's own words. */
export interface UpstreamRequest {
  readonly upstream: Upstream;
  /** Owned by the call until it settles; not changed. */
  readonly body: Buffer;
  /** Names, in lower case, and values in turn: they replace the provider's own; absent for none. */
  readonly headers?: readonly string[];
  /** `POST` unless given. */
  readonly method?: Method;
  /** Bytes that are still coming, instead of `body`; such a request cannot be sent twice. */
  readonly upload?: Readable;
  /** Where it goes, behind the provider's base URL, with its query; absent for chat. */
  readonly path?: string;
  /** Not an answer, but the tokens of the request are asked for. */
  readonly counting?: boolean;
  /** What the body is written in, where the provider speaks several; absent for its first. */
  readonly dialect?: DialectName;
  /** The body asks for a stream. */
  readonly stream: boolean;
  /** Ends when nobody waits for the answer any more; the upstream is told at once, at any stage. */
  readonly signal: GoneSignal;
}

interface AnswerHead {
  readonly status: number;
  /** @param name - in lower case */
  header(name: string): string | undefined;
}

/** An answer read to its end: whole answers, and everything that is not a 2xx. */
export interface WholeUpstreamAnswer extends AnswerHead {
  readonly kind: 'whole';
  /** Decoded. Of an answer that is not a 2xx at most the first 64 KiB. */
  readonly bytes: Buffer;
}

/** An answer whose first byte has come. */
export interface StreamedUpstreamAnswer extends AnswerHead {
  readonly kind: 'stream';
  readonly body: AnswerBody;
}

export type UpstreamAnswer = WholeUpstreamAnswer | StreamedUpstreamAnswer;

/** Takes a streamed body. Exactly one of `end` and `fail` is called, once, last, unless the body was aborted. */
export interface AnswerSink {
  data(chunk: Buffer): void;
  end(): void;
  /** `upstream_cut`, `upstream_timeout` or `client_closed`. */
  fail(error: UpstreamError): void;
}

/** Takes what nobody wants. */
export const NOWHERE: AnswerSink = { data: ignore, end: ignore, fail: ignore };

/** The bytes of a streamed answer, decoded, in order, each once. */
export interface AnswerBody {
  /** Starts the flow; call it once. May call the sink before it returns. */
  read(sink: AnswerSink): void;
  /** Stops the flow soon: what has already been read from the socket may still come. */
  pause(): void;
  resume(): void;
  /**
   * Nothing more is wanted, though more may come: the connection is kept for the next request if the body ends within
   * a second, and closed otherwise. The sink hears nothing more. Harmless after the end.
   */
  release(): void;
  /** Closes the connection; the sink hears nothing more. Harmless after the end. */
  abort(): void;
}

/** Milliseconds. Each is a cause of `upstream_timeout` of its own. */
export interface Timeouts {
  /** Until a connection is there; waiting for a free one counts. */
  readonly connectMs: number;
  /** From the request being sent to the first byte of the body. */
  readonly firstByteMs: number;
  /** Between two chunks; time during which we did not want more does not count. */
  readonly idleMs: number;
  /** For everything together. */
  readonly totalMs: number;
}

/**
 * Long enough for models that think before they write: a reasoning model is often silent for
 * minutes, and cutting it off costs the tokens and gives nothing.
 */
export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 10_000,
  firstByteMs: 300_000,
  idleMs: 120_000,
  totalMs: 900_000,
};

function ignore(): void {
  // Nobody is told.
}
