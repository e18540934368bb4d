import type { Usage } from '../../core/usage.js';
import { exactJson } from '../exact-json.js';
import { objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import { numberOr } from '../json-members.js';
import type { Emit } from '../neutral/event.js';
import { callId } from '../openai/identity.js';

/** Decodes an answer into events, line by line; a whole answer is one line. */
export class AnswerDecoder {
  readonly #emit: Emit;
  readonly #seed: string;
  readonly #ids = new Set<string>();
  #started = false;
  #calls = 0;
  /** The last line has been decoded. */
  isFinished = false;

  /** @param seed - unique per answer; missing ids are derived from it */
  constructor(emit: Emit, seed: string) {
    this.#emit = emit;
    this.#seed = seed;
  }

  decode(line: JsonObject): void {
    if (!this.#started) this.#start(line);
    const message = objectOrEmpty(line['message']);
    const thought = textOrNull(message['thinking']) ?? '';
    if (thought !== '') this.#emit({ kind: 'reasoning', choice: 0, text: thought });
    const text = textOrNull(message['content']) ?? '';
    if (text !== '') this.#emit({ kind: 'text', choice: 0, text });
    for (const call of objectsIn(message['tool_calls'])) this.#call(call);
    const logprobTokens = objectsIn(line['logprobs']);
    if (logprobTokens.length > 0) {
      const logprobs = { content: logprobTokens.map(logprobOf), refusal: null };
      this.#emit({ kind: 'logprobs', choice: 0, logprobs });
    }
    if (line['done'] === true) this.#finish(line);
  }

  #start({ created_at: createdAt, model }: JsonObject): void {
    this.#started = true;
    const ms = Date.parse(textOrNull(createdAt) ?? '');
    const createdS = Number.isNaN(ms) ? null : Math.floor(ms / 1_000);
    this.#emit({ kind: 'start', id: null, model: textOrNull(model), createdS });
  }

  #call(native: JsonObject): void {
    const fn = objectOrEmpty(native['function']);
    const call = this.#calls++;
    const rawId = textOrNull(native['id']) ?? '';
    // Results are matched to calls by id, so ids must be unique; servers before 0.12 send none.
    const isUnique = rawId !== '' && !this.#ids.has(rawId);
    const id = isUnique ? rawId : callId(this.#seed, 0, call);
    this.#ids.add(id);
    this.#emit({ kind: 'call', choice: 0, call, id, name: textOrNull(fn['name']) ?? '' });
    const args = fn['arguments'] ?? {};
    const text = typeof args === 'string' ? args : exactJson(args);
    this.#emit({ kind: 'arguments', choice: 0, call, text });
  }

  #finish(line: JsonObject): void {
    const usage = usageOf(line);
    if (usage !== null) this.#emit({ kind: 'usage', usage });
    const native = textOrNull(line['done_reason']);
    const reason = native === 'length' ? 'length' : this.#calls > 0 ? 'tool_calls' : 'stop';
    this.isFinished = true;
    this.#emit({ kind: 'finish', choice: 0, reason, stopSequence: null, native });
  }
}

/** A token in OpenAI's format; Ollama sends `bytes` only if they are not valid text. */
function logprobOf(entry: JsonObject): JsonObject {
  return { ...tokenOf(entry), top_logprobs: objectsIn(entry['top_logprobs']).map(tokenOf) };
}

function tokenOf({ token, logprob, bytes }: JsonObject): JsonObject {
  const text = textOrNull(token) ?? '';
  const own: unknown = Array.isArray(bytes) ? bytes : [...Buffer.from(text)];
  return { token: text, logprob: numberOr(logprob, 0), bytes: own };
}

/** Reads token counts; `null` if the prompt was entirely cached, since its length is then not reported. */
function usageOf(line: JsonObject): Usage | null {
  const inputTokens = numberOr(line['prompt_eval_count'], null);
  if (inputTokens === null) return null;
  return {
    inputTokens,
    outputTokens: numberOr(line['eval_count'], 0),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    estimated: false,
  };
}
