import { readDataUrl } from '../json-members.js';
import type { JsonObject } from '../json.js';
import type { AnswerEvent } from '../neutral/event.js';
import { CallItem } from './call-item.js';
import { MessageItem } from './message-item.js';
import type { ItemStatus, OutputItem, ItemSlot } from './output-item.js';
import { encodeSignature } from './signature.js';
import { ReasoningItem } from './reasoning-item.js';
import { clientToolsByName, type ClientTool } from './tools.js';

/** Receives the events of a response's items. */
export type EmitItemEvent = (type: string, members: JsonObject) => void;

type Call = Extract<AnswerEvent, { kind: 'call' }>;

/**
 * Puts an answer's events into consecutive output items.
 *
 * Only calls may be open at the same time, for providers that stream several in parallel.
 */
export class Output {
  readonly #responseId: string;
  readonly #ownName: (plain: string) => ClientTool;
  readonly #emit: EmitItemEvent;
  readonly #items: (JsonObject | null)[] = [];
  /** The open message or reasoning item. */
  #open: { readonly index: number; readonly item: MessageItem | ReasoningItem } | null = null;
  readonly #calls = new Map<number, { readonly index: number; readonly item: CallItem }>();
  /** Open calls that may have become complete: checking all open calls whenever an item begins is too slow for thousands. */
  readonly #grown = new Set<number>();

  /** @param tools - the client's tools, as in its request */
  constructor(responseId: string, tools: unknown, emit: EmitItemEvent) {
    this.#responseId = responseId;
    this.#ownName = clientToolsByName(tools);
    this.#emit = emit;
  }

  /** All items, once `end` was called. */
  get items(): readonly JsonObject[] {
    return this.#items.filter((item) => item !== null);
  }

  add(event: AnswerEvent): void {
    switch (event.kind) {
      case 'text':
        this.#message().addText('output_text', event.text);
        return;
      case 'refusal':
        this.#message().addText('refusal', event.text);
        return;
      case 'citation':
        this.#message().cite(event.citation);
        return;
      case 'logprobs':
        this.#message().addLogprobs(event.logprobs);
        return;
      case 'reasoning':
        this.#reasoning().addText(event.text);
        return;
      case 'signature':
        this.#sign(encodeSignature({ ...event, redacted: null }));
        return;
      case 'redacted':
        this.#closeOpen('completed');
        this.#sign(encodeSignature({ signature: null, redacted: event.data, vendor: 'anthropic' }));
        return;
      case 'image':
        this.#image(event.url);
        return;
      case 'call':
        this.#call(event);
        return;
      case 'arguments':
        this.#calls.get(event.call)?.item.add(event.text);
        this.#grown.add(event.call);
        return;
      default:
    }
  }

  /** Closes all open items with this status. */
  end(status: ItemStatus): void {
    this.#closeOpen(status);
    for (const { index, item } of this.#calls.values()) this.#items[index] = item.close(status);
    this.#calls.clear();
  }

  #message(): MessageItem {
    if (this.#open?.item instanceof MessageItem) return this.#open.item;
    return this.#begin('msg', (place) => new MessageItem(place));
  }

  #reasoning(): ReasoningItem {
    if (this.#open?.item instanceof ReasoningItem) return this.#open.item;
    return this.#begin('rs', (place) => new ReasoningItem(place));
  }

  /** Adds a signature, which ends its reasoning item. */
  #sign(content: string): void {
    this.#reasoning().setEncryptedContent(content);
    this.#closeOpen('completed');
  }

  #begin<Item extends MessageItem | ReasoningItem>(
    prefix: string,
    make: (place: ItemSlot) => Item,
  ): Item {
    this.#closeAll();
    const index = this.#items.push(null) - 1;
    const item = make(this.#placeAt(index, prefix));
    this.#open = { index, item };
    return item;
  }

  /** Adds an image, which is a complete item of its own. */
  #image(url: string): void {
    const image = readDataUrl(url);
    if (image === null) return;
    this.#closeAll();
    const index = this.#items.push(null) - 1;
    const place = this.#placeAt(index, 'ig');
    const item = { id: place.id, type: 'image_generation_call' };
    place.added({ ...item, status: 'in_progress', result: null });
    const whole = { ...item, status: 'completed', result: image.base64 };
    place.done(whole);
    this.#items[index] = whole;
  }

  #call({ call, id, name }: Call): void {
    this.#closeAll();
    const own = this.#ownName(name);
    const index = this.#items.push(null) - 1;
    const place = this.#placeAt(index, own.kind === 'custom' ? 'ctc' : 'fc');
    this.#calls.set(call, { index, item: new CallItem(place, id, own) });
  }

  /** Closes complete items when another one begins, so that clients can already run tools. */
  #closeAll(): void {
    this.#closeOpen('completed');
    for (const call of this.#grown) {
      const open = this.#calls.get(call);
      if (open?.item.isWhole !== true) continue;
      this.#items[open.index] = open.item.close('completed');
      this.#calls.delete(call);
    }
    this.#grown.clear();
  }

  #closeOpen(status: ItemStatus): void {
    if (this.#open === null) return;
    const { index, item } = this.#open;
    this.#open = null;
    this.#items[index] = (item satisfies OutputItem).close(status);
  }

  #placeAt(index: number, prefix: string): ItemSlot {
    const id = `${prefix}_${this.#responseId.replace(/^resp_/, '')}_${index}`;
    return {
      id,
      added: (item) => {
        this.#emit('response.output_item.added', { output_index: index, item });
      },
      emit: (type, members) => {
        this.#emit(type, { item_id: id, output_index: index, ...members });
      },
      done: (item) => {
        this.#emit('response.output_item.done', { output_index: index, item });
      },
    };
  }
}
