import { keepExact } from '../exact-json.js';
import { CollectedBytes } from '../../core/collected-bytes.js';
import { GatewayError } from '../../core/errors.js';
import { parseAnswerObject } from '../answer-body.js';
import type { ReadOptions } from '../dialect.js';
import { isObject, objectOrEmpty, objectsIn, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { findEmbeddedError } from '../openai/error.js';
import { AnswerDecoder } from './answer-decoder.js';
import { toExceptionError } from './error.js';
import { FrameReader, type Frame } from './frames.js';

/** Maximum size of an answer that is one JSON document instead of a stream. */
const MAX_DOCUMENT_BYTES = 32 * 1024 * 1024;

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} `upstream_failed` if the body is not an answer; the error in the body if it has one
 */
export function readEvents(body: Buffer, reading: ReadOptions): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  decodeWhole(body, new AnswerDecoder((event) => events.push(event), reading));
  return events;
}

function decodeWhole(body: Buffer, decoder: AnswerDecoder): void {
  const answer = parseAnswerObject(body);
  keepExact(answer, body);
  const { message } = objectOrEmpty(answer['output']);
  if (!isObject(message)) {
    const error = findEmbeddedError(answer);
    if (error !== null) throw error;
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any message.');
  }
  decoder.start();
  objectsIn(message['content']).forEach((block, i) => {
    decoder.addBlock(i, block);
  });
  decoder.finish(answer['stopReason'] ?? 'end_turn');
  decoder.count(answer);
}

/** Decodes ConverseStream: binary frames that each contain a JSON object. */
export class BedrockReader implements EventReader {
  readonly #frames = new FrameReader((frame) => {
    this.#decode(frame);
  });
  readonly #decoder: AnswerDecoder;
  /** A JSON document that was sent instead of a stream; `null` for a stream, and before the first byte. */
  #document: CollectedBytes | null = null;
  #sawFrame = false;
  isComplete = false;

  constructor(reading: ReadOptions, emit: Emit) {
    this.#decoder = new AnswerDecoder(emit, reading);
  }

  get isAnswered(): boolean {
    return this.#decoder.isFinished;
  }

  push(chunk: Buffer): void {
    if (this.isComplete || chunk.length === 0) return;
    const isFirst = !this.#sawFrame && !this.#frames.isInside && this.#document === null;
    // The first byte of a frame is the highest byte of its length, 0 or 1, which no text begins with.
    if (isFirst && (chunk[0] ?? 0) >= FIRST_TEXT_BYTE) this.#document = new CollectedBytes();
    if (this.#document === null) this.#read(chunk);
    else this.#collect(this.#document, chunk);
  }

  /** Errors after the end of the answer are ignored, even in the same chunk. */
  #read(chunk: Buffer): void {
    try {
      this.#frames.push(chunk);
    } catch (error) {
      if (!this.isComplete) throw error;
    }
  }

  /** The usage follows the stop reason in a frame of its own, which may be missing if a guardrail intervened. */
  end(): void {
    if (this.isComplete) return;
    if (this.#document !== null) {
      decodeWhole(this.#document.joined(), this.#decoder);
    } else if (!this.#decoder.isFinished || this.#frames.isInside) {
      throw this.#cut();
    }
    this.isComplete = true;
  }

  #decode(frame: Frame): void {
    if (this.isComplete) return;
    this.#sawFrame = true;
    if (frame.messageType !== 'event') throw toExceptionError(frame);
    // Some exceptions are sent as events, recognisable only by name.
    if (/exception$/iu.test(frame.name)) throw toExceptionError(frame);
    const event = parseAnswerObject(frame.body);
    const key = event['contentBlockIndex'];
    this.#decoder.start();
    switch (frame.name) {
      case 'contentBlockStart':
        this.#decoder.openBlock(key, objectOrEmpty(event['start']));
        return;
      case 'contentBlockDelta':
        this.#decoder.addDelta(key, objectOrEmpty(event['delta']));
        return;
      case 'messageStop':
        this.#decoder.finish(event['stopReason']);
        return;
      case 'metadata':
        this.#count(event);
        return;
      default:
    }
  }

  #count(metadata: JsonObject): void {
    this.#decoder.count(metadata);
    this.isComplete = this.#decoder.isFinished;
  }

  #collect(document: CollectedBytes, chunk: Buffer): void {
    if (document.length + chunk.length > MAX_DOCUMENT_BYTES) {
      throw new GatewayError(
        'upstream_failed',
        'The provider sent a very large document instead of a stream.',
      );
    }
    document.push(chunk);
  }

  #cut(): GatewayError {
    return this.#sawFrame
      ? new GatewayError(
          'upstream_cut',
          'The provider ended the stream before its answer was complete.',
        )
      : new GatewayError('upstream_failed', 'The provider sent a stream with no answer in it.');
  }
}

/** The lowest byte of text, including white space. */
const FIRST_TEXT_BYTE = 0x09;
