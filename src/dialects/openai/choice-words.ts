import type { JsonObject } from '../json.js';
import type { AnswerEvent, Citation } from '../neutral/event.js';
import type { Vendor } from '../neutral/part.js';
import { agreedFinish } from './finish.js';

/** Whose proof it is, in the words that clients know from elsewhere. */
const FORMATS: Readonly<Record<Vendor, string>> = {
  anthropic: 'anthropic-claude-v1',
  gemini: 'google-gemini-v1',
  openai: 'openai-responses-v1',
};

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

/** Says the events of one choice in OpenAI's words, whether as deltas or gathered in a message. */
export class ChoiceWords {
  readonly index: number;
  finish: Finish | null = null;
  #textChars = 0;
  #thought = '';
  #thoughts = 0;
  #calls = 0;
  /** Calls that have no arguments yet, by number. */
  readonly #bare = new Set<number>();

  constructor(index: number) {
    this.index = index;
  }

  get finishReason(): string | null {
    if (this.finish === null) return null;
    return agreedFinish(this.finish.reason, { toolCalls: this.#calls > 0, functionCall: false });
  }

  /** @returns the delta that says the event; `null` where deltas do not say it */
  deltaOf(event: AnswerEvent): JsonObject | null {
    switch (event.kind) {
      case 'text':
        this.#textChars += event.text.length;
        return { content: event.text };
      case 'refusal':
        return { refusal: event.text };
      case 'citation':
        return this.#cite(event.citation);
      case 'reasoning':
        this.#thought += event.text;
        return { reasoning_content: event.text };
      case 'signature': {
        const text = this.#thought;
        this.#thought = '';
        const format = FORMATS[event.vendor];
        return this.#detail({ type: 'reasoning.text', text, signature: event.signature, format });
      }
      case 'redacted':
        return this.#detail({
          type: 'reasoning.encrypted',
          data: event.data,
          format: FORMATS.anthropic,
        });
      case 'image':
        // OpenRouter's form, which clients that show pictures know.
        return { images: [{ type: 'image_url', image_url: { url: event.url } }] };
      case 'call':
        return this.#callDelta(event);
      case 'arguments':
        this.#bare.delete(event.call);
        return { tool_calls: [{ index: event.call, function: { arguments: event.text } }] };
      default:
        return null;
    }
  }

  /** What calls without arguments still need: a client parses `{}`, not nothing. */
  closing(): JsonObject | null {
    if (this.#bare.size === 0) return null;
    const calls = [...this.#bare].map((index) => ({ index, function: { arguments: '{}' } }));
    return { tool_calls: calls };
  }

  #callDelta({ call, id, name }: Extract<AnswerEvent, { kind: 'call' }>): JsonObject {
    this.#calls += 1;
    this.#bare.add(call);
    const item = { index: call, id, type: 'function', function: { name, arguments: '' } };
    return { tool_calls: [item] };
  }

  /** A client that sends these back lets the model go on from its own thoughts. */
  #detail(detail: JsonObject): JsonObject {
    const index = this.#thoughts;
    this.#thoughts += 1;
    return { reasoning_details: [{ ...detail, index }] };
  }

  #cite({ url, title, native }: Citation): JsonObject {
    if (url === null) return { provider_annotations: [native] };
    const at = this.#textChars;
    const cited = { url, title: title ?? url, start_index: at, end_index: at };
    return { annotations: [{ type: 'url_citation', url_citation: cited }] };
  }
}
