import type { JsonObject } from '../json.js';
import { isObject, lookup, objectOrEmpty, objectsIn, textOrNull } from '../json.js';
import { numberOr, textsIn } from '../json-members.js';
import type { Emit, FinishReason } from '../neutral/event.js';
import { vendorOf } from './neutral-turns.js';
import { reasoningText } from './content.js';
import { readUsage } from './usage.js';

/** What OpenAI serves requests as; some of its imitators have words of their own. */
const TIERS = lookup({
  default: 'default',
  flex: 'flex',
  priority: 'priority',
  scale: 'scale',
  // Groq's and others' words for what is not bought beforehand.
  on_demand: 'default',
  standard: 'default',
});

/**
 * Tells what a chunk, or a whole answer, says.
 *
 * Both must keep OpenAI's rules already: calls numbered, names and ids in the first delta of a call.
 */
export class AnswerTeller {
  readonly #emit: Emit;
  #started = false;
  #tierTold: string | null = null;
  /** Addresses of what was cited for the whole answer. */
  readonly #cited = new Set<string>();
  /** Calls of the older form that have begun, by choice: they have no id that tells so. */
  readonly #legacyCalls = new Set<number>();

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  /** @param told - a chunk whose choices have deltas, or an answer whose choices have messages */
  tell(told: JsonObject): void {
    if (!this.#started) this.#start(told);
    const tier = textOrNull(told['service_tier']);
    if (tier !== null) this.#tier(tier);
    for (const choice of objectsIn(told['choices'])) this.#choice(choice);
    this.#sources(told);
    const reading = readUsage(told['usage']);
    if (reading !== null) this.#emit({ kind: 'usage', usage: reading.usage });
  }

  #start(told: JsonObject): void {
    this.#started = true;
    this.#emit({
      kind: 'start',
      id: textOrNull(told['id']),
      model: textOrNull(told['model']),
      createdS: numberOr(told['created'], null),
    });
  }

  /** Every chunk repeats it. */
  #tier(tier: string): void {
    // What was asked for, not what it was served as.
    if (tier === this.#tierTold || tier === 'auto') return;
    this.#tierTold = tier;
    this.#emit({ kind: 'tier', tier: TIERS[tier] ?? null });
  }

  /** Perplexity names what it has read beside the choices, in every chunk anew. */
  #sources(told: JsonObject): void {
    const results = objectsIn(told['search_results']);
    const urls = results.length > 0 ? [] : textsIn(told['citations']);
    for (const native of [...results, ...urls.map((url): JsonObject => ({ url }))]) {
      const url = textOrNull(native['url']);
      if (url === null || this.#cited.has(url)) continue;
      this.#cited.add(url);
      const title = textOrNull(native['title']);
      const citation = { url, title, citedText: textOrNull(native['snippet']), native };
      this.#emit({ kind: 'citation', choice: 0, citation });
    }
  }

  #choice(choice: JsonObject): void {
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
      this.#call(call, at, i);
    });
    if (isObject(message['function_call'])) this.#legacyCall(message['function_call'], at);
    const { logprobs } = choice;
    if (isObject(logprobs)) this.#emit({ kind: 'logprobs', choice: at, logprobs });
    this.#finish(choice, at);
  }

  #reasoning(message: JsonObject, choice: number): void {
    const text = reasoningText(message);
    if (text !== '') this.#emit({ kind: 'reasoning', choice, text });
    for (const detail of objectsIn(message['reasoning_details'])) this.#proof(detail, choice);
  }

  /** What proves a thought goes back to its own vendor only; of one that is not known it proves nothing. */
  #proof(detail: JsonObject, choice: number): void {
    const vendor = vendorOf(detail);
    const data = textOrNull(detail['data']);
    if (data !== null) {
      // Others seal thoughts for the account that had them, which is the provider's and not the gateway's.
      if (vendor === 'anthropic') this.#emit({ kind: 'redacted', choice, data });
      else this.#emit({ kind: 'lost', choice, part: 'reasoning' });
    }
    const signature = textOrNull(detail['signature']);
    if (signature === null || vendor === null) return;
    this.#emit({ kind: 'signature', choice, signature, vendor });
  }

  #citations(message: JsonObject, choice: number): void {
    for (const native of objectsIn(message['annotations'])) {
      const cited = objectOrEmpty(native['url_citation']);
      const citation = {
        url: textOrNull(cited['url']),
        title: textOrNull(cited['title']),
        citedText: null,
        native,
      };
      this.#emit({ kind: 'citation', choice, citation });
    }
  }

  #call(item: JsonObject, choice: number, position: number): void {
    const call = numberOr(item['index'], position);
    const called = objectOrEmpty(item['function'] ?? item['custom']);
    const id = textOrNull(item['id']);
    const name = textOrNull(called['name']);
    if (id !== null && name !== null) this.#emit({ kind: 'call', choice, call, id, name });
    const text = textOrNull(called['arguments']) ?? textOrNull(called['input']);
    if (text !== null) this.#emit({ kind: 'arguments', choice, call, text });
  }

  #legacyCall(called: JsonObject, choice: number): void {
    const name = textOrNull(called['name']);
    if (name !== null && !this.#legacyCalls.has(choice)) {
      this.#legacyCalls.add(choice);
      // Results of this form are found by the function's name.
      this.#emit({ kind: 'call', choice, call: 0, id: name, name });
    }
    const text = textOrNull(called['arguments']);
    if (text !== null) this.#emit({ kind: 'arguments', choice, call: 0, text });
  }

  #finish(choice: JsonObject, at: number): void {
    const told = textOrNull(choice['finish_reason']);
    if (told === null) return;
    const native = textOrNull(choice['native_finish_reason']) ?? told;
    const reason = told === 'function_call' ? 'tool_calls' : (told as FinishReason);
    // vLLM names the sequence that it stopped at.
    const stopSequence = textOrNull(choice['stop_reason']);
    this.#emit({ kind: 'finish', choice: at, reason, stopSequence, native });
  }
}
