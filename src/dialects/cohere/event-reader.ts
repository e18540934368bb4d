import { parseAnswerObject } from '../answer-body.js';
import type { Reading } from '../dialect.js';
import { objectOrEmpty, type JsonObject } from '../json.js';
import type { AnswerEvent, Emit, EventReader } from '../neutral/event.js';
import { JsonEvents } from '../neutral/json-events.js';
import { errorInside } from '../openai/error.js';
import { AnswerTeller, tellWhole } from './answer-events.js';

/**
 * Decodes a whole answer.
 *
 * @throws {GatewayError} `upstream_failed` if the body is not an answer; the error in the body if it has one
 */
export function readEvents(body: Buffer, { seed }: Reading): AnswerEvent[] {
  const events: AnswerEvent[] = [];
  tellDocument(body, new AnswerTeller((event) => events.push(event), seed));
  return events;
}

function tellDocument(body: Buffer, teller: AnswerTeller): void {
  const answer = parseAnswerObject(body);
  // In an error `message` is a string, in an answer it is an object.
  const error = typeof answer['message'] === 'object' ? null : errorInside(answer);
  if (error !== null) throw error;
  tellWhole(answer, teller);
}

/** Decodes the stream of Cohere's Chat API. */
export class CohereReader implements EventReader {
  readonly #events = new JsonEvents({
    event: (event) => {
      if (tellEvent(event, this.#teller) === 'end') this.#complete();
    },
    done: () => {
      this.#complete();
    },
    document: (bytes) => {
      tellDocument(bytes, this.#teller);
      this.#complete();
    },
  });
  readonly #teller: AnswerTeller;
  isComplete = false;

  constructor({ seed }: Reading, emit: Emit) {
    this.#teller = new AnswerTeller(emit, seed);
  }

  push(chunk: Buffer): void {
    this.#events.push(chunk);
  }

  end(): void {
    this.#events.end();
    if (!this.isComplete) this.#complete();
  }

  #complete(): void {
    if (!this.#teller.isFinished) throw this.#events.cut();
    this.isComplete = true;
    this.#events.close();
  }
}

/** @returns `end` for the event that ends the answer */
function tellEvent(event: JsonObject, teller: AnswerTeller): 'more' | 'end' {
  const delta = objectOrEmpty(event['delta']);
  const message = objectOrEmpty(delta['message']);
  const part = (name: string): JsonObject => objectOrEmpty(message[name]);
  switch (event['type']) {
    case 'message-start':
      teller.start(event['id']);
      return 'more';
    case 'content-start':
    case 'content-delta':
      teller.content(part('content'));
      return 'more';
    case 'tool-plan-delta':
      teller.plan(message['tool_plan']);
      return 'more';
    case 'tool-call-start':
      teller.call(event['index'], part('tool_calls'));
      return 'more';
    case 'tool-call-delta':
      teller.addArguments(event['index'], part('tool_calls'));
      return 'more';
    case 'citation-start':
      teller.cite(part('citations'));
      return 'more';
    case 'message-end':
      teller.finish(delta);
      return 'end';
    default:
      return otherEvent(event);
  }
}

/** Handles all other events: they are ignored, unless it is an error. */
function otherEvent(event: JsonObject): 'more' {
  const error = typeof event['type'] === 'string' ? null : errorInside(event);
  if (error !== null) throw error;
  return 'more';
}
