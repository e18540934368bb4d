import type { AnswerStream, WholeAnswer } from '../dialect.js';
import { keepExact } from '../exact-json.js';
import type { JsonObject } from '../json.js';
import type { AnswerEvent, Emit } from '../neutral/event.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import { ReaderAnswerStream, type StreamReader } from '../neutral/reader-answer-stream.js';
import { summarize } from '../neutral/summary.js';
import { onOneLine, type SseEvent } from '../sse.js';
import { AnswerDecoder } from './answer-decoder.js';
import { findEmbeddedError, writeError } from './error.js';
import { decodeEvent, decodeMessage } from './event-reader.js';
import { splitMessage } from './cache-codec.js';
import { parseMessage } from './message.js';

const LINE_FEED = Buffer.from('\n');
const BLANK_LINE = Buffer.from('\n\n');
const DATA = Buffer.from('data: ');

/** The client gets the provider's bytes; events are only decoded for the summary. */
const PLAIN = { answerTool: null, seed: '' };

/** An answer for a client of the same dialect: the provider's bytes unchanged. */
export function readAnswer(body: Buffer): WholeAnswer {
  const events: AnswerEvent[] = [];
  decodeMessage(parseMessage(body), new AnswerDecoder((event) => events.push(event), PLAIN));
  return { body, summary: summarize(events) };
}

/** A stream for a client of the same dialect: the provider's events as they arrive. */
export function openStream(): AnswerStream {
  return new ReaderAnswerStream(
    (write, emit) => new PassThroughReader(write, emit),
    (error) => Buffer.from(`event: error\ndata: ${writeError(error)}\n\n`),
  );
}

class PassThroughReader implements StreamReader {
  readonly #say: (bytes: readonly Buffer[]) => void;
  readonly #decoder: AnswerDecoder;
  readonly #events = new JsonEventReader({
    event: (event, sse) => {
      this.#onEvent(event, sse);
    },
    // Not part of this dialect, so it is not forwarded.
    done: () => undefined,
    document: (bytes) => {
      const message = parseMessage(bytes);
      keepExact(message, bytes);
      this.#onMessage(message);
    },
  });
  isComplete = false;

  constructor(write: (bytes: readonly Buffer[]) => void, emit: Emit) {
    this.#say = write;
    this.#decoder = new AnswerDecoder(emit, PLAIN);
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
    if (!this.isComplete) throw this.#events.cutError();
  }

  #onEvent(event: JsonObject, { name, bytes, start, end }: SseEvent): void {
    const error = findEmbeddedError(event, name);
    if (error !== null) throw error;
    decodeEvent(event, this.#decoder);
    const named = name === '' ? [] : [Buffer.from(`event: ${name}`), LINE_FEED];
    this.#say([...named, DATA, onOneLine(bytes.subarray(start, end)), BLANK_LINE]);
    if (event['type'] !== 'message_stop') return;
    this.isComplete = true;
    this.#events.close();
  }

  /** A whole message although a stream was requested: the client gets a stream. */
  #onMessage(message: JsonObject): void {
    decodeMessage(message, this.#decoder);
    const completed = { ...message, stop_reason: message['stop_reason'] ?? 'end_turn' };
    this.#say(splitMessage(completed).map(({ bytes }) => bytes));
    this.isComplete = true;
  }
}
