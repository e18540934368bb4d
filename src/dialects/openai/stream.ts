import type { GatewayError } from '../../core/errors.js';
import type { AnswerRules, AnswerStream, AnswerSummary } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { JsonEvents } from '../neutral/json-events.js';
import { readingFailure } from '../neutral/reading-failure.js';
import type { SseEvent } from '../sse.js';
import { parseAnswer } from './answer.js';
import { ChunkMender } from './chunk.js';
import { errorInside, writeError } from './error.js';
import { Outbox } from './outbox.js';
import { passFrame } from './pass-frame.js';
import { TrustedChunks } from './trusted.js';

const NOTHING = Buffer.alloc(0);

/** Opens the stream of one attempt. */
export function openStream(rules: AnswerRules): AnswerStream {
  return new OpenAiStream(rules);
}

class OpenAiStream implements AnswerStream {
  readonly #events = new JsonEvents({
    event: (chunk, event) => {
      this.#onChunk(chunk, event);
    },
    done: () => {
      this.#finish();
    },
    document: (bytes) => {
      this.#readDocument(bytes);
    },
  });
  readonly #out = new Outbox();
  #chunks: ChunkMender | TrustedChunks;
  readonly #rules: AnswerRules;
  isComplete = false;
  /** Some servers send a finish reason before the end of the answer, so only `[DONE]` counts. */
  readonly isAnswered = false;
  #failure: GatewayError | null = null;

  constructor(rules: AnswerRules) {
    this.#rules = rules;
    this.#chunks = rules.trusted ? new TrustedChunks(rules) : new ChunkMender(rules);
  }

  get failure(): GatewayError | null {
    return this.#failure;
  }

  get summary(): AnswerSummary {
    const { usage, finishReason, outputChars } = this.#chunks;
    return { usage, finishReason, outputChars };
  }

  push(chunk: Buffer): Buffer {
    if (this.#isOver()) return NOTHING;
    this.#attempt(() => {
      this.#events.push(chunk);
    });
    return this.#out.take();
  }

  end(): Buffer {
    if (this.#isOver()) return NOTHING;
    this.#attempt(() => {
      this.#events.end();
      if (!this.#isOver()) this.#finish();
    });
    return this.#failure === null ? this.#out.take() : NOTHING;
  }

  fail(error: GatewayError): Buffer {
    const pending = this.#out.take();
    return Buffer.concat([pending, Buffer.from(`data: ${writeError(error)}\n\n`)]);
  }

  #isOver(): boolean {
    return this.isComplete || this.#failure !== null;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failure = readingFailure(error);
    }
  }

  #onChunk(chunk: JsonObject, event: SseEvent): void {
    const error = errorInside(chunk, event.name);
    if (error !== null) throw error;
    if (this.#chunks instanceof TrustedChunks) {
      this.#chunks.pass(chunk, event, this.#out);
      return;
    }
    const mended = this.#chunks.mend(chunk);
    if (mended !== 'unchanged') this.#send(mended);
    else passFrame(chunk, event, this.#out, this.#rules.includeUsage);
  }

  #send(chunks: readonly JsonObject[]): void {
    for (const chunk of chunks) {
      if (!this.#rules.includeUsage && chunk['usage'] === null) delete chunk['usage'];
      this.#out.addData(JSON.stringify(chunk));
    }
  }

  #finish(): void {
    if (!this.#chunks.isComplete) throw this.#events.cut();
    this.#send(this.#chunks.finish());
    this.#out.addData('[DONE]');
    this.isComplete = true;
    this.#events.close();
  }

  /** Some servers answer a stream request with one JSON document: an error, or the whole answer. */
  #readDocument(bytes: Buffer): void {
    const answer = parseAnswer(bytes);
    const normaliser = new ChunkMender(this.#rules);
    this.#chunks = normaliser;
    const mended = normaliser.mend(answer);
    this.#send(mended === 'unchanged' ? [answer] : mended);
  }
}
