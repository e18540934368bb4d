import { GatewayError } from '../../core/errors.js';
import type { AnswerRules, AnswerStream, AnswerSummary } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { isObject } from '../json.js';
import type { SseEvent } from '../sse.js';
import { SseReader } from '../sse.js';
import { parseAnswer } from './answer.js';
import { ChunkMender } from './chunk.js';
import { errorInside, writeError } from './error.js';
import { Outbox } from './outbox.js';
import { TrustedChunks } from './trusted.js';

const NOTHING = Buffer.alloc(0);
const DONE = '[DONE]';

/** An answer that is one JSON document instead of a stream may be this long. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Opens the stream of one attempt. */
export function openStream(rules: AnswerRules): AnswerStream {
  return new OpenAiStream(rules);
}

type Kind = 'unknown' | 'events' | 'document';

class OpenAiStream implements AnswerStream {
  readonly #reader = new SseReader((event) => {
    this.#onEvent(event);
  });
  readonly #out = new Outbox();
  #chunks: ChunkMender | TrustedChunks;
  readonly #rules: AnswerRules;
  #kind: Kind = 'unknown';
  #document: Buffer[] = [];
  #documentBytes = 0;
  #sawEvent = false;
  #isDone = false;
  #isEnding = false;
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
    if (this.#kind === 'unknown') this.#kind = kindOf(chunk);
    this.#attempt(() => {
      if (this.#kind === 'document') this.#collect(chunk);
      else this.#reader.push(chunk);
    });
    return this.#out.take();
  }

  end(): Buffer {
    if (this.#isOver()) return NOTHING;
    this.#isEnding = true;
    this.#attempt(() => {
      if (this.#kind === 'document') this.#readDocument();
      else this.#reader.end();
      if (!this.#isOver()) this.#finish();
    });
    return this.#failure === null ? this.#out.take() : NOTHING;
  }

  fail(error: GatewayError): Buffer {
    return Buffer.from(`data: ${writeError(error)}\n\n`);
  }

  #isOver(): boolean {
    return this.#isDone || this.#failure !== null;
  }

  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#failure =
        error instanceof GatewayError
          ? error
          : new GatewayError(
              'upstream_failed',
              'The provider sent an answer that cannot be read.',
              {
                cause: error,
              },
            );
    }
  }

  #onEvent(event: SseEvent): void {
    if (this.#isOver()) return;
    const text = event.bytes.toString('utf8', event.start, event.end);
    if (text.length <= DONE.length + 2) {
      const word = text.trim();
      if (word === '') return;
      if (word === DONE) {
        this.#finish();
        return;
      }
    }
    this.#sawEvent = true;
    const chunk = this.#parse(text);
    const error = errorInside(chunk, event.name);
    if (error !== null) throw error;
    if (this.#chunks instanceof TrustedChunks) {
      this.#chunks.pass(chunk, event, this.#out);
      return;
    }
    const mended = this.#chunks.mend(chunk);
    if (mended !== 'unchanged') this.#send(mended);
    else if (event.frameStart < 0) this.#out.addData(JSON.stringify(chunk));
    else this.#out.addFrame(event.bytes, event.frameStart, event.end + 2);
  }

  #parse(text: string): JsonObject {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      // The last event of a stream that broke off is cut, not garbled.
      if (this.#isEnding) throw this.#cut();
      throw new GatewayError('upstream_failed', 'The provider sent an event that is not JSON.', {
        cause,
      });
    }
    if (isObject(value)) return value;
    throw new GatewayError('upstream_failed', 'The provider sent an event that is not an object.');
  }

  #send(chunks: readonly JsonObject[]): void {
    for (const chunk of chunks) this.#out.addData(JSON.stringify(chunk));
  }

  #finish(): void {
    if (!this.#chunks.isComplete) throw this.#cut();
    this.#send(this.#chunks.finish());
    this.#out.addData(DONE);
    this.#isDone = true;
  }

  #cut(): GatewayError {
    if (!this.#sawEvent) {
      return new GatewayError(
        'upstream_failed',
        'The provider sent a stream with no answer in it.',
      );
    }
    return new GatewayError(
      'upstream_cut',
      'The provider ended the stream before its answer was complete.',
    );
  }

  #collect(chunk: Buffer): void {
    this.#documentBytes += chunk.length;
    if (this.#documentBytes > MAX_BODY_BYTES) {
      throw new GatewayError(
        'upstream_failed',
        'The provider sent no stream, but a huge document.',
      );
    }
    this.#document.push(chunk);
  }

  /** Some servers answer a stream request with one JSON document: an error, or the whole answer. */
  #readDocument(): void {
    this.#sawEvent = true;
    const answer = parseAnswer(Buffer.concat(this.#document));
    const mender = new ChunkMender(this.#rules);
    this.#chunks = mender;
    const mended = mender.mend(answer);
    this.#send(mended === 'unchanged' ? [answer] : mended);
  }
}

/** A document starts with a brace, a bracket or a tag; no line of an event stream does. */
function kindOf(chunk: Buffer): Kind {
  for (const byte of chunk) {
    // White space and the byte order mark tell nothing.
    if (byte <= 32 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue;
    return byte === 0x7b || byte === 0x5b || byte === 0x3c ? 'document' : 'events';
  }
  return 'unknown';
}
