import { CollectedBytes } from '../core/collected-bytes.js';
import { GatewayError } from '../core/errors.js';
import type { AnswerSummary } from '../dialects/dialect.js';
import type { AnswerBody, AnswerSink } from './answer.js';
import type { ClientSink, CommittedStream } from './committed-stream.js';

/** Usage is not read from longer answers, which are mostly images and audio. */
const MAX_READ_BYTES = 256 * 1024;
const NOTHING = Buffer.alloc(0);

/** An upstream's body, passed through unchanged. */
export class PassthroughBody implements CommittedStream, AnswerSink {
  readonly #body: AnswerBody;
  readonly #read: ((whole: Buffer) => AnswerSummary) | null;
  #sink: ClientSink | null = null;
  readonly #passed = new CollectedBytes();
  #bytes = 0;

  /** @param read - reads the usage of a complete body of moderate length; `null` to read none */
  constructor(body: AnswerBody, read: ((whole: Buffer) => AnswerSummary) | null) {
    this.#body = body;
    this.#read = read;
  }

  get summary(): AnswerSummary {
    const isReadable = this.#read !== null && this.#bytes <= MAX_READ_BYTES;
    return isReadable ? this.#read(this.#passed.joined()) : UNMEASURED;
  }

  pipe(sink: ClientSink): void {
    this.#sink = sink;
    this.#body.read(this);
  }

  drained(): void {
    this.#body.resume();
  }

  abort(): void {
    this.#body.abort();
  }

  data(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_READ_BYTES) this.#passed.take();
    else if (this.#read !== null) this.#passed.push(chunk);
    if (this.#sink?.write(chunk) === false) this.#body.pause();
  }

  end(): void {
    this.#sink?.end();
  }

  fail(error: GatewayError): void {
    // After a clean end the client would take the body for complete.
    const cut = new GatewayError('upstream_cut', error.message, { cause: error });
    this.#sink?.fail(error.code === 'client_closed' ? error : cut, NOTHING);
  }
}

/** The summary of an answer that is not read. */
export const UNMEASURED: AnswerSummary = {
  usage: null,
  unmeasured: true,
  finishReason: null,
  outputChars: 0,
};
