import type { AnswerOptions } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { objectsIn } from '../json.js';
import type { AnswerEvent } from '../neutral/event.js';
import { ChoiceEncoder } from './choice-encoder.js';
import { identify } from './identity.js';
import { encodeUsage } from './encode-usage.js';

/** Encodes an answer's events as a chat completion. */
export function writeAnswer(events: readonly AnswerEvent[], rules: AnswerOptions): Buffer {
  const choices = new Map<number, WholeChoice>();
  let start: JsonObject = {};
  let usage: JsonObject | null = null;
  let tier: string | null = null;
  for (const event of events) {
    if (event.kind === 'usage') usage = encodeUsage(event.usage);
    else if (event.kind === 'tier') ({ tier } = event);
    else if (event.kind === 'start') {
      start = { id: event.id, model: event.model, created: event.createdS };
    } else {
      const choice = choices.get(event.choice) ?? new WholeChoice(event.choice);
      choices.set(event.choice, choice);
      choice.add(event);
    }
  }
  const { id, created, model } = identify(start, rules);
  return Buffer.from(
    JSON.stringify({
      id,
      object: 'chat.completion',
      created,
      model,
      choices: [...choices.values()].map((choice) => choice.written()),
      ...(usage !== null && { usage }),
      ...(tier !== null && { service_tier: tier }),
    }),
  );
}

/** Joins the deltas of a choice into a message. */
class WholeChoice {
  readonly #words: ChoiceEncoder;
  readonly #texts: Record<string, string> = {};
  readonly #lists: Record<string, JsonObject[]> = {};
  readonly #calls: { id: unknown; type: string; function: { name: unknown; arguments: string } }[] =
    [];
  #logprobs: JsonObject | null = null;

  constructor(index: number) {
    this.#words = new ChoiceEncoder(index);
  }

  add(event: AnswerEvent): void {
    switch (event.kind) {
      case 'finish':
        this.#words.finish = event;
        return;
      case 'logprobs':
        this.#logprobs = event.logprobs;
        return;
      case 'call': {
        const { id, name } = event;
        this.#words.deltaOf(event);
        this.#calls[event.call] = { id, type: 'function', function: { name, arguments: '' } };
        return;
      }
      case 'arguments': {
        const call = this.#calls[event.call];
        if (call !== undefined) call.function.arguments += event.text;
        return;
      }
      default:
        this.#join(this.#words.deltaOf(event) ?? {});
    }
  }

  written(): JsonObject {
    const native = this.#words.finish?.native ?? null;
    const { finishReason } = this.#words;
    return {
      index: this.#words.index,
      message: this.#message(),
      logprobs: this.#logprobs,
      finish_reason: finishReason ?? 'stop',
      ...(native !== null && native !== finishReason && { native_finish_reason: native }),
    };
  }

  #message(): JsonObject {
    const { content, refusal, ...texts } = this.#texts;
    const calls = this.#calls.filter((call) => (call as unknown) !== undefined);
    for (const { function: fn } of calls) {
      if (fn.arguments.trim() === '') fn.arguments = '{}';
    }
    const hasOtherOutput = calls.length > 0 || refusal !== undefined;
    return {
      role: 'assistant',
      content: content ?? (hasOtherOutput ? null : ''),
      refusal: refusal ?? null,
      ...texts,
      ...this.#lists,
      ...(calls.length > 0 && { tool_calls: calls }),
    };
  }

  #join(delta: JsonObject): void {
    for (const [name, value] of Object.entries(delta)) {
      if (typeof value === 'string') this.#texts[name] = (this.#texts[name] ?? '') + value;
      else (this.#lists[name] ??= []).push(...objectsIn(value));
    }
  }
}
