import type { GatewayError } from '../../core/errors.js';
import type { AnswerStream, AnswerSummary, WholeAnswer } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { JsonEvents } from '../neutral/json-events.js';
import { readingFailure } from '../neutral/reading-failure.js';
import { summarize, Summary } from '../neutral/summary.js';
import type { AnswerEvent } from '../neutral/event.js';
import type { SseEvent } from '../sse.js';
import { AnswerTeller } from './answer-events.js';
import { errorInside, writeError } from './error.js';
import { tellEvent, tellMessage } from './event-reader.js';
import { parseMessage } from './message.js';

const NOTHING = Buffer.alloc(0);
const LINE_FEED = Buffer.from('\n');
const BLANK_LINE = Buffer.from('\n\n');

/** An answer for a client of the same dialect: the provider's bytes, read on the way. */
export function readAnswer(body: Buffer): WholeAnswer {
  const events: AnswerEvent[] = [];
  tellMessage(parseMessage(body), new AnswerTeller((event) => events.push(event), null));
  return { body, summary: summarize(events) };
}

/** A stream for a client of the same dialect: the provider's events as they come. */
export class AnthropicStream implements AnswerStream {
  readonly #events = new JsonEvents({
    event: (event, sse) => {
      this.#onEvent(event, sse);
    },
    // No word of this dialect: the client would not know it.
    done: () => undefined,
    document: (bytes) => {
      throw this.#documentFailure(bytes);
    },
  });
  readonly #summary = new Summary();
  readonly #teller = new AnswerTeller((event) => {
    this.#summary.add(event);
  }, null);
  #out: Buffer[] = [];
  #isDone = false;
  #failure: GatewayError | null = null;

  get failure(): GatewayError | null {
    return this.#failure;
  }

  get summary(): AnswerSummary {
    return this.#summary;
  }

  push(chunk: Buffer): Buffer {
    return this.#read(() => {
      this.#events.push(chunk);
    });
  }

  end(): Buffer {
    const bytes = this.#read(() => {
      this.#events.end();
      if (!this.#isDone) throw this.#events.cut();
    });
    return this.#failure === null ? bytes : NOTHING;
  }

  fail(error: GatewayError): Buffer {
    return Buffer.from(`event: error\ndata: ${writeError(error)}\n\n`);
  }

  #read(work: () => void): Buffer {
    if (this.#isDone || this.#failure !== null) return NOTHING;
    try {
      work();
    } catch (error) {
      this.#failure = readingFailure(error);
    }
    const out = this.#out;
    this.#out = [];
    return Buffer.concat(out);
  }

  #onEvent(event: JsonObject, { name, bytes, start, end }: SseEvent): void {
    const error = errorInside(event, name);
    if (error !== null) throw error;
    tellEvent(event, this.#teller);
    if (name !== '') this.#out.push(Buffer.from(`event: ${name}`), LINE_FEED);
    this.#out.push(Buffer.from('data: '), bytes.subarray(start, end), BLANK_LINE);
    if (event['type'] !== 'message_stop') return;
    this.#isDone = true;
    this.#events.close();
  }

  /** A document is an error mostly; a whole message where a stream was asked for is no answer either. */
  #documentFailure(bytes: Buffer): GatewayError {
    try {
      parseMessage(bytes);
    } catch (error) {
      return readingFailure(error);
    }
    return this.#events.cut();
  }
}
