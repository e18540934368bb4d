import type { JsonObject } from '../json.js';
import { isObject, lookup, objectOrEmpty, objectsIn, textOrNull } from '../json.js';
import { numberOr, textsIn } from '../json-members.js';
import type { Emit, FinishReason } from '../neutral/event.js';
import { vendorOf } from './neutral-turns.js';
import { reasoningText } from './content.js';
import { readUsage } from './usage.js';

/** Service tiers by the names that OpenAI and compatible APIs report. */
const TIERS = lookup({
  default: 'default',
  flex: 'flex',
  priority: 'priority',
  scale: 'scale',
  // Groq's and others' names for the default tier.
  on_demand: 'default',
  standard: 'default',
});

/**
 * Decodes a chunk, or a whole answer, into events.
 *
 * Both must already be normalised: calls are numbered, and the first delta of a call has its id and name.
 */
export class AnswerDecoder {
  readonly #emit: Emit;
  #started = false;
  #lastTier: string | null = null;
  /** The URLs cited for the whole answer. */
  readonly #cited = new Set<string>();
  /** The choices whose legacy `function_call` has begun: such calls have no id to tell by. */
  readonly #legacyCalls = new Set<number>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** @param answer - a chunk whose choices have deltas, or an answer whose choices have messages */
  decode(answer: JsonObject): void {
    if (!this.#started) this.#start(answer);
    const tier = textOrNull(answer['service_tier']);
    if (tier !== null) this.#tier(tier);
    for (const choice of objectsIn(answer['choices'])) this.#decodeChoice(choice);
    this.#searchSources(answer);
    const reading = readUsage(answer['usage']);
    if (reading !== null) this.#emit({ kind: 'usage', usage: reading.usage });
  }

  #start(answer: JsonObject): void {
    this.#started = true;
    this.#emit({
      kind: 'start',
      id: textOrNull(answer['id']),
      model: textOrNull(answer['model']),
      createdS: numberOr(answer['created'], null),
    });
  }

  /** Emits the tier once: every chunk repeats it. */
  #tier(tier: string): void {
    // `auto` echoes the request; it is not the tier that was used.
    if (tier === this.#lastTier || tier === 'auto') return;
    this.#lastTier = tier;
    this.#emit({ kind: 'tier', tier: TIERS[tier] ?? null });
  }

  /** Perplexity lists its sources outside the choices, again in every chunk. */
  #searchSources(answer: JsonObject): void {
    const results = objectsIn(answer['search_results']);
    const urls = results.length > 0 ? [] : textsIn(answer['citations']);
    for (const native of [...results, ...urls.map((url): JsonObject => ({ url }))]) {
      const url = textOrNull(native['url']);
      if (url === null || this.#cited.has(url)) continue;
      this.#cited.add(url);
      const title = textOrNull(native['title']);
      const citation = { url, title, citedText: textOrNull(native['snippet']), native };
      this.#emit({ kind: 'citation', choice: 0, citation });
    }
  }

  #decodeChoice(choice: JsonObject): void {
    const at = numberOr(choice['index'], 0);
    const message = objectOrEmpty(choice['delta'] ?? choice['message']);
    this.#reasoning(message, at);
    const text = textOrNull(message['content']);
    if (text !== null) this.#emit({ kind: 'text', choice: at, text });
    const refusal = textOrNull(message['refusal']);
    if (refusal !== null) this.#emit({ kind: 'refusal', choice: at, text: refusal });
    this.#citations(message, at);
    for (const { image_url: image } of objectsIn(message['images'])) {
      const url = textOrNull(objectOrEmpty(image)['url']);
      if (url !== null) this.#emit({ kind: 'image', choice: at, url });
    }
    if (isObject(message['audio'])) this.#emit({ kind: 'lost', choice: at, part: 'audio' });
    objectsIn(message['tool_calls']).forEach((call, i) => {
      this.#decodeCall(call, at, i);
    });
    if (isObject(message['function_call'])) this.#decodeLegacyCall(message['function_call'], at);
    const { logprobs } = choice;
    if (isObject(logprobs)) this.#emit({ kind: 'logprobs', choice: at, logprobs });
    this.#finish(choice, at);
  }

  #reasoning(message: JsonObject, choice: number): void {
    const text = reasoningText(message);
    if (text !== '') this.#emit({ kind: 'reasoning', choice, text });
    for (const detail of objectsIn(message['reasoning_details'])) this.#signature(detail, choice);
  }

  /** Signatures are only valid at their own vendor; those of unknown vendors are dropped. */
  #signature(detail: JsonObject, choice: number): void {
    const vendor = vendorOf(detail);
    const data = textOrNull(detail['data']);
    if (data !== null) {
      // Other vendors encrypt reasoning for the account that requested it, which is not the gateway's here.
      if (vendor === 'anthropic') this.#emit({ kind: 'redacted', choice, data });
      else this.#emit({ kind: 'lost', choice, part: 'reasoning' });
    }
    const signature = textOrNull(detail['signature']);
    if (signature === null || vendor === null) return;
    this.#emit({ kind: 'signature', choice, signature, vendor });
  }

  #citations(message: JsonObject, choice: number): void {
    for (const native of objectsIn(message['annotations'])) {
      const urlCitation = objectOrEmpty(native['url_citation']);
      const citation = {
        url: textOrNull(urlCitation['url']),
        title: textOrNull(urlCitation['title']),
        citedText: null,
        native,
      };
      this.#emit({ kind: 'citation', choice, citation });
    }
  }

  #decodeCall(item: JsonObject, choice: number, position: number): void {
    const call = numberOr(item['index'], position);
    const fn = objectOrEmpty(item['function'] ?? item['custom']);
    const id = textOrNull(item['id']);
    const name = textOrNull(fn['name']);
    if (id !== null && name !== null) this.#emit({ kind: 'call', choice, call, id, name });
    const text = textOrNull(fn['arguments']) ?? textOrNull(fn['input']);
    if (text !== null) this.#emit({ kind: 'arguments', choice, call, text });
  }

  #decodeLegacyCall(fn: JsonObject, choice: number): void {
    const name = textOrNull(fn['name']);
    if (name !== null && !this.#legacyCalls.has(choice)) {
      this.#legacyCalls.add(choice);
      // Results of this legacy form refer to the function's name.
      this.#emit({ kind: 'call', choice, call: 0, id: name, name });
    }
    const text = textOrNull(fn['arguments']);
    if (text !== null) this.#emit({ kind: 'arguments', choice, call: 0, text });
  }

  #finish(choice: JsonObject, at: number): void {
    const finishReason = textOrNull(choice['finish_reason']);
    if (finishReason === null) return;
    const native = textOrNull(choice['native_finish_reason']) ?? finishReason;
    const reason = finishReason === 'function_call' ? 'tool_calls' : (finishReason as FinishReason);
    // vLLM reports the stop sequence here.
    const stopSequence = textOrNull(choice['stop_reason']);
    this.#emit({ kind: 'finish', choice: at, reason, stopSequence, native });
  }
}
