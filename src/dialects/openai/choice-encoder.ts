import type { JsonObject } from '../json.js';
import type { AnswerEvent, Citation } from '../neutral/event.js';
import type { Vendor } from '../neutral/part.js';
import { reconcileFinish } from './finish.js';

/** The `format` of a signature by vendor, as OpenRouter names it. */
const FORMATS: Readonly<Record<Vendor, string>> = {
  anthropic: 'anthropic-claude-v1',
  gemini: 'google-gemini-v1',
  openai: 'openai-responses-v1',
};

type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

/** Encodes the events of one choice as OpenAI's deltas, to be streamed or joined into a message. */
export class ChoiceEncoder {
  readonly index: number;
  finish: Finish | null = null;
  #textChars = 0;
  #reasoningText = '';
  #detailCount = 0;
  #callCount = 0;
  /** Calls that have no arguments yet, by number. */
  readonly #withoutArguments = new Set<number>();

  constructor(index: number) {
    this.index = index;
  }

  get finishReason(): string | null {
    if (this.finish === null) return null;
    return reconcileFinish(this.finish.reason, {
      toolCalls: this.#callCount > 0,
      functionCall: false,
    });
  }

  /** @returns the delta for an event; `null` if deltas do not express it */
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
        this.#reasoningText += event.text;
        return { reasoning_content: event.text };
      case 'signature': {
        const text = this.#reasoningText;
        this.#reasoningText = '';
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
        // OpenRouter's format, which clients that display images understand.
        return { images: [{ type: 'image_url', image_url: { url: event.url } }] };
      case 'call':
        return this.#callDelta(event);
      case 'arguments':
        this.#withoutArguments.delete(event.call);
        return { tool_calls: [{ index: event.call, function: { arguments: event.text } }] };
      default:
        return null;
    }
  }

  /** The delta that completes calls without arguments: clients need `{}`, since they cannot parse an empty string. */
  closing(): JsonObject | null {
    if (this.#withoutArguments.size === 0) return null;
    const calls = [...this.#withoutArguments].map((index) => ({
      index,
      function: { arguments: '{}' },
    }));
    return { tool_calls: calls };
  }

  #callDelta({ call, id, name }: Extract<AnswerEvent, { kind: 'call' }>): JsonObject {
    this.#callCount += 1;
    this.#withoutArguments.add(call);
    const item = { index: call, id, type: 'function', function: { name, arguments: '' } };
    return { tool_calls: [item] };
  }

  /** If the client sends it back, the model can continue from its own reasoning. */
  #detail(detail: JsonObject): JsonObject {
    const index = this.#detailCount;
    this.#detailCount += 1;
    return { reasoning_details: [{ ...detail, index }] };
  }

  #cite({ url, title, native }: Citation): JsonObject {
    if (url === null) return { provider_annotations: [native] };
    const at = this.#textChars;
    const urlCitation = { url, title: title ?? url, start_index: at, end_index: at };
    return { annotations: [{ type: 'url_citation', url_citation: urlCitation }] };
  }
}
