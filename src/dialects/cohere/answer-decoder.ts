import { GatewayError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import {
  isObject,
  lookup,
  objectOrEmpty,
  objectsIn,
  textOrNull,
  type JsonObject,
} from '../json.js';
import { numberOr } from '../json-members.js';
import type { Emit, FinishReason } from '../neutral/event.js';
import { callId } from '../openai/identity.js';

const REASONS = lookup<FinishReason>({
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
  // From version 1 of the API, in case it is still sent.
  ERROR_TOXIC: 'content_filter',
});
/** Finish reasons that mean that there is no answer. */
const FAILURES = new Set(['ERROR', 'ERROR_LIMIT', 'TIMEOUT']);

/** Decodes the parts of an answer into events, streamed or whole. */
export class AnswerDecoder {
  readonly #emit: Emit;
  readonly #seed: string;
  /** Call numbers by their index in the stream. */
  readonly #open = new Map<unknown, number>();
  readonly #ids = new Set<string>();
  #calls = 0;
  /** A finish reason was received; without one an answer is not complete. */
  isFinished = false;

  /** @param seed - unique per answer; missing ids are derived from it */
  constructor(emit: Emit, seed: string) {
    this.#emit = emit;
    this.#seed = seed;
  }

  start(id: unknown): void {
    this.#emit({ kind: 'start', id: textOrNull(id), model: null, createdS: null });
  }

  /** @param content - a block of text or reasoning, or the next piece of one */
  content(content: JsonObject): void {
    this.#text(content['text']);
    const thought = textOrNull(content['thinking']);
    if (thought !== null) this.#emit({ kind: 'reasoning', choice: 0, text: thought });
  }

  /** Decodes `tool_plan`: the model's text before tool calls, separate from its content. */
  plan(text: unknown): void {
    this.#text(text);
  }

  /** @param key - identifies the call in `addArguments` */
  call(key: unknown, native: JsonObject): void {
    const fn = objectOrEmpty(native['function']);
    const call = this.#calls++;
    this.#open.set(key, call);
    const rawId = textOrNull(native['id']);
    // Results are matched to calls by id, so ids must be unique.
    const isUnique = rawId !== null && !this.#ids.has(rawId);
    const id = isUnique ? rawId : callId(this.#seed, 0, call);
    this.#ids.add(id);
    this.#emit({ kind: 'call', choice: 0, call, id, name: textOrNull(fn['name']) ?? '' });
    this.addArguments(key, native);
  }

  addArguments(key: unknown, native: JsonObject): void {
    const call = this.#open.get(key);
    const text = textOrNull(objectOrEmpty(native['function'])['arguments']);
    // A call without arguments has an empty string or `null`.
    if (call === undefined || text === null || text === 'null') return;
    this.#emit({ kind: 'arguments', choice: 0, call, text });
  }

  cite(native: JsonObject): void {
    const [source] = objectsIn(native['sources']);
    const document = objectOrEmpty(source?.['document']);
    const citation = {
      url: textOrNull(document['url']),
      title: textOrNull(document['title']) ?? textOrNull(source?.['id']),
      citedText: textOrNull(native['text']),
      native,
    };
    this.#emit({ kind: 'citation', choice: 0, citation });
  }

  /** @throws {GatewayError} `upstream_failed` if the reason is that there is no answer */
  finish({ finish_reason: finishReason, usage, error }: JsonObject): void {
    const native = textOrNull(finishReason);
    if (native !== null && FAILURES.has(native)) {
      const why = textOrNull(error) ?? `The provider ended its answer with ${native}.`;
      throw new GatewayError('upstream_failed', why);
    }
    const counted = readUsage(usage);
    if (counted !== null) this.#emit({ kind: 'usage', usage: counted });
    if (native === null) return;
    this.isFinished = true;
    const reason = REASONS[native] ?? 'stop';
    this.#emit({ kind: 'finish', choice: 0, reason, stopSequence: null, native });
  }

  #text(value: unknown): void {
    const text = textOrNull(value);
    if (text !== null) this.#emit({ kind: 'text', choice: 0, text });
  }
}

/** Decodes a whole answer. */
export function decodeWhole(answer: JsonObject, decoder: AnswerDecoder): void {
  const message = answer['message'];
  if (!isObject(message)) {
    throw new GatewayError('upstream_failed', 'The provider sent an answer without any message.');
  }
  decoder.start(answer['id']);
  decoder.plan(message['tool_plan']);
  for (const block of objectsIn(message['content'])) decoder.content(block);
  objectsIn(message['tool_calls']).forEach((call, i) => {
    decoder.call(i, call);
  });
  for (const citation of objectsIn(message['citations'])) decoder.cite(citation);
  decoder.finish({ finish_reason: 'COMPLETE', ...answer });
}

/**
 * Reads the billed token counts (`billed_units`) if there are any: `tokens` includes the prompt template, which is free.
 * Cached tokens are reduced by the template's as well.
 */
function readUsage(value: unknown): Usage | null {
  const usage = objectOrEmpty(value);
  const all = objectOrEmpty(usage['tokens']);
  const billed = objectOrEmpty(usage['billed_units']);
  const count = (from: JsonObject, name: string): number => Math.max(0, numberOr(from[name], 0));
  const input = count(billed, 'input_tokens') || count(all, 'input_tokens');
  const output = count(billed, 'output_tokens') || count(all, 'output_tokens');
  if (input + output === 0) return null;
  const template = Math.max(0, count(all, 'input_tokens') - input);
  const cached = Math.max(0, count(usage, 'cached_tokens') - template);
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: Math.min(input, cached),
    cacheWriteTokens: 0,
    reasoningTokens: Math.min(output, count(all, 'reasoning_tokens')),
    estimated: false,
  };
}
