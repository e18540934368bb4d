import type { JsonObject } from '../json.js';
import type { ItemStatus, OutputItem, ItemSlot } from './output-item.js';

/**
 * The output item of reasoning. Its text is the summary, the only member that every client reads.
 *
 * Its signature is the `encrypted_content`.
 */
export class ReasoningItem implements OutputItem {
  readonly #place: ItemSlot;
  #text: string | null = null;
  #encrypted: string | null = null;

  constructor(place: ItemSlot) {
    this.#place = place;
    place.added({ id: place.id, type: 'reasoning', summary: [] });
  }

  addText(text: string): void {
    if (this.#text === null) {
      this.#emit('response.reasoning_summary_part.added', { part: partOf('') });
    }
    this.#text = (this.#text ?? '') + text;
    this.#emit('response.reasoning_summary_text.delta', { delta: text });
  }

  /** @param content - the `encrypted_content`, which the client sends back on the next turn */
  setEncryptedContent(content: string): void {
    this.#encrypted = content;
  }

  close(_status: ItemStatus): JsonObject {
    const text = this.#text;
    if (text !== null) {
      this.#emit('response.reasoning_summary_text.done', { text });
      this.#emit('response.reasoning_summary_part.done', { part: partOf(text) });
    }
    const item = {
      id: this.#place.id,
      type: 'reasoning',
      summary: text === null ? [] : [partOf(text)],
      ...(this.#encrypted !== null && { encrypted_content: this.#encrypted }),
    };
    this.#place.done(item);
    return item;
  }

  #emit(type: string, members: JsonObject): void {
    this.#place.emit(type, { summary_index: 0, ...members });
  }
}

function partOf(text: string): JsonObject {
  return { type: 'summary_text', text };
}
