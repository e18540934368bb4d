import type { GatewayError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import type { AnswerRules } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { readDataUrl } from '../json-members.js';
import type { AnswerEvent, AnswerPart, EventWriter } from '../neutral/event.js';
import { errorMembers, failureOf } from './error.js';
import { responseHead } from './head.js';
import { Output, type TellItem } from './output.js';
import { writtenUsage } from './usage.js';

type Start = Extract<AnswerEvent, { kind: 'start' }>;
type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

const UNNAMED: Start = { kind: 'start', id: null, model: null, createdS: null };

/** Writes a stream of typed events as OpenAI's responses API does. */
export class ResponsesWriter implements EventWriter {
  readonly #rules: AnswerRules;
  #start: Start = UNNAMED;
  #response: Response | null = null;
  #sequence = 0;
  #out = '';

  constructor(rules: AnswerRules) {
    this.#rules = rules;
  }

  add(event: AnswerEvent): void {
    // A client can do nothing with a beginning alone, and until there is more another provider may answer.
    if (event.kind === 'start') this.#start = event;
    else this.#begun().add(event);
  }

  finish(): void {
    const response = this.#begun().ended();
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

  #begun(): Response {
    if (this.#response !== null) return this.#response;
    const response = new Response(this.#start, this.#rules, (type, members) => {
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
    // What cannot be written is not counted either: an error comes in its place.
    this.#sequence += 1;
  }
}

/** A response of one answer's events. */
export function writeAnswer(events: readonly AnswerEvent[], rules: AnswerRules): Buffer {
  const start = events.find((event) => event.kind === 'start') ?? UNNAMED;
  const response = new Response(start, rules, () => undefined);
  for (const event of events) response.add(event);
  return Buffer.from(JSON.stringify(response.ended()));
}

/** One response while it is put together. */
class Response {
  /** As it is before anything was said. */
  readonly head: JsonObject;
  readonly #output: Output;
  #usage: Usage | null = null;
  #tier: string | null = null;
  #finish: Finish | null = null;

  constructor(start: Start, rules: AnswerRules, tell: TellItem) {
    this.head = responseHead(start, rules);
    this.#output = new Output(String(this.head['id']), rules.request?.parsed?.['tools'], tell);
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
    // A response is one answer; nobody can ask for several in this dialect.
    if (event.choice !== 0) return;
    if (event.kind === 'finish') this.#finish = event;
    else this.#output.add(event);
  }

  ended(): JsonObject {
    const reason = incompleteReason(this.#finish);
    const status = reason === null ? 'completed' : 'incomplete';
    this.#output.end(status);
    return {
      ...this.head,
      status,
      incomplete_details: reason === null ? null : { reason },
      output: this.#output.items,
      usage: writtenUsage(this.#usage),
      ...(this.#tier !== null && { service_tier: this.#tier }),
    };
  }

  failed(error: GatewayError): JsonObject {
    const output = this.#output.items;
    return { ...this.head, status: 'failed', error: failureOf(error), output };
  }
}

/** What a response has no place for: pictures that are somewhere else, further answers. */
export function unsayable(event: AnswerEvent): AnswerPart | null {
  if (event.kind === 'image') return readDataUrl(event.url) === null ? 'images' : null;
  return 'choice' in event && event.choice !== 0 ? 'choices' : null;
}

/** Why an answer is not whole; `null` if it is. */
function incompleteReason(finish: Finish | null): string | null {
  if (finish?.reason === 'length') return 'max_output_tokens';
  return finish?.reason === 'content_filter' ? 'content_filter' : null;
}
