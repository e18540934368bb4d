import type { GatewayError } from '../../core/errors.js';
import type { AnswerStream, AnswerSummary, EventReader, EventWriter } from '../dialect.js';
import type { Emit } from './event.js';
import { readingFailure } from './reading-failure.js';
import { Summary } from './summary.js';

const NOTHING = Buffer.alloc(0);

/** The stream of a provider of one dialect, as the client of another gets it. */
export class TranslatedStream implements AnswerStream {
  readonly #reader: EventReader;
  readonly #writer: EventWriter;
  readonly #summary = new Summary();
  #isFinished = false;
  #failure: GatewayError | null = null;

  constructor(openReader: (emit: Emit) => EventReader, writer: EventWriter) {
    this.#writer = writer;
    this.#reader = openReader((event) => {
      this.#summary.add(event);
      writer.add(event);
    });
  }

  get failure(): GatewayError | null {
    return this.#failure;
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
    return this.#failure === null ? bytes : NOTHING;
  }

  fail(error: GatewayError): Buffer {
    return this.#writer.fail(error);
  }

  #read(work: () => void): Buffer {
    if (this.#isFinished || this.#failure !== null) return NOTHING;
    try {
      work();
      if (this.#reader.isComplete) {
        this.#isFinished = true;
        this.#writer.finish();
      }
    } catch (error) {
      this.#failure = readingFailure(error);
    }
    return this.#writer.take();
  }
}
