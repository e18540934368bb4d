import type { JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEvents } from '../neutral/json-events.js';
import type { SseEvent } from '../sse.js';
import { AnswerTeller } from './answer-events.js';
import { errorInside, parseResponse } from './answer-error.js';

/**
 * Decodes a whole response.
 *
 * @throws {GatewayError} as `readAnswer`
 */
export function readEvents(body: Buffer): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  new AnswerTeller((event) => events.push(event)).whole(parseResponse(body));
  return events;
}

/** Decodes a stream of typed events; `pass` receives each one that is not an error. */
export class ResponsesReader implements EventReader {
  readonly #events = new JsonEvents({
    event: (event, sse) => {
      const error = errorInside(event, sse.name);
      if (error !== null) throw error;
      this.#decoder.tell(event);
      this.#pass?.(event, sse);
      if (this.#decoder.isFinished) this.#complete();
    },
    // Not part of this dialect, but some servers send it.
    done: () => undefined,
    document: (bytes) => {
      const response = parseResponse(bytes);
      // A whole response has no events that could be forwarded.
      if (this.#pass !== null) throw this.#events.cut();
      this.#decoder.whole(response);
      this.#complete();
    },
  });
  readonly #decoder: AnswerTeller;
  readonly #pass: ((event: JsonObject, sse: SseEvent) => void) | null;
  isComplete = false;

  constructor(emit: Emit, pass: ((event: JsonObject, sse: SseEvent) => void) | null = null) {
    this.#decoder = new AnswerTeller(emit);
    this.#pass = pass;
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
    if (!this.isComplete) throw this.#events.cut();
  }

  #complete(): void {
    this.isComplete = true;
    this.#events.close();
  }
}
