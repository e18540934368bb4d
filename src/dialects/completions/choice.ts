import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import type { AnswerEvent } from '../neutral/event.js';

type OfChoice = Extract<AnswerEvent, { choice: number }>;

/** Says the events of one choice in the words of completions: text, likelihoods, an end. */
export class CompletionChoice {
  readonly index: number;
  /** UTF-16 units of text said so far, the prompt included where it is repeated. */
  #chars: number;
  #finish: string | null = null;
  #isRefused = false;

  /** @param repeatedChars - of the prompt, where answers begin with it */
  constructor(index: number, repeatedChars: number) {
    this.index = index;
    this.#chars = repeatedChars;
  }

  /** @returns the choice that says the event; `null` where completions do not say it */
  say(event: OfChoice): JsonObject | null {
    switch (event.kind) {
      case 'text':
      case 'refusal':
        if (event.kind === 'refusal') this.#isRefused = true;
        this.#chars += event.text.length;
        return this.written(event.text);
      case 'logprobs':
        return this.written('', this.#likelihoods(objectsIn(event.logprobs['content'])));
      case 'finish':
        this.#finish = event.reason === 'tool_calls' ? 'stop' : event.reason;
        return null;
      default:
        return null;
    }
  }

  /** The choice with nothing more to say, and why. */
  ended(): JsonObject {
    // There is no other word for a refusal here.
    const reason = this.#isRefused ? 'content_filter' : (this.#finish ?? 'stop');
    return { ...this.written(''), finish_reason: reason };
  }

  written(text: string, logprobs: JsonObject | null = null): JsonObject {
    return { text, index: this.index, logprobs, finish_reason: null };
  }

  /** Four lists side by side instead of one; they come after the text that they are of. */
  #likelihoods(tokens: readonly JsonObject[]): JsonObject {
    const texts = tokens.map((token) => textOrNull(token['token']) ?? '');
    let at = this.#chars - texts.join('').length;
    return {
      tokens: texts,
      token_logprobs: tokens.map((token) => numberOr(token['logprob'], null)),
      top_logprobs: tokens.map((token) => alternatives(token['top_logprobs'])),
      text_offset: texts.map((text) => {
        const start = at;
        at += text.length;
        return start;
      }),
    };
  }
}

function alternatives(list: unknown): JsonObject {
  const pairs = objectsIn(list).map(({ token, logprob }) => [String(token), logprob] as const);
  return Object.fromEntries(pairs);
}

/** Adds what a part of a choice says to the whole of it: its text, and its lists of likelihoods. */
export function gather(whole: JsonObject, said: JsonObject): void {
  whole['text'] = String(whole['text']) + (textOrNull(said['text']) ?? '');
  if (!isObject(said['logprobs'])) return;
  const known = objectOrEmpty(whole['logprobs']);
  const lists = Object.entries(said['logprobs']).map(([name, list]) => {
    const before = Array.isArray(known[name]) ? (known[name] as unknown[]) : [];
    return [name, [...before, ...(list as unknown[])]] as const;
  });
  whole['logprobs'] = Object.fromEntries(lists);
}
