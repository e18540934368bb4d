import type { GatewayError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import type { AnswerOptions } from '../dialect.js';
import { textOrNull, type JsonObject } from '../json.js';
import type { AnswerEvent, AnswerPart, EventWriter } from '../neutral/event.js';
import { writeError } from '../openai/error.js';
import { identify } from '../openai/identity.js';
import { encodeUsage } from '../openai/encode-usage.js';
import { CompletionChoice, appendPiece } from './choice.js';

/** Encodes events as a stream of completions. */
export class CompletionsWriter implements EventWriter {
  readonly #rules: AnswerOptions;
  readonly #choices = new Map<number, CompletionChoice>();
  #head: JsonObject = {};
  #usage: Usage | null = null;
  #out = '';

  constructor(rules: AnswerOptions) {
    this.#rules = rules;
  }

  add(event: AnswerEvent): void {
    if (event.kind === 'start') this.#head = headOf(event, this.#rules);
    else if (event.kind === 'usage') this.#usage = event.usage;
    else if (event.kind === 'tier') this.#head = { ...this.#head, ...tierOf(event) };
    else {
      const choice = this.#choiceOf(event.choice).encode(event);
      if (choice !== null) this.#chunk([choice]);
    }
  }

  finish(): void {
    for (const choice of this.#choices.values()) this.#chunk([choice.finalChoice()]);
    if (this.#rules.includeUsage && this.#usage !== null) {
      this.#chunk([], { usage: encodeUsage(this.#usage) });
    }
    this.#out += 'data: [DONE]\n\n';
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#out);
    this.#out = '';
    return bytes;
  }

  fail(error: GatewayError): Buffer {
    return Buffer.from(`data: ${writeError(error)}\n\n`);
  }

  #choiceOf(index: number): CompletionChoice {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const echo = echoOf(this.#rules.request?.parsed);
    const choice = new CompletionChoice(index, echo.length);
    this.#choices.set(index, choice);
    if (echo !== '') this.#chunk([choice.written(echo)]);
    return choice;
  }

  #chunk(choices: readonly JsonObject[], more: JsonObject = {}): void {
    this.#out += `data: ${JSON.stringify({ ...this.#head, choices, ...more })}\n\n`;
  }
}

/** Encodes an answer's events as a whole completion, by joining its stream. */
export function writeAnswer(events: readonly AnswerEvent[], rules: AnswerOptions): Buffer {
  const choices = new Map<
    number,
    { readonly words: CompletionChoice; readonly whole: JsonObject }
  >();
  const echo = echoOf(rules.request?.parsed);
  let head: JsonObject = {};
  let usage: JsonObject | null = null;
  for (const event of events) {
    if (event.kind === 'start') head = headOf(event, rules);
    else if (event.kind === 'usage') usage = encodeUsage(event.usage);
    else if (event.kind === 'tier') head = { ...head, ...tierOf(event) };
    else {
      const words = new CompletionChoice(event.choice, echo.length);
      const known = choices.get(event.choice) ?? { words, whole: words.written(echo) };
      choices.set(event.choice, known);
      appendPiece(known.whole, known.words.encode(event) ?? {});
    }
  }
  const written = [...choices.values()].map(({ words, whole }) => ({
    ...words.finalChoice(),
    text: whole['text'],
    logprobs: whole['logprobs'],
  }));
  const body = { ...head, choices: written, ...(usage !== null && { usage }) };
  return Buffer.from(JSON.stringify(body));
}

function tierOf({ tier }: Extract<AnswerEvent, { kind: 'tier' }>): JsonObject {
  return tier === null ? {} : { service_tier: tier };
}

/** Completions can express only text. */
export function unsupportedPartOf({ kind }: AnswerEvent): AnswerPart | null {
  return UNSUPPORTED[kind] ?? null;
}

const UNSUPPORTED: Partial<Record<AnswerEvent['kind'], AnswerPart>> = {
  citation: 'citations',
  image: 'images',
  reasoning: 'reasoning',
};

function headOf(start: Extract<AnswerEvent, { kind: 'start' }>, rules: AnswerOptions): JsonObject {
  const { id, model, createdS } = start;
  const identity = identify({ id, model, created: createdS }, rules);
  return {
    id: `cmpl-${identity.id.replace(/^(?:chat)?cmpl-/, '')}`,
    object: 'text_completion',
    created: identity.created,
    model: identity.model,
  };
}

/**
 * The prompt, if the client wants every choice to begin with it.
 *
 * @param members - of the request
 * @returns an empty string if nothing is echoed
 */
export function echoOf(members: JsonObject = {}): string {
  const { echo, prompt } = members;
  return echo === true ? (textOrNull(prompt) ?? '') : '';
}
