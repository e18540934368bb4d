import type { Usage } from '../../core/usage.js';
import type { GatewayError } from '../../core/errors.js';
import type { AnswerOptions } from '../dialect.js';
import type { JsonObject } from '../json.js';
import type { AnswerEvent, EventWriter } from '../neutral/event.js';
import { ChoiceEncoder } from './choice-encoder.js';
import { writeError } from './error.js';
import { identify } from './identity.js';
import { encodeUsage } from './encode-usage.js';

/** Encodes events as a stream of OpenAI's chunks. */
export class OpenAiWriter implements EventWriter {
  readonly #rules: AnswerOptions;
  readonly #choices = new Map<number, ChoiceEncoder>();
  /** The JSON of every chunk up to `choices`. */
  #head = '';
  /** The constant part of `#head`. */
  #identity = '';
  #out = '';
  #usage: Usage | null = null;

  constructor(rules: AnswerOptions) {
    this.#rules = rules;
  }

  add(event: AnswerEvent): void {
    if (event.kind === 'usage') {
      this.#usage = event.usage;
      return;
    }
    if (event.kind === 'start') {
      this.#start(event);
      return;
    }
    if (event.kind === 'tier') {
      const tier = event.tier === null ? '' : `"service_tier":${JSON.stringify(event.tier)},`;
      this.#head = this.#identity + tier;
      return;
    }
    const choice = this.#choiceOf(event.choice);
    if (event.kind === 'finish') {
      choice.finish = event;
      return;
    }
    if (event.kind === 'logprobs') {
      this.#chunk(event.choice, {}, { logprobs: event.logprobs });
      return;
    }
    const delta = choice.deltaOf(event);
    if (delta !== null) this.#chunk(event.choice, delta);
  }

  finish(): void {
    for (const choice of [...this.#choices.values()].sort((a, b) => a.index - b.index)) {
      const closing = choice.closing();
      if (closing !== null) this.#chunk(choice.index, closing);
      const native = choice.finish?.native ?? null;
      this.#chunk(
        choice.index,
        {},
        {
          finish_reason: choice.finishReason,
          ...(native !== null &&
            native !== choice.finishReason && { native_finish_reason: native }),
        },
      );
    }
    if (this.#rules.includeUsage && this.#usage !== null) {
      const usage = JSON.stringify(encodeUsage(this.#usage));
      this.#out += `data: ${this.#head}"choices":[],"usage":${usage}}\n\n`;
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

  #start({ id, model, createdS }: Extract<AnswerEvent, { kind: 'start' }>): void {
    const identity = identify({ id, model, created: createdS }, this.#rules);
    const { created } = identity;
    const head = {
      id: identity.id,
      object: 'chat.completion.chunk',
      created,
      model: identity.model,
    };
    this.#identity = `${JSON.stringify(head).slice(0, -1)},`;
    this.#head = this.#identity;
  }

  #choiceOf(index: number): ChoiceEncoder {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const encoder = new ChoiceEncoder(index);
    this.#choices.set(index, encoder);
    this.#chunk(index, { role: 'assistant', content: '', refusal: null });
    return encoder;
  }

  #chunk(index: number, delta: JsonObject, more: JsonObject = {}): void {
    const choice = { index, delta, logprobs: null, finish_reason: null, ...more };
    this.#out += `data: ${this.#head}"choices":[${JSON.stringify(choice)}]}\n\n`;
  }
}
