import { exactJson } from '../exact-json.js';
import type { AnswerStream, WholeAnswer } from '../dialect.js';
import type { AnswerEvent, Emit } from '../neutral/event.js';
import { JsonEvents } from '../neutral/json-events.js';
import { FlowingAnswer, type FlowReader } from '../neutral/flowing-answer.js';
import { summarize } from '../neutral/summary.js';
import { AnswerTeller } from './answer-events.js';
import { writeError } from './error.js';
import { responsesIn, tellChecked, tellWhole } from './event-reader.js';
import { onOneLine } from '../sse.js';

const DATA = Buffer.from('data: ');
const BLANK_LINE = Buffer.from('\r\n\r\n');

/** The client gets the provider's bytes, so no ids are generated. */
const NO_SEED = '';

/** An answer for a client of the same dialect: the provider's bytes unchanged. */
export function readAnswer(body: Buffer): WholeAnswer {
  const events: AnswerEvent[] = [];
  tellWhole(body, new AnswerTeller((event) => events.push(event), NO_SEED));
  return { body, summary: summarize(events) };
}

/** A stream for a client of the same dialect: the provider's responses as they arrive. */
export function openStream(): AnswerStream {
  return new FlowingAnswer(
    (say, emit) => new PassThroughReader(say, emit),
    (error) => Buffer.from(`data: ${writeError(error)}\r\n\r\n`),
  );
}

class PassThroughReader implements FlowReader {
  readonly #say: (bytes: readonly Buffer[]) => void;
  readonly #decoder: AnswerTeller;
  readonly #events = new JsonEvents({
    event: (response, { bytes, start, end }) => {
      tellChecked(response, this.#decoder);
      this.#say([DATA, onOneLine(bytes.subarray(start, end)), BLANK_LINE]);
    },
    // Not part of this dialect.
    done: () => undefined,
    document: (bytes) => {
      for (const response of responsesIn(bytes)) {
        tellChecked(response, this.#decoder);
        this.#say([DATA, Buffer.from(exactJson(response)), BLANK_LINE]);
      }
    },
  });
  isComplete = false;

  constructor(say: (bytes: readonly Buffer[]) => void, emit: Emit) {
    this.#say = say;
    this.#decoder = new AnswerTeller(emit, NO_SEED);
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
    if (!this.#decoder.isFinished) throw this.#events.cut();
    this.#decoder.end();
    this.isComplete = true;
  }
}
