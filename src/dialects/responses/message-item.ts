import { objectsIn, type JsonObject } from '../json.js';
import type { Citation } from '../neutral/event.js';
import type { ItemStatus, OutputItem, ItemSlot } from './output-item.js';

type PartKind = 'output_text' | 'refusal';

interface OpenPart {
  readonly kind: PartKind;
  readonly index: number;
  readonly annotations: JsonObject[];
  /** Citations without an equivalent in OpenAI's format. */
  readonly others: JsonObject[];
  readonly logprobs: JsonObject[];
  text: string;
}

/** The output item of a message, with parts of text and refusals. */
export class MessageItem implements OutputItem {
  readonly #place: ItemSlot;
  readonly #content: JsonObject[] = [];
  #part: OpenPart | null = null;

  constructor(place: ItemSlot) {
    this.#place = place;
    place.added({ ...this.#head('in_progress'), content: [] });
  }

  addText(kind: PartKind, text: string): void {
    const part = this.#ensurePart(kind);
    part.text += text;
    const more = kind === 'output_text' ? { logprobs: [] } : {};
    this.#emit(`response.${kind}.delta`, part, { delta: text, ...more });
  }

  cite({ url, title, native }: Citation): void {
    const part = this.#ensurePart('output_text');
    if (url === null) {
      part.others.push(native);
      return;
    }
    const at = part.text.length;
    const annotation = {
      type: 'url_citation',
      url,
      title: title ?? url,
      start_index: at,
      end_index: at,
    };
    const more = { annotation_index: part.annotations.length, annotation };
    part.annotations.push(annotation);
    this.#emit('response.output_text.annotation.added', part, more);
  }

  /** Adds log probabilities. @param logprobs - in the format of Chat Completions */
  addLogprobs(logprobs: JsonObject): void {
    // They arrive after their text, so only the finished part can contain them.
    this.#ensurePart('output_text').logprobs.push(...objectsIn(logprobs['content']));
  }

  close(status: ItemStatus): JsonObject {
    this.#closePart();
    const item = { ...this.#head(status), content: this.#content };
    this.#place.done(item);
    return item;
  }

  #head(status: ItemStatus): JsonObject {
    return { id: this.#place.id, type: 'message', status, role: 'assistant' };
  }

  #ensurePart(kind: PartKind): OpenPart {
    if (this.#part?.kind === kind) return this.#part;
    this.#closePart();
    const index = this.#content.length;
    const part: OpenPart = { kind, index, annotations: [], others: [], logprobs: [], text: '' };
    this.#part = part;
    this.#emit('response.content_part.added', part, { part: writtenPart(part) });
    return part;
  }

  #closePart(): void {
    const part = this.#part;
    if (part === null) return;
    this.#part = null;
    const written = writtenPart(part);
    const end =
      part.kind === 'output_text'
        ? { text: part.text, logprobs: part.logprobs }
        : { refusal: part.text };
    this.#emit(`response.${part.kind}.done`, part, end);
    this.#emit('response.content_part.done', part, { part: written });
    this.#content.push(written);
  }

  #emit(type: string, { index }: OpenPart, more: JsonObject): void {
    this.#place.emit(type, { content_index: index, ...more });
  }
}

function writtenPart({ kind, text, annotations, others, logprobs }: OpenPart): JsonObject {
  if (kind === 'refusal') return { type: kind, refusal: text };
  return {
    type: kind,
    annotations: [...annotations],
    logprobs: [...logprobs],
    text,
    ...(others.length > 0 && { provider_annotations: others }),
  };
}
