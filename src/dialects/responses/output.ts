import { readDataUrl } from '../json-members.js';
import type { JsonObject } from '../json.js';
import type { AnswerEvent } from '../neutral/event.js';
import { CallItem } from './call-item.js';
import { MessageItem } from './message-item.js';
import type { ItemStatus, OutputItem, Place } from './output-item.js';
import { sealed } from './proof.js';
import { ReasoningItem } from './reasoning-item.js';
import { ownNames, type OwnName } from './tools.js';

/** Takes the events of a response's items. */
export type TellItem = (type: string, members: JsonObject) => void;

type Call = Extract<AnswerEvent, { kind: 'call' }>;

/**
 * Puts what a model says into items, one after the other.
 *
 * Only calls may be open side by side: a provider that streams several at a time is not waited for.
 */
export class Output {
  readonly #responseId: string;
  readonly #ownName: (plain: string) => OwnName;
  readonly #tell: TellItem;
  readonly #items: (JsonObject | null)[] = [];
  /** The message or thought that is being told. */
  #open: { readonly index: number; readonly item: MessageItem | ReasoningItem } | null = null;
  readonly #calls = new Map<number, { readonly index: number; readonly item: CallItem }>();
  /** Open calls that may have become whole: looking at all of them whenever something begins takes too long where there are thousands. */
  readonly #grown = new Set<number>();

  /** @param tools - the client's, as it wrote them */
  constructor(responseId: string, tools: unknown, tell: TellItem) {
    this.#responseId = responseId;
    this.#ownName = ownNames(tools);
    this.#tell = tell;
  }

  /** All items, once `end` was called. */
  get items(): readonly JsonObject[] {
    return this.#items.filter((item) => item !== null);
  }

  add(event: AnswerEvent): void {
    switch (event.kind) {
      case 'text':
        this.#message().say('output_text', event.text);
        return;
      case 'refusal':
        this.#message().say('refusal', event.text);
        return;
      case 'citation':
        this.#message().cite(event.citation);
        return;
      case 'logprobs':
        this.#message().weigh(event.logprobs);
        return;
      case 'reasoning':
        this.#thought().think(event.text);
        return;
      case 'signature':
        this.#prove(sealed({ ...event, redacted: null }));
        return;
      case 'redacted':
        this.#closeOpen('completed');
        this.#prove(sealed({ signature: null, redacted: event.data, vendor: 'anthropic' }));
        return;
      case 'image':
        this.#draw(event.url);
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

  /** Everything has been added. @param status - of what was still being told */
  end(status: ItemStatus): void {
    this.#closeOpen(status);
    for (const { index, item } of this.#calls.values()) this.#items[index] = item.close(status);
    this.#calls.clear();
  }

  #message(): MessageItem {
    if (this.#open?.item instanceof MessageItem) return this.#open.item;
    return this.#begin('msg', (place) => new MessageItem(place));
  }

  #thought(): ReasoningItem {
    if (this.#open?.item instanceof ReasoningItem) return this.#open.item;
    return this.#begin('rs', (place) => new ReasoningItem(place));
  }

  /** A proof ends the thought that it belongs to. */
  #prove(content: string): void {
    this.#thought().prove(content);
    this.#closeOpen('completed');
  }

  #begin<Item extends MessageItem | ReasoningItem>(
    prefix: string,
    make: (place: Place) => Item,
  ): Item {
    this.#closeAll();
    const index = this.#items.push(null) - 1;
    const item = make(this.#placeAt(index, prefix));
    this.#open = { index, item };
    return item;
  }

  /** A picture is an item of its own, and whole at once. */
  #draw(url: string): void {
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

  /** Something else begins: what is complete is told to be, so that clients can run the tool. */
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

  #placeAt(index: number, prefix: string): Place {
    const id = `${prefix}_${this.#responseId.replace(/^resp_/, '')}_${index}`;
    return {
      id,
      added: (item) => {
        this.#tell('response.output_item.added', { output_index: index, item });
      },
      emit: (type, members) => {
        this.#tell(type, { item_id: id, output_index: index, ...members });
      },
      done: (item) => {
        this.#tell('response.output_item.done', { output_index: index, item });
      },
    };
  }
}
