import type { ReadOptions } from '../dialect.js';
import { keepExact } from '../exact-json.js';
import { objectOrEmpty, objectsIn, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import { AnswerDecoder } from './answer-decoder.js';
import { findEmbeddedError } from './error.js';
import { parseMessage } from './message.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} as `readAnswer`
 */
export function readEvents(body: Buffer, reading: ReadOptions): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  const decoder = new AnswerDecoder((event) => events.push(event), reading);
  decodeMessage(exactMessage(body), decoder);
  return events;
}

/** Parses a message, remembering large numbers exactly. */
function exactMessage(body: Buffer): JsonObject {
  const message = parseMessage(body);
  keepExact(message, body);
  return message;
}

/** Decodes a whole message. */
export function decodeMessage(message: JsonObject, decoder: AnswerDecoder): void {
  decoder.start({ ...message, usage: undefined });
  objectsIn(message['content']).forEach((block, i) => {
    decoder.openBlock(i, block);
    decoder.closeBlock(i);
  });
  const ending = message['stop_reason'] === null ? { stop_reason: 'end_turn' } : message;
  decoder.finish(ending, message['usage']);
}

/** Decodes the stream of Anthropic or a compatible API. */
export class AnthropicReader implements EventReader {
  readonly #events = new JsonEventReader({
    event: (event, { name }) => {
      const error = findEmbeddedError(event, name);
      if (error !== null) throw error;
      if (decodeEvent(event, this.#decoder) === 'stop') this.#complete();
    },
    done: () => {
      this.#complete();
    },
    document: (bytes) => {
      decodeMessage(exactMessage(bytes), this.#decoder);
      this.#complete();
    },
  });
  readonly #decoder: AnswerDecoder;
  isComplete = false;

  constructor(reading: ReadOptions, emit: Emit) {
    this.#decoder = new AnswerDecoder(emit, reading);
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
    if (!this.isComplete) this.#complete();
  }

  #complete(): void {
    if (!this.#decoder.isFinished) throw this.#events.cutError();
    this.isComplete = true;
    this.#events.close();
  }
}

/**
 * Decodes one event of a stream; pings and unknown events are ignored.
 *
 * @returns `stop` for the event that ends the answer
 */
export function decodeEvent(event: JsonObject, decoder: AnswerDecoder): 'more' | 'stop' {
  switch (event['type']) {
    case 'message_start':
      decoder.start(objectOrEmpty(event['message']));
      return 'more';
    case 'content_block_start':
      decoder.openBlock(event['index'], objectOrEmpty(event['content_block']));
      return 'more';
    case 'content_block_delta':
      decoder.addDelta(event['index'], objectOrEmpty(event['delta']));
      return 'more';
    case 'content_block_stop':
      decoder.closeBlock(event['index']);
      return 'more';
    case 'message_delta':
      decoder.finish(objectOrEmpty(event['delta']), event['usage']);
      return 'more';
    case 'message_stop':
      return 'stop';
    default:
      return 'more';
  }
}
