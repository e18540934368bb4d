import type { GatewayError } from '../../core/errors.js';
import type { AnswerStream, AnswerSummary } from '../dialect.js';
import type { AnswerLosses } from './answer-losses.js';
import type { Emit } from './event.js';
import { readingFailure } from './reading-failure.js';
import { Summary } from './summary.js';

const NOTHING = Buffer.alloc(0);

/** Reads a provider's stream and says what the client gets of it. What it throws ends the stream. */
export interface FlowReader {
  push(chunk: Buffer): void;
  /** @throws {GatewayError} `upstream_cut` if the answer is not complete */
  end(): void;
  /** The answer is complete; nothing more is read. */
  readonly isComplete: boolean;
  /** As of an {@link AnswerStream}; absent where a word tells the end of a stream. */
  readonly isAnswered?: boolean;
}

/** A provider's stream as the client gets it, and what its accounts need of it. */
export class FlowingAnswer implements AnswerStream {
  readonly #reader: FlowReader;
  readonly #writeFailure: (error: GatewayError) => Buffer;
  readonly #summary: Summary;
  #out: Buffer[] = [];
  #failure: GatewayError | null = null;
  /** What was still said by an end that came too early: the failure is counted after it. */
  #unsent: Buffer = NOTHING;

  /**
   * @param open - `say` takes bytes for the client, `emit` what the accounts need
   * @param writeFailure - the event that ends a stream which cannot be completed
   * @param losses - `null` where the client gets all that is said
   */
  constructor(
    open: (say: (bytes: readonly Buffer[]) => void, emit: Emit) => FlowReader,
    writeFailure: (error: GatewayError) => Buffer,
    losses: AnswerLosses | null = null,
  ) {
    this.#summary = new Summary(losses);
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
      this.#failure = readingFailure(error);
    }
    const out = this.#out;
    this.#out = [];
    return Buffer.concat(out);
  }
}
