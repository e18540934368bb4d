import type { Dispatcher } from 'undici';
import type { Clock } from '../core/clock.js';
import { CollectedBytes } from '../core/collected-bytes.js';
import {
  type AnswerBody,
  type AnswerSink,
  DISCARD,
  type StreamedUpstreamAnswer,
  type Timeouts,
  type UpstreamAnswer,
  type UpstreamRequest,
} from './answer.js';
import { type Decoder, openDecoder } from './content-encoding.js';
import type { ConnectionPool } from './connection-pool.js';
import { StaleConnectionCheck } from './stale-connection.js';
import { findHeader } from './raw-headers.js';
import { StageTimeouts } from './stage-timeouts.js';
import { FlowControl } from './flow-control.js';
import { transportError, UpstreamError } from './upstream-error.js';

/** Limit of whole answers: the longest known output is some 2 MiB of JSON. */
const MAX_WHOLE_BYTES = 64 * 1024 * 1024;
/** Enough of an error answer to find its message. */
const MAX_ERROR_BYTES = 64 * 1024;
/** Chunks that arrive before the body is read are buffered; beyond this the socket is paused. */
const MAX_UNREAD_BYTES = 256 * 1024;
/** How long a released body may take to end: a new connection costs about as much. */
const RELEASED_MS = 1_000;

/** Dependencies of an attempt. */
export interface AttemptContext {
  readonly pool: ConnectionPool;
  readonly options: Dispatcher.DispatchOptions;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
}

/**
 * One request on one connection, from dispatch to the last byte.
 *
 * A single object is undici's handler, the answer and its body, because every request pays for
 * whatever is allocated on this path.
 */
export class Attempt implements Dispatcher.DispatchHandler, StreamedUpstreamAnswer, AnswerBody {
  readonly kind = 'stream';
  status = 0;

  readonly #request: UpstreamRequest;
  readonly #context: AttemptContext;
  /** Like `#reject`, a promise's: only the first call of either counts. */
  readonly #resolve: (answer: UpstreamAnswer) => void;
  readonly #reject: (error: UpstreamError) => void;

  readonly #watch: StageTimeouts;
  #over = false;
  #rawHeaders: readonly Buffer[] = [];
  #abortRequest: (() => void) | null = null;
  readonly #connection: StaleConnectionCheck;

  #streaming = false;
  #decoder: Decoder | null = null;
  readonly #unread = new CollectedBytes();
  #sink: AnswerSink | null = null;
  #forgetRelease: (() => void) | null = null;
  readonly #tap = new FlowControl();
  /** How the body ended, for a sink that comes later: `true` for a complete one. */
  #outcome: true | UpstreamError | null = null;

  constructor(
    request: UpstreamRequest,
    context: AttemptContext,
    resolve: (answer: UpstreamAnswer) => void,
    reject: (error: UpstreamError) => void,
  ) {
    this.#request = request;
    this.#context = context;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#watch = new StageTimeouts(this, context.clock, context.timeouts);
    this.#connection = new StaleConnectionCheck(this.#watch);
    request.signal.addEventListener('abort', this);
  }

  get body(): AnswerBody {
    return this;
  }

