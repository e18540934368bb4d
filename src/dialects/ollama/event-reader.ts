import { GatewayError } from '../../core/errors.js';
import { keepExact } from '../exact-json.js';
import { parseAnswerObject } from '../answer-body.js';
import type { ReadOptions } from '../dialect.js';
import { isObject, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonLineReader } from '../neutral/json-line-reader.js';
import { findEmbeddedError } from '../openai/error.js';
import { AnswerDecoder } from './answer-decoder.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} `upstream_failed` if the body is not an answer; the error in the body if it has one
 */
export function readEvents(body: Buffer, { seed }: ReadOptions): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const decoder = new AnswerDecoder((event) => events.push(event), seed);
  const answer = parseAnswerObject(body);
  keepExact(answer, body);
  // A whole answer is complete even without `done`.
  decodeLine({ ...answer, done: true }, decoder);
  return events;
}

/** Decodes Ollama's stream: newline-delimited objects, the last with `done: true`. */
export class OllamaReader implements EventReader {
  readonly #decoder: AnswerDecoder;
  readonly #lines = new JsonLineReader((line) => {
    this.#sawLine = true;
    decodeLine(line, this.#decoder);
    if (this.#decoder.isFinished) this.#complete();
  });
  #sawLine = false;
  isComplete = false;

  constructor({ seed }: ReadOptions, emit: Emit) {
    this.#decoder = new AnswerDecoder(emit, seed);
  }

  push(chunk: Buffer): void {
    if (!this.isComplete) this.#lines.push(chunk);
  }

  end(): void {
    if (!this.isComplete) this.#lines.end();
    if (this.#decoder.isFinished) return;
    throw this.#sawLine
      ? new GatewayError(
          'upstream_cut',
          'The provider ended the stream before its answer was complete.',
        )
      : new GatewayError('upstream_failed', 'The provider sent a stream with no answer in it.');
  }

  #complete(): void {
    this.isComplete = true;
    this.#lines.close();
  }
}

function decodeLine(line: JsonObject, decoder: AnswerDecoder): void {
  const error = isObject(line['message']) ? null : findEmbeddedError(line);
  if (error !== null) throw error;
  if (!isObject(line['message'])) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any message.');
  }
  decoder.decode(line);
}
