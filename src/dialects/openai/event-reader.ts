import type { ReadOptions } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import { normaliseAnswer, parseAnswer } from './answer.js';
import { AnswerDecoder } from './answer-decoder.js';
import { ChunkNormaliser } from './chunk-normaliser.js';
import { findEmbeddedError } from './error.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} as `readAnswer`
 */
export function readEvents(body: Buffer, reading: ReadOptions): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const decoder = new AnswerDecoder((event) => events.push(event));
  decoder.decode(normaliseAnswer(parseAnswer(body), reading));
  return events;
}

/** Decodes the stream of an OpenAI-compatible provider, normalised first. */
export class OpenAiReader implements EventReader {
  readonly #events = new JsonEventReader({
    event: (chunk, { name }) => {
      const error = findEmbeddedError(chunk, name);
      if (error !== null) throw error;
      this.#decode(chunk);
    },
    done: () => {
      this.#finish();
    },
    document: (bytes) => {
      this.#decode(parseAnswer(bytes));
    },
  });
  readonly #normaliser: ChunkNormaliser;
  readonly #decoder: AnswerDecoder;
  isComplete = false;

  constructor(reading: ReadOptions, emit: Emit) {
    // The client's writer decides whether the client gets the usage.
    this.#normaliser = new ChunkNormaliser({ ...reading, includeUsage: true });
    this.#decoder = new AnswerDecoder(emit);
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
    if (!this.isComplete) this.#finish();
  }

  #decode(chunk: JsonObject): void {
    const normalised = this.#normaliser.normalise(chunk);
    for (const fixed of normalised === 'unchanged' ? [chunk] : normalised)
      this.#decoder.decode(fixed);
  }

  #finish(): void {
    if (!this.#normaliser.isComplete) throw this.#events.cutError();
    for (const fixed of this.#normaliser.finish()) this.#decoder.decode(fixed);
    this.isComplete = true;
    this.#events.close();
  }
}
