import { exactJson } from '../exact-json.js';
import type { AnswerStream, WholeAnswer } from '../dialect.js';
import type { AnswerEvent, Emit } from '../neutral/event.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import { ReaderAnswerStream, type StreamReader } from '../neutral/reader-answer-stream.js';
import { summarize } from '../neutral/summary.js';
import { AnswerDecoder } from './answer-decoder.js';
import { writeError } from './error.js';
import { responsesIn, decodeResponse, decodeWhole } from './event-reader.js';
import { onOneLine } from '../sse.js';

const DATA = Buffer.from('data: ');
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** The client gets the provider's bytes, so no ids are generated. */
const NO_SEED = '';

/** An answer for a client of the same dialect: the provider's bytes unchanged. */
export function readAnswer(body: Buffer): WholeAnswer {
  const events: AnswerEvent[] = [];
  decodeWhole(body, new AnswerDecoder((event) => events.push(event), NO_SEED));
  return { body, summary: summarize(events) };
}

/** A stream for a client of the same dialect: the provider's responses as they arrive. */
export function openStream(): AnswerStream {
  return new ReaderAnswerStream(
    (write, emit) => new PassThroughReader(write, emit),
    (error) => Buffer.from(`data: ${writeError(error)}\r\n\r\n`),
  );
}

class PassThroughReader implements StreamReader {
  readonly #say: (bytes: readonly Buffer[]) => void;
  readonly #decoder: AnswerDecoder;
  readonly #events = new JsonEventReader({
    event: (response, { bytes, start, end }) => {
      decodeResponse(response, this.#decoder);
      this.#say([DATA, onOneLine(bytes.subarray(start, end)), BLANK_LINE]);
    },
    // Not part of this dialect.
    done: () => undefined,
    document: (bytes) => {
      for (const response of responsesIn(bytes)) {
        decodeResponse(response, this.#decoder);
        this.#say([DATA, Buffer.from(exactJson(response)), BLANK_LINE]);
      }
    },
  });
  isComplete = false;

  constructor(write: (bytes: readonly Buffer[]) => void, emit: Emit) {
    this.#say = write;
    this.#decoder = new AnswerDecoder(emit, NO_SEED);
  }

  get isAnswered(): boolean {
    return this.#decoder.isFinished;
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  /** In this dialect only the end of the connection ends a stream. */
  end(): void {
    this.#events.end();
    if (!this.#decoder.isFinished) throw this.#events.cutError();
    this.#decoder.end();
    this.isComplete = true;
  }
}
