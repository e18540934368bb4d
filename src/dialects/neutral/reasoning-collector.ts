import type { AnswerEvent } from './event.js';
import type { ReasoningPart } from './part.js';

/** Collects the signed reasoning of an answer, and the id of its first tool call. */
export class ReasoningCollector {
  readonly #thoughts: ReasoningPart[] = [];
  #text = '';
  #callId: string | null = null;

  add(event: AnswerEvent): void {
    switch (event.kind) {
      case 'reasoning':
        this.#text += event.text;
        return;
      case 'signature':
        this.#thoughts.push({
          ...BLANK,
          text: this.#text,
          signature: event.signature,
          vendor: event.vendor,
        });
        this.#text = '';
        return;
      case 'redacted':
        this.#thoughts.push({ ...BLANK, redacted: event.data });
        return;
      case 'call':
        this.#callId ??= event.id;
        return;
      default:
    }
  }

  /** `null` if there is no tool call, or no signed reasoning. */
  get collected(): { readonly callId: string; readonly thoughts: readonly ReasoningPart[] } | null {
    if (this.#callId === null || this.#thoughts.length === 0) return null;
    return { callId: this.#callId, thoughts: this.#thoughts };
  }
}

const BLANK: ReasoningPart = {
  kind: 'reasoning',
  text: '',
  signature: null,
  redacted: null,
  vendor: 'anthropic',
  at: 'kept by the gateway',
};