  header(name: string): string | undefined {
    return findHeader(this.#rawHeaders, name);
  }

  // --- the body, as its reader sees it

  read(sink: AnswerSink): void {
    this.#sink = sink;
    for (const chunk of this.#unread.take()) sink.data(chunk);
    const outcome = this.#outcome;
    if (outcome === true) sink.end();
    else if (outcome !== null) sink.fail(outcome);
    else if (!this.#tap.isPaused) this.#tap.resumeSoon();
  }

  pause(): void {
    this.#tap.isPaused = true;
    this.#decoder?.pause();
  }

  resume(): void {
    if (!this.#tap.isPaused) return;
    this.#tap.isPaused = false;
    // Restarts the stage's time limit: a pause is not the upstream's silence.
    this.#watch.enter(this.#watch.stage);
    this.#decoder?.resume();
    this.#tap.resumeSoon();
  }

  release(): void {
    if (this.#over) return;
    this.#sink = DISCARD;
    this.#forgetRelease = this.#context.clock.after(RELEASED_MS, () => {
      this.abort();
    });
    this.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#sink = null;
    this.#outcome = null;
    this.#finish();
    this.#abortRequest?.();
  }

  // --- timeouts and aborts

  get isStopped(): boolean {
    return this.#tap.isStopped;
  }

  onTimeout(what: string): void {
    const isConnecting = this.#watch.stage === 'connecting';
    this.#failWith('upstream_timeout', what + (isConnecting ? this.#context.pool.waitReason : ''));
  }

  /** The request's signal. */
  handleEvent(): void {
    this.#failWith('client_closed', 'the client disconnected');
  }

  // --- undici's side: the older of its two handler interfaces. The newer one is an adapter around
  // it that parses all headers into an object, most of which are never read here.

  onConnect(abort: (error?: Error) => void): void {
    // An error thrown here drops the request and keeps the connection usable; `abort` would close it.
    if (this.#over) throw new Error('the request was cancelled');
    this.#abortRequest = abort;
    this.#connection.recordDispatch(!this.#context.pool.isConnecting);
    this.#watch.enter('waiting');
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.status = status;
    this.#rawHeaders = rawHeaders;
    this.#tap.attach(resume);
    if (status >= 300 && status < 400) {
      this.#failWith('upstream_failed', `answered with a redirect (${status})`);
      return false;
    }
    const encoding = this.header('content-encoding');
    if (encoding !== undefined && encoding !== '' && encoding !== 'identity') {
      this.#decode(encoding);
    }
    this.#streaming = this.#request.stream && status < 300;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.#watch.enter('reading');
    if (this.#decoder === null) this.#accept(chunk);
    else if (!this.#decoder.write(chunk)) this.#tap.stop();
    return this.#tap.shouldReadOn();
  }

  onComplete(): void {
    if (this.#decoder === null) this.#end();
    else this.#decoder.end();
  }

  onError(cause: Error): void {
    if (this.#over) return;
    const isUntouched = this.#request.upload === undefined && this.status === 0;
    if (isUntouched && this.#connection.shouldRetry(cause)) {
      this.#watch.enter('connecting');
      this.#context.pool.dispatchOnNewConnection(this.#context.options, this);
      return;
    }
    this.#fail(transportError(this.#request.upstream, this.#watch.stage, cause));
  }

  // --- processing of the bytes

  #accept(chunk: Buffer): void {
    if (this.#sink !== null) {
      this.#sink.data(chunk);
      return;
    }
    this.#unread.push(chunk);
    if (!this.#streaming) {
      this.#limit();
      return;
    }
    if (this.#unread.length > MAX_UNREAD_BYTES) this.#tap.stop();
    this.#resolve(this);
  }

  #limit(): void {
    const isError = this.status >= 300;
    if (this.#unread.length <= (isError ? MAX_ERROR_BYTES : MAX_WHOLE_BYTES)) return;
    if (isError) {
      this.#resolve(this.#whole(MAX_ERROR_BYTES));
      this.abort();
    } else {
      this.#failWith('upstream_failed', `sent more than ${MAX_WHOLE_BYTES} bytes`);
    }
  }

  #end(): void {
    if (this.#over) return;
    this.#finish();
    if (!this.#streaming) {
      this.#resolve(this.#whole(MAX_WHOLE_BYTES));
      return;
    }
    this.#outcome = true;
    if (this.#sink === null) this.#resolve(this);
    else this.#sink.end();
  }

  #whole(maxBytes: number): UpstreamAnswer {
    return {
      kind: 'whole',
      status: this.status,
      bytes: this.#unread.joined().subarray(0, maxBytes),
      header: (name) => this.header(name),
    };
  }

  #fail(error: UpstreamError): void {
    if (this.#over) return;
    this.#finish();
    this.#outcome = error;
    this.#reject(error);
    this.#sink?.fail(error);
    this.#abortRequest?.();
  }

  #finish(): void {
    this.#over = true;
    this.#watch.stop();
    this.#tap.detach();
    this.#forgetRelease?.();
    this.#request.signal.removeEventListener('abort', this);
    // A decoder that has ended destroys itself; an unfinished one holds native memory.
    this.#decoder?.destroy();
  }

  #decode(encoding: string): void {
    this.#decoder = openDecoder(encoding, {
      data: (chunk) => {
        if (!this.#over) this.#accept(chunk);
      },
      drain: () => {
        this.#tap.resumeSoon();
      },
      end: () => {
        this.#end();
      },
      fail: (cause) => {
        this.#fail(transportError(this.#request.upstream, 'reading', cause));
      },
    });
    if (this.#decoder === null) {
      this.#failWith(
        'upstream_failed',
        `answered with an unsupported content-encoding: ${encoding}`,
      );
    }
  }

  #failWith(code: 'upstream_failed' | 'upstream_timeout' | 'client_closed', what: string): void {
    const sent = this.#watch.stage !== 'connecting';
    this.#fail(new UpstreamError(code, `${this.#request.upstream.id}: ${what}`, { sent }));
  }
}
