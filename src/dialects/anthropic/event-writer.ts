import { createHash } from 'node:crypto';
import { exactJson } from '../exact-json.js';
import type { Usage } from '../../core/usage.js';
import type { GatewayError } from '../../core/errors.js';
import type { AnswerOptions } from '../dialect.js';
import { parsedObject } from '../json-members.js';
import { merged, type JsonObject } from '../json.js';
import type { AnswerEvent, AnswerPart, EventWriter } from '../neutral/event.js';
import { Blocks } from './blocks.js';
import { writeError } from './error.js';
import { writeStopReason } from './stop-reason.js';
import { encodeTier } from './tier.js';
import { encodeUsage } from './usage.js';

type Start = Extract<AnswerEvent, { kind: 'start' }>;
type Finish = Extract<AnswerEvent, { kind: 'finish' }>;

/** Encodes events as a stream in Anthropic's format. */
export class AnthropicWriter implements EventWriter {
  readonly #rules: AnswerOptions;
  readonly #blocks = new Blocks({
    open: (block) => {
      this.#event({ type: 'content_block_start', index: this.#index, content_block: block });
    },
    delta: (delta) => {
      this.#event({ type: 'content_block_delta', index: this.#index, delta });
    },
    close: () => {
      this.#event({ type: 'content_block_stop', index: this.#index });
      this.#index += 1;
    },
  });
  #out = '';
  #index = 0;
  #usage: Usage | null = null;
  #tier: string | null = null;
  #finish: Finish | null = null;

  constructor(rules: AnswerOptions) {
    this.#rules = rules;
  }

  add(event: AnswerEvent): void {
    switch (event.kind) {
      case 'start':
        this.#event({ type: 'message_start', message: messageHead(event, this.#rules) });
        return;
      case 'usage':
        this.#usage = event.usage;
        return;
      case 'tier':
        this.#tier = event.tier;
        return;
      case 'finish':
        if (event.choice === 0) this.#finish = event;
        return;
      default:
        // A message has only one choice; this dialect cannot request several.
        if (event.choice === 0) this.#blocks.add(event);
    }
  }

  finish(): void {
    this.#blocks.end();
    this.#event({
      type: 'message_delta',
      delta: ending(this.#finish, this.#blocks),
      usage: usageWith(this.#tier, this.#usage),
    });
    this.#event({ type: 'message_stop' });
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#out);
    this.#out = '';
    return bytes;
  }

  fail(error: GatewayError): Buffer {
    return Buffer.from(`event: error\ndata: ${writeError(error)}\n\n`);
  }

  #event(event: JsonObject & { readonly type: string }): void {
    this.#out += `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
  }
}

/** Encodes an answer's events as a message. */
export function writeAnswer(events: readonly AnswerEvent[], rules: AnswerOptions): Buffer {
  const content: JsonObject[] = [];
  const blocks = new Blocks(new BlockCollector(content));
  let start: Start = { kind: 'start', id: null, model: null, createdS: null };
  let usage: Usage | null = null;
  let tier: string | null = null;
  let finish: Finish | null = null;
  for (const event of events) {
    if (event.kind === 'start') start = event;
    else if (event.kind === 'usage') ({ usage } = event);
    else if (event.kind === 'tier') ({ tier } = event);
    else if (event.choice === 0) {
      if (event.kind === 'finish') finish = event;
      else blocks.add(event);
    }
  }
  blocks.end();
  const message = {
    ...messageHead(start, rules),
    content,
    ...ending(finish, blocks),
    usage: usageWith(tier, usage),
  };
  return Buffer.from(exactJson(message));
}

/** Joins deltas into whole blocks. */
class BlockCollector {
  readonly #content: JsonObject[];
  #block: JsonObject = {};
  #input = '';

  constructor(content: JsonObject[]) {
    this.#content = content;
  }

  open(block: JsonObject): void {
    this.#block = block;
    this.#input = '';
    this.#content.push(block);
  }

  delta(delta: JsonObject): void {
    const block = this.#block;
    if (delta['type'] === 'input_json_delta') this.#input += String(delta['partial_json']);
    else if (delta['type'] === 'citations_delta') {
      const known = Array.isArray(block['citations']) ? (block['citations'] as unknown[]) : [];
      block['citations'] = [...known, delta['citation']];
    } else {
      for (const name of ['text', 'thinking', 'signature']) {
        if (name in delta) block[name] = String(block[name]) + String(delta[name]);
      }
    }
  }

  close(): void {
    if (this.#block['type'] === 'tool_use') this.#block['input'] = inputOf(this.#input);
  }
}

/** Malformed arguments are wrapped in an object, so that the client can still show them. */
function inputOf(text: string): JsonObject {
  return parsedObject(text) ?? { arguments: text };
}

function usageWith(tier: string | null, usage: Usage | null): JsonObject {
  const serviceTier = tier === null ? null : encodeTier(tier);
  const written = encodeUsage(usage);
  return serviceTier === null ? written : merged(written, { service_tier: serviceTier });
}

/** Messages cannot express images, log probabilities and further choices. */
export function unsupportedPartOf(event: AnswerEvent): AnswerPart | null {
  if (event.kind === 'tier') {
    return event.tier !== null && encodeTier(event.tier) === null ? 'service_tier' : null;
  }
  if (event.kind === 'image') return 'images';
  if (event.kind === 'logprobs') return 'logprobs';
  return 'choice' in event && event.choice !== 0 ? 'choices' : null;
}

function messageHead({ id, model }: Start, rules: AnswerOptions): JsonObject {
  return {
    id: messageId(id, rules),
    type: 'message',
    role: 'assistant',
    model: model ?? rules.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: encodeUsage(null),
  };
}

function messageId(id: string | null, { seed }: AnswerOptions): string {
  if (id !== null) return id.startsWith('msg_') ? id : `msg_${id}`;
  return `msg_${createHash('sha256').update(seed).digest('hex').slice(0, 24)}`;
}

function ending(finish: Finish | null, blocks: Blocks): JsonObject {
  const contents = { calls: blocks.hasCalls, refusal: blocks.hasRefusal };
  const stopSequence = finish?.stopSequence ?? null;
  return {
    stop_reason: writeStopReason({ reason: finish?.reason ?? 'stop', stopSequence }, contents),
    stop_sequence: stopSequence,
  };
}
