import type { JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import type { SseEvent } from '../sse.js';
import { AnswerDecoder } from './answer-decoder.js';
import { findEmbeddedError, parseResponse } from './answer-error.js';

/**
 * Decodes a whole response.
 *
 * @throws {GatewayError} as `readAnswer`
 */
export function readEvents(body: Buffer): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  new AnswerDecoder((event) => events.push(event)).decodeWhole(parseResponse(body));
  return events;
}

/** Decodes a stream of typed events; `pass` receives each one that is not an error. */
export class ResponsesReader implements EventReader {
  readonly #events = new JsonEventReader({
    event: (event, sse) => {
      const error = findEmbeddedError(event, sse.name);
      if (error !== null) throw error;
      this.#decoder.decode(event);
      this.#pass?.(event, sse);
      if (this.#decoder.isFinished) this.#complete();
    },
    // Not part of this dialect, but some servers send it.
    done: () => undefined,
    document: (bytes) => {
      const response = parseResponse(bytes);
      // A whole response has no events that could be forwarded.
      if (this.#pass !== null) throw this.#events.cutError();
      this.#decoder.decodeWhole(response);
      this.#complete();
    },
  });
  readonly #decoder: AnswerDecoder;
  readonly #pass: ((event: JsonObject, sse: SseEvent) => void) | null;
  isComplete = false;

  constructor(emit: Emit, pass: ((event: JsonObject, sse: SseEvent) => void) | null = null) {
    this.#decoder = new AnswerDecoder(emit);
    this.#pass = pass;
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
    if (!this.isComplete) throw this.#events.cutError();
  }

  #complete(): void {
    this.isComplete = true;
    this.#events.close();
  }
}
