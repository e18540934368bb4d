import { exactJson } from '../exact-json.js';
import { parsedObject } from '../json-members.js';
import { isObject, objectOrEmpty, without, type JsonObject } from '../json.js';
import { SseReader, type SseEvent } from '../sse.js';
import { isCacheableBlock } from './cacheable-block.js';

/** The text members that deltas append to, by type of delta. */
const GROWING: Readonly<Record<string, Growing>> = {
  text_delta: { type: 'text', name: 'text' },
  thinking_delta: { type: 'thinking', name: 'thinking' },
  signature_delta: { type: 'thinking', name: 'signature' },
};

interface Growing {
  /** The block's type. */
  readonly type: string;
  readonly name: string;
}

/**
 * Joins a complete stream into the message that a request without `stream` would have got.
 *
 * @returns `null` if the stream is not complete, or something in it has no known equivalent in a message:
 *   better none than an incomplete one
 */
export function joinStream(parts: readonly Buffer[]): Buffer | null {
  const whole = new Assembly();
  const reader = new SseReader((event) => {
    whole.take(event);
  });
  for (const part of parts) reader.push(part);
  return whole.finish();
}

class Assembly {
  #message: JsonObject | null = null;
  readonly #content: JsonObject[] = [];
  #block: JsonObject | null = null;
  #input = '';
  #isEnding = false;
  #isDone = false;
  #isUnknown = false;

  take({ bytes, start, end }: SseEvent): void {
    const event = parsedObject(bytes.toString('utf8', start, end));
    // Pings are ignored.
    if (event?.['type'] === 'ping') return;
    if (event === null || this.#isDone || !this.#accept(event)) this.#isUnknown = true;
  }

  finish(): Buffer | null {
    const message = this.#message;
    if (message === null || !this.#isDone || this.#isUnknown) return null;
    return Buffer.from(exactJson({ ...message, content: this.#content }));
  }

  /** @returns `false` for an unknown or misplaced event */
  #accept(event: JsonObject): boolean {
    switch (event['type']) {
      case 'message_start':
        return this.#start(event['message']);
      case 'content_block_start':
        return this.#open(event['index'], event['content_block']);
      case 'content_block_delta':
        return this.#isOpen(event['index']) && this.#grow(objectOrEmpty(event['delta']));
      case 'content_block_stop':
        return this.#isOpen(event['index']) && this.#close();
      case 'message_delta':
        return this.#end(event);
      case 'message_stop':
        this.#isDone = true;
        return this.#isEnding;
      default:
        return false;
    }
  }

  #start(message: unknown): boolean {
    if (this.#message !== null || !isObject(message)) return false;
    this.#message = message;
    const { content } = message;
    return Array.isArray(content) && content.length === 0;
  }

  #open(index: unknown, block: unknown): boolean {
    if (this.#message === null || this.#isEnding || this.#block !== null) return false;
    if (index !== this.#content.length || !isObject(block) || !isCacheableBlock(block))
      return false;
    this.#block = { ...block };
    this.#input = '';
    this.#content.push(this.#block);
    return true;
  }

  #isOpen(index: unknown): boolean {
    return this.#block !== null && index === this.#content.length - 1;
  }

  #grow(delta: JsonObject): boolean {
    const block = this.#block ?? {};
    const kind = String(delta['type']);
    const grows = Object.hasOwn(GROWING, kind) ? GROWING[kind] : undefined;
    if (grows !== undefined) return grow(block, delta, grows);
    if (kind === 'citations_delta') return cite(block, delta['citation']);
    const { partial_json: json } = delta;
    if (kind !== 'input_json_delta' || block['type'] !== 'tool_use') return false;
    if (typeof json !== 'string') return false;
    this.#input += json;
    return true;
  }

  #close(): boolean {
    const block = this.#block;
    this.#block = null;
    if (block === null || this.#input === '') return true;
    const input = parsedObject(this.#input);
    block['input'] = input;
    return input !== null;
  }

  /** For each member of the usage, the value at the end overrides the one at the start. */
  #end(event: JsonObject): boolean {
    const message = this.#message;
    if (message === null || this.#block !== null) return false;
    const { delta, usage } = event;
    const others = Object.values(without(event, ['type', 'delta', 'usage']));
    if (!isObject(delta) || others.some((value) => value !== null)) return false;
    Object.assign(message, delta, {
      usage: { ...objectOrEmpty(message['usage']), ...withoutNulls(usage) },
    });
    this.#isEnding = true;
    return true;
  }
}

function grow(block: JsonObject, delta: JsonObject, { type, name }: Growing): boolean {
  const [before = '', more] = [block[name], delta[name]];
  if (block['type'] !== type || typeof before !== 'string' || typeof more !== 'string')
    return false;
  block[name] = before + more;
  return true;
}

function cite(block: JsonObject, citation: unknown): boolean {
  if (block['type'] !== 'text' || !isObject(citation)) return false;
  const known = Array.isArray(block['citations']) ? (block['citations'] as unknown[]) : [];
  block['citations'] = [...known, citation];
  return true;
}

function withoutNulls(usage: unknown): JsonObject {
  const entries = Object.entries(objectOrEmpty(usage));
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
