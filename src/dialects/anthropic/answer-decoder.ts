import { exactJson } from '../exact-json.js';
import type { ReadOptions } from '../dialect.js';
import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import type { AnswerPart, Citation, Emit } from '../neutral/event.js';
import { callId } from '../openai/identity.js';
import { readStopReason } from './stop-reason.js';
import { decodeTier } from './tier.js';
import { UsageTally } from './usage.js';

interface OpenCall {
  readonly call: number;
  /** The `input` at the block's start; only some compatible APIs put the arguments there. */
  readonly input: JsonObject;
  hasArguments: boolean;
}

/** The options that decoding depends on. */
type DecoderOptions = Pick<ReadOptions, 'answerTool' | 'seed'>;

/** Decodes the parts of an answer into events, streamed or whole. */
export class AnswerDecoder {
  readonly #emit: Emit;
  readonly #answerTool: string | null;
  readonly #seed: string;
  readonly #usage = new UsageTally();
  readonly #openCalls = new Map<unknown, OpenCall>();
  /** Blocks of the answer tool, whose arguments are the answer's text. */
  readonly #answerBlocks = new Set<unknown>();
  #started = false;
  /** Read, but not emitted yet. */
  #tier: string | null = null;
  #calls = 0;
  /** A stop reason was received; without one an answer is not complete. */
  isFinished = false;

  constructor(emit: Emit, { answerTool, seed }: DecoderOptions) {
    this.#emit = emit;
    this.#answerTool = answerTool;
    this.#seed = seed;
  }

  /** Only the first start counts: some proxies send another in mid-stream. */
  start(message: JsonObject): void {
    this.#count(message['usage']);
    if (this.#started) return;
    this.#started = true;
    const id = textOrNull(message['id']);
    const input = this.#usage.usage;
    this.#emit({ kind: 'start', id, model: textOrNull(message['model']), createdS: null, input });
    this.#emitTier();
  }

  /** @param key - identifies the block in `addDelta` and `closeBlock` */
  openBlock(key: unknown, block: JsonObject): void {
    switch (block['type']) {
      case 'text':
        this.#text(textOrNull(block['text']));
        for (const citation of objectsIn(block['citations'])) this.#cite(citation);
        return;
      case 'thinking':
        this.#reasoning(textOrNull(block['thinking']), textOrNull(block['signature']));
        return;
      case 'redacted_thinking': {
        const data = textOrNull(block['data']);
        if (data !== null) this.#emit({ kind: 'redacted', choice: 0, data });
        return;
      }
      case 'tool_use':
        this.#openCall(key, block);
        return;
      default:
        // Blocks of Anthropic's own tools cannot be expressed in other dialects.
        this.#emit({ kind: 'lost', choice: 0, part: partOf(block['type']) });
    }
  }

  addDelta(key: unknown, delta: JsonObject): void {
    switch (delta['type']) {
      case 'text_delta':
        this.#text(textOrNull(delta['text']));
        return;
      case 'citations_delta':
        if (isObject(delta['citation'])) this.#cite(delta['citation']);
        return;
      case 'thinking_delta':
        this.#reasoning(textOrNull(delta['thinking']), null);
        return;
      case 'signature_delta':
        this.#reasoning(null, textOrNull(delta['signature']));
        return;
      case 'input_json_delta':
        this.#arguments(key, textOrNull(delta['partial_json']) ?? '');
    }
  }

  closeBlock(key: unknown): void {
    const open = this.#openCalls.get(key);
    if (open === undefined) return;
    this.#openCalls.delete(key);
    const isInputOnly = !open.hasArguments && Object.keys(open.input).length > 0;
    if (isInputOnly) {
      const text = exactJson(open.input);
      this.#emit({ kind: 'arguments', choice: 0, call: open.call, text });
    }
  }

  /** @param ending - `stop_reason` and `stop_sequence` */
  finish(ending: JsonObject, usage: unknown): void {
    this.#count(usage);
    this.#emitTier();
    const total = this.#usage.usage;
    if (total !== null) this.#emit({ kind: 'usage', usage: total });
    const native = textOrNull(ending['stop_reason']);
    if (native === null) return;
    this.isFinished = true;
    const reason = readStopReason(native);
    // The only call was the answer tool's, so the answer is complete.
    const isAnswerTool =
      reason === 'tool_calls' && this.#answerBlocks.size > 0 && this.#calls === 0;
    this.#emit({
      kind: 'finish',
      choice: 0,
      reason: isAnswerTool ? 'stop' : reason,
      stopSequence: textOrNull(ending['stop_sequence']),
      native,
    });
  }

  #count(usage: unknown): void {
    this.#usage.add(usage);
    this.#tier = textOrNull(objectOrEmpty(usage)['service_tier']) ?? this.#tier;
  }

  /** Emits the service tier once it is known and the answer has started. */
  #emitTier(): void {
    if (!this.#started || this.#tier === null) return;
    this.#emit({ kind: 'tier', tier: decodeTier(this.#tier) });
    this.#tier = null;
  }

  #text(text: string | null): void {
    if (text !== null) this.#emit({ kind: 'text', choice: 0, text });
  }

  #reasoning(text: string | null, signature: string | null): void {
    if (text !== null) this.#emit({ kind: 'reasoning', choice: 0, text });
    if (signature !== null)
      this.#emit({ kind: 'signature', choice: 0, signature, vendor: 'anthropic' });
  }

  #cite(native: JsonObject): void {
    const citation: Citation = {
      url: textOrNull(native['url']),
      title: textOrNull(native['title']) ?? textOrNull(native['document_title']),
      citedText: textOrNull(native['cited_text']),
      native,
    };
    this.#emit({ kind: 'citation', choice: 0, citation });
  }

  #openCall(key: unknown, block: JsonObject): void {
    const input = objectOrEmpty(block['input']);
    const name = textOrNull(block['name']) ?? '';
    if (name === this.#answerTool) {
      this.#answerBlocks.add(key);
      if (Object.keys(input).length > 0) this.#text(exactJson(input));
      return;
    }
    const call = this.#calls++;
    this.#openCalls.set(key, { call, input, hasArguments: false });
    const id = textOrNull(block['id']) ?? callId(this.#seed, 0, call);
    this.#emit({ kind: 'call', choice: 0, call, id, name });
  }

  #arguments(key: unknown, text: string): void {
    if (text === '') return;
    if (this.#answerBlocks.has(key)) {
      this.#text(text);
      return;
    }
    const open = this.#openCalls.get(key);
    if (open === undefined) return;
    open.hasArguments = true;
    this.#emit({ kind: 'arguments', choice: 0, call: open.call, text });
  }
}

function partOf(type: unknown): AnswerPart {
  const isServerTool = typeof type === 'string' && /_tool_(?:use|result)$/u.test(type);
  return isServerTool ? 'server_tools' : 'other';
}
