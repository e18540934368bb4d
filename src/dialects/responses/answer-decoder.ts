import type { Usage } from '../../core/usage.js';
import { objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import type { Emit, FinishReason } from '../neutral/event.js';
import { readUsage } from '../openai/usage.js';
import { isCall, ItemDecoder } from './item-decoder.js';

/** Decodes a response into events, streamed or whole. */
export class AnswerDecoder {
  readonly #emit: Emit;
  readonly #items = new Map<number, ItemDecoder>();
  readonly #byId = new Map<string, ItemDecoder>();
  #started = false;
  #calls = 0;
  /** A finished response has been decoded. */
  isFinished = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** Decodes a stream event; unknown types, and those about OpenAI's own tools, are ignored. */
  decode(event: JsonObject): void {
    const { type } = event;
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
        this.#start(objectOrEmpty(event['response']));
        return;
      case 'response.output_item.added':
        this.#itemOf(event, event['item']).begin(objectOrEmpty(event['item']));
        return;
      case 'response.output_item.done':
        this.#itemOf(event, event['item']).end(objectOrEmpty(event['item']));
        return;
      case 'response.completed':
      case 'response.incomplete':
        this.decodeWhole(objectOrEmpty(event['response']));
        return;
      default:
        if (typeof type === 'string' && Object.hasOwn(ITEM_EVENTS, type)) {
          ITEM_EVENTS[type]?.(this.#itemOf(event), event);
        }
    }
  }

  /** Decodes a finished response: emits what has not been streamed before. */
  decodeWhole(response: JsonObject): void {
    this.#start(response);
    const items = objectsIn(response['output']);
    // Some servers number items differently while streaming; then only the id identifies what was streamed.
    const streamed = new Map(this.#byId);
    items.forEach((item, i) => {
      const known = this.#items.has(i) ? null : streamed.get(textOrNull(item['id']) ?? '');
      (known ?? this.#itemOf({ output_index: i }, item)).end(item);
    });
    const tier = textOrNull(response['service_tier']);
    // `auto` echoes the request; it is not the tier that was used.
    if (tier !== null && tier !== 'auto') this.#emit({ kind: 'tier', tier });
    const usage = usageOf(response['usage']);
    if (usage !== null) this.#emit({ kind: 'usage', usage });
    this.isFinished = true;
    const native = textOrNull(objectOrEmpty(response['incomplete_details'])['reason']);
    const reason = reasonOf(native, this.#calls > 0);
    this.#emit({ kind: 'finish', choice: 0, reason, stopSequence: null, native });
  }

  #start(response: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    this.#emit({
      kind: 'start',
      id: textOrNull(response['id']),
      model: textOrNull(response['model']),
      createdS: numberOr(response['created_at'], null),
    });
  }

  /** Looks an item up by its index, since some servers give an item another id in every event. */
  #itemOf({ output_index: index, item_id: itemId }: JsonObject, item?: unknown): ItemDecoder {
    const at = numberOr(index, 0);
    const id = textOrNull(itemId) ?? textOrNull(objectOrEmpty(item)['id']) ?? '';
    const known = this.#items.get(at);
    if (known !== undefined) return known;
    const decoder = new ItemDecoder(this.#emit, this.#calls);
    if (isCall(item)) this.#calls += 1;
    this.#items.set(at, decoder);
    if (id !== '') this.#byId.set(id, decoder);
    return decoder;
  }
}

/** Decoders of the events inside an item. */
const ITEM_EVENTS: Readonly<Record<string, (item: ItemDecoder, event: JsonObject) => void>> = {
  'response.output_text.delta': (item, event) => {
    item.addPiece('text', partOf(event), textIn(event));
    item.addLogprobs(partOf(event), event['logprobs']);
  },
  'response.refusal.delta': (item, event) => {
    item.addPiece('refusal', partOf(event), textIn(event));
  },
  'response.output_text.annotation.added': (item, event) => {
    item.cite(partOf(event), objectOrEmpty(event['annotation']));
  },
  'response.reasoning_summary_text.delta': (item, event) => {
    item.addPiece('reasoning', partOf(event, 'summary'), textIn(event));
  },
  'response.reasoning_text.delta': (item, event) => {
    item.addPiece('reasoning', partOf(event, 'content'), textIn(event));
  },
  'response.function_call_arguments.delta': (item, event) => {
    item.addArguments(textIn(event));
  },
};

function textIn({ delta }: JsonObject): string {
  return textOrNull(delta) ?? '';
}

function partOf(event: JsonObject, of = ''): string {
  const index = numberOr(event['summary_index'] ?? event['content_index'], 0);
  return of === '' ? String(index) : `${of} ${index}`;
}

function reasonOf(native: string | null, hasCalls: boolean): FinishReason {
  if (native === 'content_filter') return 'content_filter';
  if (native !== null) return 'length';
  return hasCalls ? 'tool_calls' : 'stop';
}

/** Token counts have the same meaning as in Chat Completions, but other names. */
function usageOf(value: unknown): Usage | null {
  const usage = objectOrEmpty(value);
  const reading = readUsage({
    prompt_tokens: usage['input_tokens'],
    completion_tokens: usage['output_tokens'],
    total_tokens: usage['total_tokens'],
    prompt_tokens_details: usage['input_tokens_details'],
    completion_tokens_details: usage['output_tokens_details'],
  });
  return reading?.usage ?? null;
}
