import { parseAnswerObject } from '../answer-body.js';
import type { ReadOptions } from '../dialect.js';
import { objectOrEmpty, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEventReader } from '../neutral/json-event-reader.js';
import { findEmbeddedError } from '../openai/error.js';
import { AnswerDecoder, decodeWhole } from './answer-decoder.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} `upstream_failed` if the body is not an answer; the error in the body if it has one
 */
export function readEvents(body: Buffer, { seed }: ReadOptions): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  decodeDocument(body, new AnswerDecoder((event) => events.push(event), seed));
  return events;
}

function decodeDocument(body: Buffer, decoder: AnswerDecoder): void {
  const answer = parseAnswerObject(body);
  // In an error `message` is a string, in an answer it is an object.
  const error = typeof answer['message'] === 'object' ? null : findEmbeddedError(answer);
  if (error !== null) throw error;
  decodeWhole(answer, decoder);
}

/** Decodes the stream of Cohere's Chat API. */
export class CohereReader implements EventReader {
  readonly #events = new JsonEventReader({
    event: (event) => {
      if (decodeEvent(event, this.#decoder) === 'end') this.#complete();
    },
    done: () => {
      this.#complete();
    },
    document: (bytes) => {
      decodeDocument(bytes, this.#decoder);
      this.#complete();
    },
  });
  readonly #decoder: AnswerDecoder;
  isComplete = false;

  constructor({ seed }: ReadOptions, emit: Emit) {
    this.#decoder = new AnswerDecoder(emit, seed);
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

/** @returns `end` for the event that ends the answer */
function decodeEvent(event: JsonObject, decoder: AnswerDecoder): 'more' | 'end' {
  const delta = objectOrEmpty(event['delta']);
  const message = objectOrEmpty(delta['message']);
  const part = (name: string): JsonObject => objectOrEmpty(message[name]);
  switch (event['type']) {
    case 'message-start':
      decoder.start(event['id']);
      return 'more';
    case 'content-start':
    case 'content-delta':
      decoder.content(part('content'));
      return 'more';
    case 'tool-plan-delta':
      decoder.plan(message['tool_plan']);
      return 'more';
    case 'tool-call-start':
      decoder.call(event['index'], part('tool_calls'));
      return 'more';
    case 'tool-call-delta':
      decoder.addArguments(event['index'], part('tool_calls'));
      return 'more';
    case 'citation-start':
      decoder.cite(part('citations'));
      return 'more';
    case 'message-end':
      decoder.finish(delta);
      return 'end';
    default:
      return otherEvent(event);
  }
}

/** Handles all other events: they are ignored, unless it is an error. */
function otherEvent(event: JsonObject): 'more' {
  const error = typeof event['type'] === 'string' ? null : findEmbeddedError(event);
  if (error !== null) throw error;
  return 'more';
}
