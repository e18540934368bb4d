import { GatewayError } from '../../core/errors.js';
import { exactJson } from '../exact-json.js';
import type { Usage } from '../../core/usage.js';
import type { ReadOptions } from '../dialect.js';
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

/** Stop reasons that mean that the output is unusable, and what it should have been. */
const FAILURES = lookup<string>({
  malformed_model_output: 'an answer',
  malformed_tool_use: 'a tool call',
});

/** Blocks that cannot be expressed in other dialects. */
const FOREIGN: readonly (readonly [string, AnswerPart])[] = [
  ['toolResult', 'server_tools'],
  ['audio', 'audio'],
  ['video', 'other'],
  ['document', 'other'],
];

/** The service tiers with the same names as OpenAI's; `reserved` has no equivalent. */
const TIERS = new Set(['default', 'flex', 'priority']);

/** The options that decoding depends on. */
type DecoderOptions = Pick<ReadOptions, 'answerTool' | 'seed'>;

/** Decodes the parts of an answer into events, streamed or whole. */
export class AnswerDecoder {
  readonly #emit: Emit;
  readonly #answerTool: string | null;
  readonly #seed: string;
  /** The calls of open blocks, by the block's index; `answer` for the answer tool. */
  readonly #open = new Map<unknown, number | 'answer'>();
  #calls = 0;
  #started = false;
  #isAnswer = false;
  /** The format of the image that is being streamed. */
  #format: string | null = null;
  /** A stop reason was received; without one an answer is not complete. */
  isFinished = false;

  constructor(emit: Emit, { answerTool, seed }: DecoderOptions) {
    this.#emit = emit;
    this.#answerTool = answerTool;
    this.#seed = seed;
  }

  /** Emits the start once. Some streams have no start event, so it is called before every event. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    // Converse sends neither an id nor the model.
    this.#emit({ kind: 'start', id: null, model: null, createdS: null });
  }

  /** @param key - identifies the block in `addDelta` */
  openBlock(key: unknown, start: JsonObject): void {
    const use = start['toolUse'];
    // Blocks of AWS's own tools are not calls that the client should run.
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
    if (isObject(delta['reasoningContent'])) this.#reasoning(delta['reasoningContent']);
    if (isObject(delta['citation'])) this.#cite(delta['citation']);
    if (isObject(delta['image'])) this.#image(delta['image']);
    if (isObject(delta['toolUse'])) {
      this.#arguments(key, textOrNull(delta['toolUse']['input']) ?? '');
    }
  }

  /** Decodes a content block of an answer that is not streamed. */
  addBlock(key: unknown, block: JsonObject): void {
    const { citationsContent, reasoningContent, toolUse } = block;
    this.#text(textOrNull(block['text']));
    if (isObject(citationsContent)) {
      for (const piece of objectsIn(citationsContent['content'])) {
        this.#text(textOrNull(piece['text']));
      }
      for (const citation of objectsIn(citationsContent['citations'])) this.#cite(citation);
    }
    if (isObject(reasoningContent)) this.#reasoningBlock(reasoningContent);
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

  /** @throws {GatewayError} `upstream_failed` if the reason is that the output is unusable */
  finish(stopReason: unknown): void {
    const native = textOrNull(stopReason);
    if (native === null) return;
    const failed = FAILURES[native];
    if (failed !== undefined) {
      const message = `The model produced ${failed} that cannot be parsed (${native}).`;
      throw new GatewayError('upstream_failed', message);
    }
    this.isFinished = true;
    const reason = REASONS[native] ?? 'stop';
    // The only call was the answer tool's, so the answer is complete.
    const isAnswerTool = reason === 'tool_calls' && this.#isAnswer && this.#calls === 0;
    this.#emit({
      kind: 'finish',
      choice: 0,
      reason: isAnswerTool ? 'stop' : reason,
      stopSequence: null,
      native,
    });
  }

  /** @param answer - a whole answer, or the metadata at the end of a stream */
  count(answer: JsonObject): void {
    const tier = textOrNull(objectOrEmpty(answer['serviceTier'])['type']);
    if (tier !== null) this.#emit({ kind: 'tier', tier: TIERS.has(tier) ? tier : null });
    const usage = readUsage(answer['usage']);
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

  #reasoningBlock(content: JsonObject): void {
    const { reasoningText } = content;
    this.#reasoning(isObject(reasoningText) ? reasoningText : content);
  }

  #reasoning(content: JsonObject): void {
    const text = textOrNull(content['text']);
    const signature = textOrNull(content['signature']);
    const data = textOrNull(content['redactedContent']);
    if (text !== null) this.#emit({ kind: 'reasoning', choice: 0, text });
    // Only Claude's reasoning is signed here, and its signatures are valid wherever Claude runs.
    if (signature !== null) {
      this.#emit({ kind: 'signature', choice: 0, signature, vendor: 'anthropic' });
    }
    if (data !== null) this.#emit({ kind: 'redacted', choice: 0, data });
  }

  #cite(native: JsonObject): void {
    const web = objectOrEmpty(objectOrEmpty(native['location'])['web']);
    const sourceTexts = objectsIn(native['sourceContent']).flatMap(
      ({ text }) => textOrNull(text) ?? [],
    );
    const citation = {
      url: textOrNull(web['url']),
      title: textOrNull(native['title']),
      citedText: sourceTexts.length === 0 ? null : sourceTexts.join(''),
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

/** Reads token counts: Bedrock's input excludes cache reads and writes, and it does not count reasoning separately. */
function readUsage(value: unknown): Usage | null {
  const reported = objectOrEmpty(value);
  const count = (name: string): number => Math.max(0, numberOr(reported[name], 0));
  const cacheRead = count('cacheReadInputTokens');
  const cacheWrite = count('cacheWriteInputTokens');
  const input = count('inputTokens') + cacheRead + cacheWrite;
  const output = count('outputTokens');
  if (input + output === 0) return null;
  const cacheWriteHour = Math.min(cacheWrite, hourTokensIn(reported['cacheDetails']));
  return {
    inputTokens: input,
    outputTokens: output,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
    ...(cacheWriteHour > 0 && { cacheWriteHourTokens: cacheWriteHour }),
    reasoningTokens: 0,
    estimated: false,
  };
}

/** Tokens written to the cache with a TTL of one hour, from an array of counts by TTL. */
function hourTokensIn(details: unknown): number {
  let tokens = 0;
  for (const detail of Array.isArray(details) ? details : []) {
    const { ttl, inputTokens } = objectOrEmpty(detail);
    if (ttl === '1h') tokens += Math.max(0, numberOr(inputTokens, 0));
  }
  return tokens;
}
