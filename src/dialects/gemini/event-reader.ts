import { keepExact } from '../exact-json.js';
import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import type { ReadOptions } from '../dialect.js';
import { isObject, objectsIn, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import { findEmbeddedError } from '../openai/error.js';
import { AnswerDecoder } from './answer-decoder.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} `upstream_failed` if the body is not an answer or contains only a malformed call; the error in
 *   the body if it has one
 */
export function readEvents(body: Buffer, { seed }: ReadOptions): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const decoder = new AnswerDecoder((event) => events.push(event), seed);
  decodeWhole(body, decoder);
  if (decoder.failure !== null) throw decoder.failure;
  return events;
}

/** Decodes a whole answer; the caller must check `failure`. */
export function decodeWhole(body: Buffer, decoder: AnswerDecoder): void {
  const response = parseAnswerObject(body);
  keepExact(response, body);
  decodeResponse(response, decoder);
  if (!decoder.isFinished && objectsIn(response['candidates']).length === 0) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any candidate.');
  }
  decoder.end();
}

/** Decodes a response. @throws {GatewayError} the error in it if it has one */
export function decodeResponse(response: JsonObject, decoder: AnswerDecoder): void {
  const error = isObject(response['error']) ? findEmbeddedError(response) : null;
  if (error !== null) throw error;
  decoder.decode(response);
}

/** Decodes Gemini's stream: responses as events, or as the elements of one array. */
export class GeminiReader implements EventReader {
  readonly #events = new JsonEventReader({
    event: (response, { bytes, start, end }) => {
      keepExact(response, bytes.subarray(start, end));
      decodeResponse(response, this.#decoder);
    },
    // Not part of this dialect.
    done: () => undefined,
    document: (bytes) => {
      for (const response of responsesIn(bytes)) decodeResponse(response, this.#decoder);
    },
  });
  readonly #decoder: AnswerDecoder;
  isComplete = false;

  constructor({ seed }: ReadOptions, emit: Emit) {
    this.#decoder = new AnswerDecoder(emit, seed);
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
