import { GatewayError } from '../../core/errors.js';
import { exactJson } from '../exact-json.js';
import type { Usage } from '../../core/usage.js';
import type { Reading } from '../dialect.js';
import {
  isObject,
  lookup,
  objectOrEmpty,
  objectsIn,
  textOrNull,
  type JsonObject,
} from '../json.js';
import { numberOr } from '../json-members.js';
import type { AnswerPart, Emit, FinishReason } from '../neutral/event.js';
import { callId } from '../openai/identity.js';

const REASONS = lookup<FinishReason>({
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  content_filtered: 'content_filter',
  guardrail_intervened: 'content_filter',
});

/** Reasons that say that what the model wrote is of no use, and what it was to be. */
const FAILURES = lookup<string>({
  malformed_model_output: 'an answer',
  malformed_tool_use: 'a call of a tool',
});

/** Blocks that other dialects have no word for. */
const FOREIGN: readonly (readonly [string, AnswerPart])[] = [
  ['toolResult', 'server_tools'],
  ['audio', 'audio'],
  ['video', 'other'],
  ['document', 'other'],
];

/** They are called as OpenAI calls them; `reserved` is bought beforehand. */
const TIERS = new Set(['default', 'flex', 'priority']);

/** What of the reading bears on what is told. */
type TellerRules = Pick<Reading, 'answerTool' | 'seed'>;

/** Tells what the parts of an answer say, whether they come one by one or all at once. */
export class AnswerTeller {
  readonly #emit: Emit;
  readonly #answerTool: string | null;
  readonly #seed: string;
  /** The calls of blocks that are open, by the block's index; `answer` for one that is the answer itself. */
  readonly #open = new Map<unknown, number | 'answer'>();
  #calls = 0;
  #started = false;
  #isAnswer = false;
  /** Of the picture that is being sent. */
  #format: string | null = null;
  /** A reason has been told; without one an answer is not complete. */
  isFinished = false;

  constructor(emit: Emit, { answerTool, seed }: TellerRules) {
    this.#emit = emit;
    this.#answerTool = answerTool;
    this.#seed = seed;
  }

