import { isObject, objectsIn, type JsonObject } from '../json.js';
import { numberOr, parsedObject } from '../json-members.js';
import { SseReader } from '../sse.js';
import { appendPiece } from './choice.js';

/** Ends every stream of completions. */
export const DONE = '[DONE]';

/**
 * Joins a complete stream into the answer that a request without `stream` would have got.
 *
 * @returns `null` if the stream is not complete, or contains anything that the gateway does not write
 */
export function joinStream(parts: readonly Buffer[]): Buffer | null {
  const whole = new Assembly();
  const reader = new SseReader(({ bytes, start, end }) => {
    whole.take(bytes.toString('utf8', start, end));
  });
  for (const part of parts) reader.push(part);
  return whole.finish();
}

class Assembly {
  readonly #choices = new Map<number, JsonObject>();
  #head: JsonObject = {};
  #usage: JsonObject | null = null;
  #isDone = false;
  #isUnknown = false;

  take(text: string): void {
    const isOver = this.#isDone;
    if (text === DONE) this.#isDone = true;
    else if (isOver || !this.#accept(parsedObject(text))) this.#isUnknown = true;
  }

  finish(): Buffer | null {
    const choices = [...this.#choices.values()];
    const isWhole =
      choices.length > 0 && choices.every((choice) => choice['finish_reason'] !== null);
    if (!this.#isDone || this.#isUnknown || !isWhole) return null;
    const usage = this.#usage === null ? {} : { usage: this.#usage };
    return Buffer.from(JSON.stringify({ ...this.#head, choices, ...usage }));
  }

  /** @returns `false` for an unknown chunk */
  #accept(chunk: JsonObject | null): boolean {
    const { choices, usage, ...head } = chunk ?? {};
    if (!Array.isArray(choices)) return false;
    this.#head = head;
    if (isObject(usage)) this.#usage = usage;
    for (const piece of objectsIn(choices)) {
      const choice = this.#choiceOf(numberOr(piece['index'], 0));
      appendPiece(choice, piece);
      choice['finish_reason'] ??= piece['finish_reason'];
    }
    return true;
  }

  #choiceOf(index: number): JsonObject {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const choice = { text: '', index, logprobs: null, finish_reason: null };
    this.#choices.set(index, choice);
    return choice;
  }
}
