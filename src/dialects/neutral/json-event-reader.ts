import { CollectedBytes } from '../../core/collected-bytes.js';
import { GatewayError } from '../../core/errors.js';
import { isObject, type JsonObject } from '../json.js';
import { SseReader, type SseEvent } from '../sse.js';

/** Receives the contents of a stream. Anything it throws ends the stream. */
export interface JsonEventSink {
  /** @param sse - its name, and its position in the bytes */
  event(value: JsonObject, sse: SseEvent): void;
  /** `[DONE]` was received, which ends a stream in OpenAI's dialect and some others. */
  done(): void;
  /** A single JSON document was received instead of a stream: an error, or the whole answer. */
  document(bytes: Buffer): void;
}

/** Maximum size of an answer that is one JSON document instead of a stream. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;
const DONE = '[DONE]';

type Kind = 'unknown' | 'events' | 'document';

/** Reads server-sent events whose data are JSON objects, however the bytes are chunked. */
export class JsonEventReader {
  readonly #sink: JsonEventSink;
  readonly #reader = new SseReader((event) => {
    this.#onEvent(event);
  });
  #kind: Kind = 'unknown';
  readonly #document = new CollectedBytes();
  #isEnding = false;
  #sawEvent = false;
  #isClosed = false;

  constructor(sink: JsonEventSink) {
    this.#sink = sink;
  }

  /** @throws {GatewayError} `upstream_failed` for broken framing, and what the sink throws */
  push(chunk: Buffer): void {
    if (this.#kind === 'unknown') this.#kind = kindOf(chunk);
    if (this.#kind === 'document') this.#collect(chunk);
    else this.#reader.push(chunk);
  }

  /** @throws {GatewayError} as `push` */
  end(): void {
    this.#isEnding = true;
    if (this.#isClosed) return;
    if (this.#kind === 'document') {
      this.#sawEvent = true;
      this.#sink.document(this.#document.joined());
    } else {
      this.#reader.end();
    }
  }

  /** The answer is complete: any further input is ignored. */
  close(): void {
    this.#isClosed = true;
  }

  /** The error for a stream that ended before its answer was complete. */
  cutError(): GatewayError {
    return this.#sawEvent
      ? new GatewayError(
          'upstream_cut',
          'The provider ended the stream before its answer was complete.',
        )
      : new GatewayError('upstream_failed', 'The provider sent a stream with no answer in it.');
  }

  #onEvent(sse: SseEvent): void {
    if (this.#isClosed) return;
    const text = sse.bytes.toString('utf8', sse.start, sse.end);
    if (text.length <= DONE.length + 2) {
      const word = text.trim();
      if (word === '') return;
      if (word === DONE) {
        this.#sink.done();
        return;
      }
    }
    this.#sawEvent = true;
    this.#sink.event(this.#parse(text), sse);
  }

  #parse(text: string): JsonObject {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (cause) {
      // The last event of a stream that broke off is incomplete, not malformed.
      if (this.#isEnding) throw this.cutError();
      throw new GatewayError('upstream_failed', 'The provider sent an event that is not JSON.', {
        cause,
      });
    }
    if (isObject(value)) return value;
    throw new GatewayError('upstream_failed', 'The provider sent an event that is not an object.');
  }

  #collect(chunk: Buffer): void {
    if (this.#document.length + chunk.length > MAX_DOCUMENT_BYTES) {
      throw new GatewayError(
        'upstream_failed',
        'The provider sent a very large document instead of a stream.',
      );
    }
    this.#document.push(chunk);
  }
}

/** A document starts with a brace, a bracket or a tag, which no line of an event stream does. */
function kindOf(chunk: Buffer): Kind {
  for (const byte of chunk) {
    // White space and the byte order mark are skipped.
    if (byte <= 32 || byte === 0xef || byte === 0xbb || byte === 0xbf) continue;
    return byte === 0x7b || byte === 0x5b || byte === 0x3c ? 'document' : 'events';
  }
  return 'unknown';
}
