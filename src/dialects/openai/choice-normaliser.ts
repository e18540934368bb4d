import type { JsonObject } from '../json.js';
import { isObject, merged, textOrNull, without } from '../json.js';
import {
  dropEmptyMembers,
  flattenContent,
  hasFunctionCall,
  reasoningText,
  separateAnnotations,
  writtenChars,
} from './content.js';
import { reconcileFinish, readFinish } from './finish.js';
import { callId } from './identity.js';
import { ToolCallNormaliser } from './tool-call-normaliser.js';

const OTHER_OUTPUT = [
  'tool_calls',
  'function_call',
  'audio',
  'annotations',
  'provider_annotations',
  'images',
];

/** Normalises the deltas of one choice of a streamed answer. */
export class ChoiceNormaliser {
  readonly #index: number;
  readonly #calls: ToolCallNormaliser;
  #started = false;
  #functionCall = false;
  #finish: string | null = null;
  /** The chunk that finished the choice, for its members besides the reason. */
  #lastChunk: JsonObject = {};
  #lastChoice: JsonObject = {};
  outputChars = 0;
  /** Whether the last call of `mend` changed anything. */
  changed = false;

  /** @param seed - the answer's */
  constructor(index: number, seed: string) {
    this.#index = index;
    this.#calls = new ToolCallNormaliser((call) => callId(seed, index, call));
  }

  /** `null` until the provider has sent one; then reconciled with the content. */
  get finishReason(): string | null {
    if (this.#finish === null) return null;
    return reconcileFinish(this.#finish, {
      toolCalls: this.#calls.count > 0,
      functionCall: this.#functionCall,
    });
  }

  /**
   * Normalises one choice of a chunk, in place.
   *
   * @returns whether there is anything left to send now
   */
  normalise(choice: JsonObject, chunk: JsonObject): boolean {
    this.changed = false;
    const delta = this.#deltaOf(choice);
    this.#setIndex(choice);
    this.#normaliseDelta(delta);
    this.outputChars += writtenChars(delta);

    const isFirst = this.#normaliseRole(delta);
    const reason = choice['finish_reason'];
    if (reason === null) return true;
    choice['finish_reason'] = null;
    this.changed = true;
    const finish = readFinish(reason);
    if (finish === null) return true;
    // The first reason counts; some providers repeat it with the usage.
    this.#finish ??= finish;
    if (reason !== finish) this.#lastChoice['native_finish_reason'] ??= reason;
    if (isFirst || hasOutput(delta)) return true;
    this.#rememberExtras(choice, chunk);
    return false;
  }

  /** The chunks that end the choice, without the answer's identity. */
  finish(): JsonObject[] {
    const closing = this.#calls.closing();
    const ending = { index: this.#index, delta: {}, finish_reason: this.finishReason };
    const chunks = [merged(this.#lastChunk, { choices: [merged(this.#lastChoice, ending)] })];
    if (closing.length === 0) return chunks;
    const delta = { tool_calls: closing };
    const first = { choices: [{ index: this.#index, delta, finish_reason: null }] };
    return [first, ...chunks];
  }

  #setIndex(choice: JsonObject): void {
    if (choice['index'] === this.#index) return;
    choice['index'] = this.#index;
    this.changed = true;
  }

  #rememberExtras(choice: JsonObject, chunk: JsonObject): void {
    this.#lastChunk = { ...this.#lastChunk, ...without(chunk, ['choices']) };
    this.#lastChoice = { ...this.#lastChoice, ...without(choice, ['delta']) };
  }

  /** Perplexity and Writer send the whole message so far along with each delta; only the delta is kept. */
  #deltaOf(choice: JsonObject): JsonObject {
    const { delta, message } = choice;
    if (message !== undefined) {
      delete choice['message'];
      this.changed = true;
    }
    if (isObject(delta)) return delta;
    const firstDelta: JsonObject = isObject(message) && !this.#started ? message : {};
    choice['delta'] = firstDelta;
    this.changed = true;
    return firstDelta;
  }

  #normaliseRole(delta: JsonObject): boolean {
    const isFirst = !this.#started;
    this.#started = true;
    if (isFirst && delta['role'] !== 'assistant') {
      delta['role'] = 'assistant';
      this.changed = true;
    } else if (!isFirst && delta['role'] !== undefined) {
      delete delta['role'];
      this.changed = true;
    }
    return isFirst;
  }

  #normaliseDelta(delta: JsonObject): void {
    if (flattenContent(delta)) this.changed = true;
    if (isObject(delta['tool_calls'])) {
      delta['tool_calls'] = [delta['tool_calls']];
      this.changed = true;
    }
    if (dropEmptyMembers(delta)) this.changed = true;
    if (separateAnnotations(delta)) this.changed = true;
    if (hasFunctionCall(delta)) this.#functionCall = true;
    const items = delta['tool_calls'];
    const normalised = Array.isArray(items) ? this.#calls.normalise(items) : null;
    if (normalised === null) return;
    this.changed = true;
    delta['tool_calls'] = normalised;
    if (normalised.length === 0) delete delta['tool_calls'];
  }
}

function hasOutput(delta: JsonObject): boolean {
  return (
    textOrNull(delta['content']) !== null ||
    textOrNull(delta['refusal']) !== null ||
    reasoningText(delta) !== '' ||
    Array.isArray(delta['reasoning_details']) ||
    OTHER_OUTPUT.some((name) => delta[name] !== undefined)
  );
}
