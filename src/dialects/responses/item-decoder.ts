import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import type { Emit } from '../neutral/event.js';
import { argumentsOf } from './tools.js';

type TextKind = 'text' | 'refusal' | 'reasoning';

/**
 * Decodes one item of an output.
 *
 * Deltas are emitted as they arrive. The whole item follows at the end, and only what no delta contained is emitted then:
 * some servers send deltas for everything, some only for parts, some for nothing.
 */
export class ItemDecoder {
  readonly #emit: Emit;
  /** The call's number, if the item is a call. */
  readonly #call: number;
  /** Text emitted so far, by part. */
  readonly #emitted = new Map<string, string>();
  /** Number of citations emitted so far, by part. */
  readonly #cited = new Map<string, number>();
  readonly #hasLogprobs = new Set<string>();
  #announced = false;
  #isOver = false;

  constructor(emit: Emit, call: number) {
    this.#emit = emit;
    this.#call = call;
  }

  /** @param part - a unique key of the part within the item */
  addPiece(kind: TextKind, part: string, text: string): void {
    if (text === '') return;
    const emitted = this.#emitted.get(part);
    // Parts of a summary are paragraphs.
    if (kind === 'reasoning' && emitted === undefined && this.#emitted.size > 0)
      this.#emitText(kind, '\n\n');
    this.#emitted.set(part, (emitted ?? '') + text);
    this.#emitText(kind, text);
  }

  addArguments(text: string): void {
    if (text === '') return;
    this.#emitted.set('arguments', (this.#emitted.get('arguments') ?? '') + text);
    if (this.#announced) this.#emitArguments(text);
  }

  #emitArguments(text: string): void {
    this.#emit({ kind: 'arguments', choice: 0, call: this.#call, text });
  }

  cite(part: string, native: JsonObject): void {
    const citation = {
      url: textOrNull(native['url']),
      title: textOrNull(native['title']) ?? textOrNull(native['filename']),
      citedText: null,
      native,
    };
    this.#cited.set(part, (this.#cited.get(part) ?? 0) + 1);
    this.#emit({ kind: 'citation', choice: 0, citation });
  }

  addLogprobs(part: string, logprobs: unknown): void {
    const content = objectsIn(logprobs);
    if (content.length === 0) return;
    this.#hasLogprobs.add(part);
    this.#emit({ kind: 'logprobs', choice: 0, logprobs: { content, refusal: null } });
  }

  /** Emits the start of a call, which must precede its arguments. */
  begin(item: JsonObject): void {
    if (this.#announced || !isCall(item)) return;
    this.#announced = true;
    const id = textOrNull(item['call_id']) ?? textOrNull(item['id']) ?? `call_${this.#call}`;
    const name = textOrNull(item['name']) ?? '';
    this.#emit({ kind: 'call', choice: 0, call: this.#call, id, name });
    // Some servers send arguments before the function's name.
    const early = this.#emitted.get('arguments');
    if (early !== undefined) this.#emitArguments(early);
  }

  /** The item is complete. */
  end(item: JsonObject): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.begin(item);
    switch (item['type']) {
      case 'message':
        objectsIn(item['content']).forEach((part, i) => {
          this.#endPart(part, String(i));
        });
        return;
      case 'reasoning':
        this.#endReasoning(item);
        return;
      case 'function_call':
        this.addArguments(this.#rest('arguments', item['arguments']));
        return;
      case 'custom_tool_call':
        this.addArguments(this.#rest('arguments', argumentsOf(item['input'])));
        return;
      case 'image_generation_call':
        this.#emitImage(item);
        return;
      default:
        // Items of OpenAI's own tools cannot be expressed in other dialects.
        this.#emit({ kind: 'lost', choice: 0, part: 'server_tools' });
    }
  }

  #emitImage({ result, output_format: format }: JsonObject): void {
    const base64 = textOrNull(result);
    if (base64 === null) return;
    const url = `data:image/${textOrNull(format) ?? 'png'};base64,${base64}`;
    this.#emit({ kind: 'image', choice: 0, url });
  }

  #endPart(part: JsonObject, index: string): void {
    if (part['type'] === 'refusal') {
      this.addPiece('refusal', index, this.#rest(index, part['refusal']));
      return;
    }
    this.addPiece('text', index, this.#rest(index, part['text']));
    if (!this.#hasLogprobs.has(index)) this.addLogprobs(index, part['logprobs']);
    const remaining = objectsIn(part['annotations']).slice(this.#cited.get(index) ?? 0);
    for (const annotation of remaining) this.cite(index, annotation);
  }

  #endReasoning(item: JsonObject): void {
    for (const name of ['summary', 'content']) {
      objectsIn(item[name]).forEach((part, i) => {
        const key = `${name} ${i}`;
        this.addPiece('reasoning', key, this.#rest(key, part['text']));
      });
    }
    const signature = textOrNull(item['encrypted_content']);
    if (signature !== null) {
      this.#emit({ kind: 'signature', choice: 0, signature, vendor: 'openai' });
    }
  }

  /** The part of the whole text that was not streamed; empty if the whole does not begin with what was streamed. */
  #rest(part: string, whole: unknown): string {
    const text = textOrNull(whole) ?? '';
    const emitted = this.#emitted.get(part) ?? '';
    return text.startsWith(emitted) ? text.slice(emitted.length) : '';
  }

  #emitText(kind: TextKind, text: string): void {
    this.#emit({ kind, choice: 0, text });
  }
}

/** Whether an item is a call of one of the client's tools. */
export function isCall(item: unknown): boolean {
  if (!isObject(item)) return false;
  const { type } = objectOrEmpty(item);
  return type === 'function_call' || type === 'custom_tool_call';
}