  /** Some streams leave out the event that says so: whatever comes first begins the answer. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    // Converse names neither the answer nor the model.
    this.#emit({ kind: 'start', id: null, model: null, createdS: null });
  }

  /** @param key - what the block's deltas are told by */
  openBlock(key: unknown, start: JsonObject): void {
    const use = start['toolUse'];
    // What AWS's own tools do on the way to the answer is done already: no client has to run them.
    if (!isObject(use)) {
      if (isObject(start['image'])) this.#format = textOrNull(start['image']['format']);
      if (isObject(start['toolResult'])) this.#lost('server_tools');
      return;
    }
    if (use['type'] === 'server_tool_use') {
      this.#lost('server_tools');
      return;
    }
    const name = textOrNull(use['name']) ?? '';
    if (name === this.#answerTool) {
      this.#isAnswer = true;
      this.#open.set(key, 'answer');
      return;
    }
    const call = this.#calls++;
    this.#open.set(key, call);
    const id = textOrNull(use['toolUseId']) ?? callId(this.#seed, 0, call);
    this.#emit({ kind: 'call', choice: 0, call, id, name });
  }

  addDelta(key: unknown, delta: JsonObject): void {
    this.#text(textOrNull(delta['text']));
    if (isObject(delta['reasoningContent'])) this.#thought(delta['reasoningContent']);
    if (isObject(delta['citation'])) this.#cite(delta['citation']);
    if (isObject(delta['image'])) this.#image(delta['image']);
    if (isObject(delta['toolUse'])) {
      this.#arguments(key, textOrNull(delta['toolUse']['input']) ?? '');
    }
  }

  /** One whole content block of an answer that is not streamed. */
  addBlock(key: unknown, block: JsonObject): void {
    const { citationsContent, reasoningContent, toolUse } = block;
    this.#text(textOrNull(block['text']));
    if (isObject(citationsContent)) {
      for (const piece of objectsIn(citationsContent['content'])) {
        this.#text(textOrNull(piece['text']));
      }
      for (const citation of objectsIn(citationsContent['citations'])) this.#cite(citation);
    }
    if (isObject(reasoningContent)) this.#wholeThought(reasoningContent);
    if (isObject(block['image'])) this.#image(block['image']);
    for (const [name, part] of FOREIGN) if (isObject(block[name])) this.#lost(part);
    if (isObject(toolUse)) {
      this.openBlock(key, block);
      const { input } = toolUse;
      if (isObject(input) && Object.keys(input).length > 0) {
        this.#arguments(key, exactJson(input));
      }
    }
  }

  /** @throws {GatewayError} `upstream_failed` where the reason is that what was written is of no use */
  finish(stopReason: unknown): void {
    const native = textOrNull(stopReason);
    if (native === null) return;
    const failed = FAILURES[native];
    if (failed !== undefined) {
      const message = `The model wrote ${failed} that cannot be read (${native}).`;
      throw new GatewayError('upstream_failed', message);
    }
    this.isFinished = true;
    const reason = REASONS[native] ?? 'stop';
    // The call was the answer, so the model is done.
    const isAnswered = reason === 'tool_calls' && this.#isAnswer && this.#calls === 0;
    this.#emit({
      kind: 'finish',
      choice: 0,
      reason: isAnswered ? 'stop' : reason,
      stopSequence: null,
      native,
    });
  }

  /** @param told - a whole answer, or the metadata at the end of a stream */
  count(told: JsonObject): void {
    const tier = textOrNull(objectOrEmpty(told['serviceTier'])['type']);
    if (tier !== null) this.#emit({ kind: 'tier', tier: TIERS.has(tier) ? tier : null });
    const usage = readUsage(told['usage']);
    if (usage !== null) this.#emit({ kind: 'usage', usage });
  }

  #image({ format, source }: JsonObject): void {
    this.#format = textOrNull(format) ?? this.#format;
    const bytes = textOrNull(objectOrEmpty(source)['bytes']);
    if (bytes === null) return;
    const url = `data:image/${this.#format ?? 'png'};base64,${bytes}`;
    this.#emit({ kind: 'image', choice: 0, url });
  }

  #lost(part: AnswerPart): void {
    this.#emit({ kind: 'lost', choice: 0, part });
  }

  #text(text: string | null): void {
    if (text !== null) this.#emit({ kind: 'text', choice: 0, text });
  }

  #wholeThought(content: JsonObject): void {
    const { reasoningText } = content;
    this.#thought(isObject(reasoningText) ? reasoningText : content);
  }

  #thought(content: JsonObject): void {
    const text = textOrNull(content['text']);
    const signature = textOrNull(content['signature']);
    const data = textOrNull(content['redactedContent']);
    if (text !== null) this.#emit({ kind: 'reasoning', choice: 0, text });
    // Only Claude's thoughts are signed here, and its proofs hold wherever Claude runs.
    if (signature !== null) {
      this.#emit({ kind: 'signature', choice: 0, signature, vendor: 'anthropic' });
    }
    if (data !== null) this.#emit({ kind: 'redacted', choice: 0, data });
  }

  #cite(native: JsonObject): void {
    const web = objectOrEmpty(objectOrEmpty(native['location'])['web']);
    const cited = objectsIn(native['sourceContent']).flatMap(({ text }) => textOrNull(text) ?? []);
    const citation = {
      url: textOrNull(web['url']),
      title: textOrNull(native['title']),
      citedText: cited.length === 0 ? null : cited.join(''),
      native,
    };
    this.#emit({ kind: 'citation', choice: 0, citation });
  }

  #arguments(key: unknown, text: string): void {
    const call = this.#open.get(key);
    if (call === undefined || text === '') return;
    if (call === 'answer') this.#text(text);
    else this.#emit({ kind: 'arguments', choice: 0, call, text });
  }
}

/** Bedrock leaves what the cache had a part in out of its input, and tells no thoughts apart. */
function readUsage(value: unknown): Usage | null {
  const told = objectOrEmpty(value);
  const count = (name: string): number => Math.max(0, numberOr(told[name], 0));
  const cacheRead = count('cacheReadInputTokens');
  const cacheWrite = count('cacheWriteInputTokens');
  const input = count('inputTokens') + cacheRead + cacheWrite;
  const output = count('outputTokens');
  if (input + output === 0) return null;
  const forAnHour = Math.min(cacheWrite, keptForAnHour(told['cacheDetails']));
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    ...(forAnHour > 0 && { cacheWriteHourTokens: forAnHour }),
    reasoningTokens: 0,
    estimated: false,
  };
}

/** Tokens written to the cache, by how long they are kept there, are told as a list. */
function keptForAnHour(details: unknown): number {
  let tokens = 0;
  for (const detail of Array.isArray(details) ? details : []) {
    const { ttl, inputTokens } = objectOrEmpty(detail);
    if (ttl === '1h') tokens += Math.max(0, numberOr(inputTokens, 0));
  }
  return tokens;
}
