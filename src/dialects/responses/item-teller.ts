import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import type { Emit } from '../neutral/event.js';
import { argumentsOf } from './tools.js';

type Words = 'text' | 'refusal' | 'reasoning';

/**
 * Tells what one item of an output says.
 *
 * Pieces are told as they come. The whole item comes at the end as well, and only what no piece has told is
 * told then: some servers send no pieces of some things, some send all of them, some nothing else.
 */
export class ItemTeller {
  readonly #emit: Emit;
  /** The number of the call, for an item that is one. */
  readonly #call: number;
  /** Told so far, by part. */
  readonly #told = new Map<string, string>();
  /** Sources told so far, by part. */
  readonly #cited = new Map<string, number>();
  readonly #weighed = new Set<string>();
  #announced = false;
  #isOver = false;

  constructor(emit: Emit, call: number) {
    this.#emit = emit;
    this.#call = call;
  }

  /** @param part - names the part of the item: two never have the same name */
  piece(words: Words, part: string, text: string): void {
    if (text === '') return;
    const told = this.#told.get(part);
    // Summaries come in paragraphs.
    if (words === 'reasoning' && told === undefined && this.#told.size > 0)
      this.#say(words, '\n\n');
    this.#told.set(part, (told ?? '') + text);
    this.#say(words, text);
  }

  arguments(text: string): void {
    if (text === '') return;
    this.#told.set('arguments', (this.#told.get('arguments') ?? '') + text);
    if (this.#announced) this.#argue(text);
  }

  #argue(text: string): void {
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

  weigh(part: string, logprobs: unknown): void {
    const content = objectsIn(logprobs);
    if (content.length === 0) return;
    this.#weighed.add(part);
    this.#emit({ kind: 'logprobs', choice: 0, logprobs: { content, refusal: null } });
  }

  /** A call is announced by its item, before its arguments. */
  begin(item: JsonObject): void {
    if (this.#announced || !isCall(item)) return;
    this.#announced = true;
    const id = textOrNull(item['call_id']) ?? textOrNull(item['id']) ?? `call_${this.#call}`;
    const name = textOrNull(item['name']) ?? '';
    this.#emit({ kind: 'call', choice: 0, call: this.#call, id, name });
    // Some servers send arguments before they say what is called.
    const early = this.#told.get('arguments');
    if (early !== undefined) this.#argue(early);
  }

  /** The item is whole. */
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
        this.#endThought(item);
        return;
      case 'function_call':
        this.arguments(this.#rest('arguments', item['arguments']));
        return;
      case 'custom_tool_call':
        this.arguments(this.#rest('arguments', argumentsOf(item['input'])));
        return;
      case 'image_generation_call':
        this.#drawn(item);
        return;
      default:
        // What OpenAI's own tools did on the way to the answer: other dialects have no word for it.
        this.#emit({ kind: 'lost', choice: 0, part: 'server_tools' });
    }
  }

  #drawn({ result, output_format: format }: JsonObject): void {
    const base64 = textOrNull(result);
    if (base64 === null) return;
    const url = `data:image/${textOrNull(format) ?? 'png'};base64,${base64}`;
    this.#emit({ kind: 'image', choice: 0, url });
  }

  #endPart(part: JsonObject, index: string): void {
    if (part['type'] === 'refusal') {
      this.piece('refusal', index, this.#rest(index, part['refusal']));
      return;
    }
    this.piece('text', index, this.#rest(index, part['text']));
    if (!this.#weighed.has(index)) this.weigh(index, part['logprobs']);
    const untold = objectsIn(part['annotations']).slice(this.#cited.get(index) ?? 0);
    for (const annotation of untold) this.cite(index, annotation);
  }

  #endThought(item: JsonObject): void {
    for (const name of ['summary', 'content']) {
      objectsIn(item[name]).forEach((part, i) => {
        const key = `${name} ${i}`;
        this.piece('reasoning', key, this.#rest(key, part['text']));
      });
    }
    const signature = textOrNull(item['encrypted_content']);
    if (signature !== null) {
      this.#emit({ kind: 'signature', choice: 0, signature, vendor: 'openai' });
    }
  }

  /** Where the whole does not begin with what was told, nothing that could be added makes it so. */
  #rest(part: string, whole: unknown): string {
    const text = textOrNull(whole) ?? '';
    const told = this.#told.get(part) ?? '';
    return text.startsWith(told) ? text.slice(told.length) : '';
  }

  #say(words: Words, text: string): void {
    this.#emit({ kind: words, choice: 0, text });
  }
}

/** Tells an item that calls a tool of the client's. */
export function isCall(item: unknown): boolean {
  if (!isObject(item)) return false;
  const { type } = objectOrEmpty(item);
  return type === 'function_call' || type === 'custom_tool_call';
}
