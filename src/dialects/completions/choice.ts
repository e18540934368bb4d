import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import type { AnswerEvent } from '../neutral/event.js';

type OfChoice = Extract<AnswerEvent, { choice: number }>;

/** Encodes the events of one choice as completions: text, log probabilities, an end. */
export class CompletionChoice {
  readonly index: number;
  /** UTF-16 code units of text so far, including the prompt if it is echoed. */
  #chars: number;
  #finish: string | null = null;
  #isRefused = false;

  /** @param repeatedChars - the length of the echoed prompt; 0 if it is not echoed */
  constructor(index: number, repeatedChars: number) {
    this.index = index;
    this.#chars = repeatedChars;
  }

  /** @returns the choice for an event; `null` if completions do not express it */
  encode(event: OfChoice): JsonObject | null {
    switch (event.kind) {
      case 'text':
      case 'refusal':
        if (event.kind === 'refusal') this.#isRefused = true;
        this.#chars += event.text.length;
        return this.written(event.text);
      case 'logprobs':
        return this.written('', this.#legacyLogprobs(objectsIn(event.logprobs['content'])));
      case 'finish':
        this.#finish = event.reason === 'tool_calls' ? 'stop' : event.reason;
        return null;
      default:
        return null;
    }
  }

  /** The final choice, with the finish reason. */
  finalChoice(): JsonObject {
    // This dialect has no other way to express a refusal.
    const reason = this.#isRefused ? 'content_filter' : (this.#finish ?? 'stop');
    return { ...this.written(''), finish_reason: reason };
  }

  written(text: string, logprobs: JsonObject | null = null): JsonObject {
    return { text, index: this.index, logprobs, finish_reason: null };
  }

  /** Converts log probabilities to the legacy format of four parallel arrays; they follow their text. */
  #legacyLogprobs(tokens: readonly JsonObject[]): JsonObject {
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

/** Appends a piece of a choice to the whole: its text, and its log probabilities. */
export function appendPiece(whole: JsonObject, piece: JsonObject): void {
  whole['text'] = String(whole['text']) + (textOrNull(piece['text']) ?? '');
  if (!isObject(piece['logprobs'])) return;
  const known = objectOrEmpty(whole['logprobs']);
  const lists = Object.entries(piece['logprobs']).map(([name, list]) => {
    const before = Array.isArray(known[name]) ? (known[name] as unknown[]) : [];
    return [name, [...before, ...(list as unknown[])]] as const;
  });
  whole['logprobs'] = Object.fromEntries(lists);
}
