import type { GatewayError } from '../../core/errors.js';
import type { AnswerOptions, AnswerStream, AnswerSummary } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import { toReadError } from '../neutral/read-error.js';
import type { SseEvent } from '../sse.js';
import { parseAnswer } from './answer.js';
import { ChunkNormaliser } from './chunk-normaliser.js';
import { findEmbeddedError, writeError } from './error.js';
import { OutputBuffer } from './output-buffer.js';
import { forwardFrame } from './forward-frame.js';
import { TrustedChunks } from './trusted-chunks.js';

const NOTHING = Buffer.alloc(0);

/** Opens the stream of one attempt. */
export function openStream(rules: AnswerOptions): AnswerStream {
  return new OpenAiStream(rules);
}

class OpenAiStream implements AnswerStream {
  readonly #events = new JsonEventReader({
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
  readonly #out = new OutputBuffer();
  #chunks: ChunkNormaliser | TrustedChunks;
  readonly #rules: AnswerOptions;
  isComplete = false;
  /** Some servers send a finish reason before the end of the answer, so only `[DONE]` counts. */
  readonly isAnswered = false;
  #failure: GatewayError | null = null;

  constructor(rules: AnswerOptions) {
    this.#rules = rules;
    this.#chunks = rules.trusted ? new TrustedChunks(rules) : new ChunkNormaliser(rules);
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
      this.#failure = toReadError(error);
    }
  }

  #onChunk(chunk: JsonObject, event: SseEvent): void {
    const error = findEmbeddedError(chunk, event.name);
    if (error !== null) throw error;
    if (this.#chunks instanceof TrustedChunks) {
      this.#chunks.pass(chunk, event, this.#out);
      return;
    }
    const normalised = this.#chunks.normalise(chunk);
    if (normalised !== 'unchanged') this.#send(normalised);
    else forwardFrame(chunk, event, this.#out, this.#rules.includeUsage);
  }

  #send(chunks: readonly JsonObject[]): void {
    for (const chunk of chunks) {
      if (!this.#rules.includeUsage && chunk['usage'] === null) delete chunk['usage'];
      this.#out.addData(JSON.stringify(chunk));
    }
  }

  #finish(): void {
    if (!this.#chunks.isComplete) throw this.#events.cutError();
    this.#send(this.#chunks.finish());
    this.#out.addData('[DONE]');
    this.isComplete = true;
    this.#events.close();
  }

  /** Some servers answer a stream request with one JSON document: an error, or the whole answer. */
  #readDocument(bytes: Buffer): void {
    const answer = parseAnswer(bytes);
    const normaliser = new ChunkNormaliser(this.#rules);
    this.#chunks = normaliser;
    const normalised = normaliser.normalise(answer);
    this.#send(normalised === 'unchanged' ? [answer] : normalised);
  }
}
