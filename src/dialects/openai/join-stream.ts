import type { JsonObject } from '../json.js';
import { isObject, merged, objectsIn, textOrNull } from '../json.js';
import type { SseEvent } from '../sse.js';
import { SseReader } from '../sse.js';

const DONE = '[DONE]';

/** Members whose text is streamed in pieces. */
const GROWING = new Set(['content', 'refusal', 'reasoning_content', 'reasoning']);
/** Members whose arrays are streamed in pieces. */
const LISTS = new Set(['annotations', 'provider_annotations', 'reasoning_details', 'images']);

/**
 * Joins a complete stream into the answer that a request without `stream` would have got.
 *
 * @returns `null` if the stream is not complete, or something in it has no known equivalent in a whole
 *   answer: better none than an incomplete one
 */
export function joinStream(parts: readonly Buffer[]): Buffer | null {
  const whole = new Assembly();
  const reader = new SseReader((event) => {
    whole.take(event);
  });
  for (const part of parts) reader.push(part);
  return whole.finish();
}

class Assembly {
  readonly #head: JsonObject = {};
  readonly #choices = new Map<number, ChoiceAssembly>();
  #usage: JsonObject | null = null;
  #isDone = false;
  #isUnknown = false;

  take({ bytes, start, end }: SseEvent): void {
    const text = bytes.toString('utf8', start, end);
    if (text.trim() === DONE) {
      this.#isDone = true;
      return;
    }
    const chunk = JSON.parse(text) as unknown;
    if (!isObject(chunk)) {
      this.#isUnknown = true;
      return;
    }
    for (const [name, value] of Object.entries(chunk)) this.#takeMember(name, value);
  }

  finish(): Buffer | null {
    const choices = [...this.#choices].sort(([a], [b]) => a - b).map(([, choice]) => choice);
    const isWhole = this.#isDone && !this.#isUnknown && choices.length > 0;
    if (!isWhole || !choices.every((choice) => choice.isWhole)) return null;
    const written = choices.map((choice) => choice.written());
    const answer = merged(this.#head, { object: 'chat.completion', choices: written });
    if (this.#usage !== null) answer['usage'] = this.#usage;
    return Buffer.from(JSON.stringify(answer));
  }

  #takeMember(name: string, value: unknown): void {
    if (name === 'choices') {
      for (const choice of objectsIn(value)) this.#choiceOf(choice).take(choice);
    } else if (name === 'usage') {
      if (isObject(value)) this.#usage = value;
    } else if (name !== 'obfuscation' && value !== null) {
      // `obfuscation` is padding against traffic analysis. For everything else the last value counts.
      this.#head[name] = value;
    }
  }

  #choiceOf({ index }: JsonObject): ChoiceAssembly {
    const at = typeof index === 'number' ? index : 0;
    const known = this.#choices.get(at) ?? new ChoiceAssembly(at);
    this.#choices.set(at, known);
    return known;
  }
}

class ChoiceAssembly {
  readonly #index: number;
  readonly #message: JsonObject = { role: 'assistant', content: null, refusal: null };
  readonly #calls = new Map<number, JsonObject>();
  readonly #rest: JsonObject = {};
  #logprobs: Record<string, unknown[]> | null = null;
  #finish: string | null = null;
  #isUnknown = false;

  constructor(index: number) {
    this.#index = index;
  }

  get isWhole(): boolean {
    return this.#finish !== null && !this.#isUnknown;
  }

  take(choice: JsonObject): void {
    for (const [name, value] of Object.entries(choice)) {
      if (name === 'index' || value === null) continue;
      if (name === 'delta' && isObject(value)) this.#takeDelta(value);
      else if (name === 'finish_reason') this.#finish = textOrNull(value) ?? this.#finish;
      else if (name === 'logprobs' && isObject(value)) this.#takeLogprobs(value);
      else this.#rest[name] = value;
    }
  }

  written(): JsonObject {
    const calls = [...this.#calls].sort(([a], [b]) => a - b).map(([, call]) => call);
    return {
      index: this.#index,
      message: { ...this.#message, ...(calls.length > 0 && { tool_calls: calls }) },
      logprobs: this.#logprobs,
      finish_reason: this.#finish,
      ...this.#rest,
    };
  }

  #takeDelta(delta: JsonObject): void {
    for (const [name, value] of Object.entries(delta)) {
      if (value === null || name === 'role') continue;
      if (name === 'tool_calls') for (const call of objectsIn(value)) this.#takeCall(call);
      else this.#grow(name, value);
    }
  }

  #grow(name: string, value: unknown): void {
    const known = this.#message[name] ?? null;
    if (GROWING.has(name) && typeof value === 'string') {
      this.#message[name] = (textOrNull(known) ?? '') + value;
    } else if (LISTS.has(name) && Array.isArray(value)) {
      const list = Array.isArray(known) ? (known as unknown[]) : [];
      this.#message[name] = list.concat(value as unknown[]);
    } else {
      // For example audio, whose pieces are not joined like text.
      this.#isUnknown = true;
    }
  }

  #takeCall({ index, function: part, ...call }: JsonObject): void {
    const at = typeof index === 'number' ? index : this.#calls.size;
    const known = this.#calls.get(at) ?? {};
    const members = Object.fromEntries(Object.entries(call).filter(([, value]) => value !== null));
    const grown = { ...known, ...members };
    if (isObject(part)) grown['function'] = grownFunction(known['function'], part);
    this.#calls.set(at, grown);
  }

  #takeLogprobs(logprobs: JsonObject): void {
    this.#logprobs ??= {};
    for (const [name, list] of Object.entries(logprobs)) {
      if (Array.isArray(list)) (this.#logprobs[name] ??= []).push(...(list as unknown[]));
    }
  }
}

function grownFunction(known: unknown, part: JsonObject): JsonObject {
  const before: JsonObject = isObject(known) ? known : {};
  const args = (textOrNull(before['arguments']) ?? '') + (textOrNull(part['arguments']) ?? '');
  return { name: part['name'] ?? before['name'], arguments: args };
}
