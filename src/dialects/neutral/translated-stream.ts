import type { AnswerStream } from '../dialect.js';
import type { AnswerLosses } from './answer-losses.js';
import type { Emit, EventReader, EventWriter } from './event.js';
import { ReaderAnswerStream, type StreamReader } from './reader-answer-stream.js';

/** Translates a provider's stream to the client's dialect. */
export function translatedStream(
  openReader: (emit: Emit) => EventReader,
  writer: EventWriter,
  losses: AnswerLosses,
): AnswerStream {
  return new ReaderAnswerStream(
    (write, emit) => {
      const reader = openReader((event) => {
        emit(event);
        writer.add(event);
      });
      return new TranslatingReader(write, reader, writer);
    },
    (error) => writer.fail(error),
    losses,
  );
}

class TranslatingReader implements StreamReader {
  readonly #say: (bytes: readonly Buffer[]) => void;
  readonly #reader: EventReader;
  readonly #writer: EventWriter;
  isComplete = false;

  constructor(write: (bytes: readonly Buffer[]) => void, reader: EventReader, writer: EventWriter) {
    this.#say = write;
    this.#reader = reader;
    this.#writer = writer;
  }

  get isAnswered(): boolean {
    return this.#reader.isAnswered ?? false;
  }

  push(chunk: Buffer): void {
    this.#work(() => {
      this.#reader.push(chunk);
    });
  }

  end(): void {
    this.#work(() => {
      this.#reader.end();
    });
  }

  /** What was read before an error is still sent. */
  #work(read: () => void): void {
    try {
      read();
      if (!this.#reader.isComplete) return;
      this.isComplete = true;
      this.#writer.finish();
    } finally {
      this.#say([this.#writer.take()]);
    }
  }
}
