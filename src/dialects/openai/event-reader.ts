import type { Reading } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEvents } from '../neutral/json-events.js';
import { mendedAnswer, parseAnswer } from './answer.js';
import { AnswerTeller } from './answer-events.js';
import { ChunkMender } from './chunk.js';
import { errorInside } from './error.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} as `readAnswer`
 */
export function readEvents(body: Buffer, reading: Reading): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const decoder = new AnswerTeller((event) => events.push(event));
  decoder.tell(mendedAnswer(parseAnswer(body), reading));
  return events;
}

/** Decodes the stream of an OpenAI-compatible provider, normalised first. */
export class OpenAiReader implements EventReader {
  readonly #events = new JsonEvents({
    event: (chunk, { name }) => {
      const error = errorInside(chunk, name);
      if (error !== null) throw error;
      this.#tell(chunk);
    },
    done: () => {
      this.#finish();
    },
    document: (bytes) => {
      this.#tell(parseAnswer(bytes));
    },
  });
  readonly #normaliser: ChunkMender;
  readonly #decoder: AnswerTeller;
  isComplete = false;

  constructor(reading: Reading, emit: Emit) {
    // The client's writer decides whether the client gets the usage.
    this.#normaliser = new ChunkMender({ ...reading, includeUsage: true });
    this.#decoder = new AnswerTeller(emit);
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
    if (!this.isComplete) this.#finish();
  }

  #tell(chunk: JsonObject): void {
    const mended = this.#normaliser.mend(chunk);
    for (const told of mended === 'unchanged' ? [chunk] : mended) this.#decoder.tell(told);
  }

  #finish(): void {
    if (!this.#normaliser.isComplete) throw this.#events.cut();
    for (const told of this.#normaliser.finish()) this.#decoder.tell(told);
    this.isComplete = true;
    this.#events.close();
  }
}
