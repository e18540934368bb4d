import type { GatewayError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import type { AnswerOptions } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { readDataUrl } from '../json-members.js';
import type { AnswerEvent, AnswerPart, EventWriter } from '../neutral/event.js';
import { errorMembers, failureOf } from './error.js';
import { responseHead } from './head.js';
import { Output, type EmitItemEvent } from './output.js';
import { encodeUsage } from './usage.js';

type Start = Extract<AnswerEvent, { kind: 'start' }>;
type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

const UNNAMED: Start = { kind: 'start', id: null, model: null, createdS: null };

/** Encodes events as a stream of OpenAI's Responses API. */
export class ResponsesWriter implements EventWriter {
  readonly #rules: AnswerOptions;
  #start: Start = UNNAMED;
  #response: ResponseBuilder | null = null;
  #sequence = 0;
  #out = '';

  constructor(rules: AnswerOptions) {
    this.#rules = rules;
  }

  add(event: AnswerEvent): void {
    // Nothing is sent until there is content, so that another provider may still answer.
    if (event.kind === 'start') this.#start = event;
    else this.#begin().add(event);
  }

  finish(): void {
    const response = this.#begin().finished();
    const type = response['status'] === 'incomplete' ? 'response.incomplete' : 'response.completed';
    this.#event(type, { response });
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#out);
    this.#out = '';
    return bytes;
  }

  fail(error: GatewayError): Buffer {
    this.#event('error', errorMembers(error));
    if (this.#response !== null) {
      this.#event('response.failed', { response: this.#response.failed(error) });
    }
    return this.take();
  }

  #begin(): ResponseBuilder {
    if (this.#response !== null) return this.#response;
    const response = new ResponseBuilder(this.#start, this.#rules, (type, members) => {
      this.#event(type, members);
    });
    this.#response = response;
    const { head } = response;
    this.#event('response.created', { response: head });
    this.#event('response.in_progress', { response: head });
    return response;
  }

  #event(type: string, members: JsonObject): void {
    const event = { type, sequence_number: this.#sequence, ...members };
    this.#out += `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`;
    // Incremented only after serialisation: if that fails, an error event takes this number.
    this.#sequence += 1;
  }
}

/** Encodes an answer's events as a response. */
export function writeAnswer(events: readonly AnswerEvent[], rules: AnswerOptions): Buffer {
  const start = events.find((event) => event.kind === 'start') ?? UNNAMED;
  const response = new ResponseBuilder(start, rules, () => undefined);
  for (const event of events) response.add(event);
  return Buffer.from(JSON.stringify(response.finished()));
}

/** A response under construction. */
class ResponseBuilder {
  /** The response without output, as at the start of a stream. */
  readonly head: JsonObject;
  readonly #output: Output;
  #usage: Usage | null = null;
  #tier: string | null = null;
  #finish: Finish | null = null;

  constructor(start: Start, rules: AnswerOptions, emit: EmitItemEvent) {
    this.head = responseHead(start, rules);
    this.#output = new Output(String(this.head['id']), rules.request?.parsed?.['tools'], emit);
  }

  add(event: AnswerEvent): void {
    if (event.kind === 'start') return;
    if (event.kind === 'usage') {
      this.#usage = event.usage;
      return;
    }
    if (event.kind === 'tier') {
      this.#tier = event.tier;
      return;
    }
    // A response has only one choice; this dialect cannot request several.
    if (event.choice !== 0) return;
    if (event.kind === 'finish') this.#finish = event;
    else this.#output.add(event);
  }

  finished(): JsonObject {
    const reason = incompleteReason(this.#finish);
    const status = reason === null ? 'completed' : 'incomplete';
    this.#output.end(status);
    return {
      ...this.head,
      status,
      incomplete_details: reason === null ? null : { reason },
      output: this.#output.items,
      usage: encodeUsage(this.#usage),
      ...(this.#tier !== null && { service_tier: this.#tier }),
    };
  }

  failed(error: GatewayError): JsonObject {
    const output = this.#output.items;
    return { ...this.head, status: 'failed', error: failureOf(error), output };
  }
}

/** Responses cannot express images by URL and further choices. */
export function unsupportedPartOf(event: AnswerEvent): AnswerPart | null {
  if (event.kind === 'image') return readDataUrl(event.url) === null ? 'images' : null;
  return 'choice' in event && event.choice !== 0 ? 'choices' : null;
}

/** Why an answer is incomplete; `null` if it is complete. */
function incompleteReason(finish: Finish | null): string | null {
  if (finish?.reason === 'length') return 'max_output_tokens';
  return finish?.reason === 'content_filter' ? 'content_filter' : null;
}
