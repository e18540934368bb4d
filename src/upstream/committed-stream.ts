import { GatewayError } from '../core/errors.js';
import type { AnswerStream, AnswerSummary } from '../dialects/dialect.js';
import type { AnswerBody, AnswerSink } from './answer.js';

/** The client's end of a stream, in the client's dialect. */
export interface ClientSink {
  /** @returns `false` if the client reads too slowly: write nothing more until `drained()` */
  write(bytes: Buffer): boolean;
  /** The answer is complete. */
  end(): void;
  /**
   * The answer cannot be completed.
   *
   * @param lastBytes - the dialect's error event; after it the connection must not end cleanly
   */
  fail(error: GatewayError, lastBytes: Buffer): void;
}

/** A stream whose answer has begun, so that failover is no longer possible. */
export interface CommittedStream {
  /** Starts the flow, from the first byte on; call it once. */
  pipe(sink: ClientSink): void;
  /** The sink can take more data again. */
  drained(): void;
  /** Aborts the upstream request; the sink gets no more calls. Harmless after the end. */
  abort(): void;
  /** What is known of the answer so far; final once the sink has ended or failed. */
  readonly summary: AnswerSummary;
}

/** Bytes held back at most: beyond this the stream is committed even without any output. */
const MAX_HELD_BYTES = 64 * 1024;

/**
 * Reads an upstream's stream until the answer in it begins.
 *
 * Many servers open a stream with an empty chunk and fail in the next one. Everything before the
 * first output is therefore held back: until then failover is possible.
 *
 * @param redacted - removes secrets from errors that occur later
 * @throws {GatewayError} if the stream fails before that; the client has then seen nothing of it
 */
export function commitStream(
  body: AnswerBody,
  stream: AnswerStream,
  redacted: Redacted,
): Promise<CommittedStream> {
  return new Promise((resolve, reject) => {
    body.read(new Delivery(body, stream, redacted, { resolve, reject }));
  });
}

type Redacted = (error: GatewayError) => GatewayError;

interface Waiting {
  readonly resolve: (stream: CommittedStream) => void;
  readonly reject: (error: GatewayError) => void;
}

class Delivery implements AnswerSink, CommittedStream {
  readonly #body: AnswerBody;
  readonly #stream: AnswerStream;
  readonly #redacted: Redacted;
  readonly #waiting: Waiting;
  #committed = false;
  /** The upstream's side has ended, failed or been aborted. */
  #over = false;
  #sink: ClientSink | null = null;
  /** Bytes that arrived before there was a sink. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #outcome: 'end' | GatewayError | null = null;

  constructor(body: AnswerBody, stream: AnswerStream, redacted: Redacted, waiting: Waiting) {
    this.#body = body;
    this.#stream = stream;
    this.#redacted = redacted;
    this.#waiting = waiting;
  }

  get summary(): AnswerSummary {
    return this.#stream.summary;
  }

  // --- from the upstream

  data(chunk: Buffer): void {
    if (this.#over) return;
    const bytes = this.#stream.push(chunk);
    const { failure } = this.#stream;
    if (failure === null) {
      this.#deliver(bytes);
      if (this.#stream.isComplete) this.#complete();
      return;
    }
    this.#body.abort();
    if (this.#committed) this.#deliver(bytes);
    this.#settle(failure);
  }

  end(): void {
    if (this.#over) return;
    const bytes = this.#stream.end();
    const { failure } = this.#stream;
    if (failure !== null) {
      this.#settle(failure);
      return;
    }
    this.#deliver(bytes);
    this.#complete();
  }

  fail(error: GatewayError): void {
    if (this.#over) return;
    if (this.#stream.isAnswered && error.code !== 'client_closed') this.end();
    else this.#settle(error);
  }

  // --- towards the client

  pipe(sink: ClientSink): void {
    this.#sink = sink;
    const wantsMore = this.#held.length === 0 || sink.write(Buffer.concat(this.#held));
    this.#held = [];
    if (this.#outcome !== null) this.#conclude(sink, this.#outcome);
    else if (wantsMore) this.#body.resume();
  }

  drained(): void {
    if (!this.#over) this.#body.resume();
  }

  abort(): void {
    this.#over = true;
    this.#outcome = null;
    this.#held = [];
    this.#body.abort();
  }

  #deliver(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (this.#sink !== null) {
      if (!this.#sink.write(bytes)) this.#body.pause();
      return;
    }
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (!this.#committed && this.#hasBegun()) this.#commit();
  }

  #hasBegun(): boolean {
    if (this.#heldBytes > MAX_HELD_BYTES) return true;
    const { outputChars, finishReason } = this.#stream.summary;
    return outputChars > 0 || finishReason !== null;
  }

  /** The answer is complete, whether or not the upstream has closed the connection. */
  #complete(): void {
    // The client may have disconnected while the last bytes were written.
    if (this.#over) return;
    // By the dialect's rules it is complete, so it is an answer, if an empty one.
    if (!this.#committed && this.#held.length > 0) this.#commit();
    this.#settle('end');
    this.#body.release();
  }

  #commit(): void {
    this.#committed = true;
    this.#body.pause();
    this.#waiting.resolve(this);
  }

  #settle(outcome: 'end' | GatewayError): void {
    this.#over = true;
    if (!this.#committed) {
      this.#waiting.reject(outcome === 'end' ? emptyAnswer() : outcome);
      return;
    }
    this.#outcome = outcome === 'end' ? outcome : this.#redacted(outcome);
    if (this.#sink !== null) this.#conclude(this.#sink, this.#outcome);
  }

  #conclude(sink: ClientSink, outcome: 'end' | GatewayError): void {
    if (outcome === 'end') sink.end();
    else sink.fail(outcome, this.#stream.fail(outcome));
  }
}

function emptyAnswer(): GatewayError {
  return new GatewayError('upstream_failed', 'The upstream ended its answer without any content.');
}
