import { keepExact } from '../exact-json.js';
import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import type { Reading } from '../dialect.js';
import { isObject, objectsIn, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEvents } from '../neutral/json-events.js';
import { errorInside } from '../openai/error.js';
import { AnswerTeller } from './answer-events.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} `upstream_failed` if the body is not an answer or contains only a malformed call; the error in
 *   the body if it has one
 */
export function readEvents(body: Buffer, { seed }: Reading): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const decoder = new AnswerTeller((event) => events.push(event), seed);
  tellWhole(body, decoder);
  if (decoder.failure !== null) throw decoder.failure;
  return events;
}

/** Decodes a whole answer; the caller must check `failure`. */
export function tellWhole(body: Buffer, decoder: AnswerTeller): void {
  const response = parseAnswerObject(body);
  keepExact(response, body);
  tellChecked(response, decoder);
  if (!decoder.isFinished && objectsIn(response['candidates']).length === 0) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any candidate.');
  }
  decoder.end();
}

/** Decodes a response. @throws {GatewayError} the error in it if it has one */
export function tellChecked(response: JsonObject, decoder: AnswerTeller): void {
  const error = isObject(response['error']) ? errorInside(response) : null;
  if (error !== null) throw error;
  decoder.tell(response);
}

/** Decodes Gemini's stream: responses as events, or as the elements of one array. */
export class GeminiReader implements EventReader {
  readonly #events = new JsonEvents({
    event: (response, { bytes, start, end }) => {
      keepExact(response, bytes.subarray(start, end));
      tellChecked(response, this.#decoder);
    },
    // Not part of this dialect.
    done: () => undefined,
    document: (bytes) => {
      for (const response of responsesIn(bytes)) tellChecked(response, this.#decoder);
    },
  });
  readonly #decoder: AnswerTeller;
  isComplete = false;

  constructor({ seed }: Reading, emit: Emit) {
    this.#decoder = new AnswerTeller(emit, seed);
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
    if (this.#decoder.failure !== null) throw this.#decoder.failure;
    this.#decoder.end();
    this.isComplete = true;
  }
}

/** The responses of a stream that was sent as one array, or the only one. */
export function responsesIn(bytes: Buffer): JsonObject[] {
  const first = parseAnswerObject(bytes);
  const all: unknown = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  keepExact(all, bytes);
  return Array.isArray(all) ? objectsIn(all) : [first];
}
