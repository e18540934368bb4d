import type { GatewayError } from '../../core/errors.js';
import type { AnswerStream, AnswerSummary } from '../dialect.js';
import type { AnswerLosses } from './answer-losses.js';
import type { Emit } from './event.js';
import { toReadError } from './read-error.js';
import { AnswerSummarizer } from './summary.js';

const NOTHING = Buffer.alloc(0);

/** Reads a provider's stream and emits what the client gets. An error that it throws ends the stream. */
export interface StreamReader {
  push(chunk: Buffer): void;
  /** @throws {GatewayError} `upstream_cut` if the answer is not complete */
  end(): void;
  /** The answer is complete; any further input is ignored. */
  readonly isComplete: boolean;
  /** As in {@link AnswerStream}; absent if the dialect marks the end of a stream. */
  readonly isAnswered?: boolean;
}

/** An `AnswerStream` on top of a `StreamReader`: collects the client's bytes and the summary for accounting. */
export class ReaderAnswerStream implements AnswerStream {
  readonly #reader: StreamReader;
  readonly #writeFailure: (error: GatewayError) => Buffer;
  readonly #summary: AnswerSummarizer;
  #out: Buffer[] = [];
  #failure: GatewayError | null = null;
  /** Output of an `end` that failed: it is sent before the error event. */
  #unsent: Buffer = NOTHING;

  /**
   * @param open - creates the reader; `say` takes bytes for the client, `emit` events for the summary
   * @param writeFailure - the event that ends an incomplete stream
   * @param losses - `null` if the client gets everything
   */
  constructor(
    open: (write: (bytes: readonly Buffer[]) => void, emit: Emit) => StreamReader,
    writeFailure: (error: GatewayError) => Buffer,
    losses: AnswerLosses | null = null,
  ) {
    this.#summary = new AnswerSummarizer(losses);
    this.#writeFailure = writeFailure;
    this.#reader = open(
      (bytes) => {
        this.#out.push(...bytes);
      },
      (event) => {
        this.#summary.add(event);
      },
    );
  }

  get failure(): GatewayError | null {
    return this.#failure;
  }

  get isComplete(): boolean {
    return this.#reader.isComplete;
  }

  get isAnswered(): boolean {
    return this.#reader.isAnswered ?? false;
  }

  get summary(): AnswerSummary {
    return this.#summary;
  }

  push(chunk: Buffer): Buffer {
    return this.#read(() => {
      this.#reader.push(chunk);
    });
  }

  end(): Buffer {
    const bytes = this.#read(() => {
      this.#reader.end();
    });
    if (this.#failure === null) return bytes;
    this.#unsent = bytes;
    return NOTHING;
  }

  fail(error: GatewayError): Buffer {
    return Buffer.concat([this.#unsent, this.#writeFailure(error)]);
  }

  #read(work: () => void): Buffer {
    if (this.#reader.isComplete || this.#failure !== null) return NOTHING;
    try {
      work();
    } catch (error) {
      this.#failure = toReadError(error);
    }
    const out = this.#out;
    this.#out = [];
    return Buffer.concat(out);
  }
}
