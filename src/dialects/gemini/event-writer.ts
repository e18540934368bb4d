import { createHash } from 'node:crypto';
import { exactJson } from '../exact-json.js';
import type { GatewayError } from '../../core/errors.js';
import type { Usage } from '../../core/usage.js';
import type { AnswerOptions } from '../dialect.js';
import { merged, type JsonObject } from '../json.js';
import type { AnswerEvent, EventWriter } from '../neutral/event.js';
import { CandidateEncoder } from './candidate-encoder.js';
import { writeError } from './error.js';
import { encodeUsage } from './usage.js';

/** Encodes events as a stream in Google's format, which has no end event. */
export class GeminiWriter implements EventWriter {
  readonly #answer: Answer;
  #out = '';

  constructor(rules: AnswerOptions) {
    this.#answer = new Answer(rules);
  }

  add(event: AnswerEvent): void {
    const written = this.#answer.add(event);
    if (written === null) return;
    const { index, part } = written;
    this.#event({ candidates: [{ content: contentOf([part]), index }], ...this.#answer.head });
  }

  finish(): void {
    const candidates = this.#answer.candidates.map((one) => ({
      content: contentOf(one.closingParts()),
      ...one.closing(),
    }));
    this.#event({ candidates, ...this.#answer.usage, ...this.#answer.head });
  }

  take(): Buffer {
    const bytes = Buffer.from(this.#out);
    this.#out = '';
    return bytes;
  }

  fail(error: GatewayError): Buffer {
    return Buffer.from(`data: ${writeError(error)}\r\n\r\n`);
  }

  #event(response: JsonObject): void {
    this.#out += `data: ${exactJson(response)}\r\n\r\n`;
  }
}

/** Encodes an answer's events as a response. */
export function writeAnswer(events: readonly AnswerEvent[], rules: AnswerOptions): Buffer {
  const answer = new Answer(rules);
  const parts = new Map<number, JsonObject[]>();
  for (const event of events) {
    const written = answer.add(event);
    if (written === null) continue;
    const known = parts.get(written.index) ?? [];
    parts.set(written.index, known);
    append(known, written.part);
  }
  const candidates = answer.candidates.map((one) => {
    const written = parts.get(one.index) ?? [];
    const closing = one.closingParts();
    const hasNoClosing = written.length > 0 && closing.every((part) => part['text'] === '');
    return {
      content: contentOf(hasNoClosing ? written : [...written, ...closing]),
      ...one.closing(),
    };
  });
  const response = { candidates, ...answer.usage, ...answer.head };
  return Buffer.from(exactJson(response));
}

/** Joins consecutive pieces of text; a signature belongs to the reasoning before it. */
function append(parts: JsonObject[], part: JsonObject): void {
  const last = parts.at(-1);
  const isOne =
    last !== undefined &&
    'text' in last &&
    'text' in part &&
    last['thought'] === part['thought'] &&
    !('thoughtSignature' in last);
  if (isOne) Object.assign(last, part, { text: String(last['text']) + String(part['text']) });
  else parts.push({ ...part });
}

function contentOf(parts: readonly JsonObject[]): JsonObject {
  return { parts, role: 'model' };
}

/** The state of an answer while it is encoded. */
class Answer {
  readonly #rules: AnswerOptions;
  readonly #candidates = new Map<number, CandidateEncoder>();
  #usage: Usage | null = null;
  #tier: string | null = null;
  #head: JsonObject = {};

  constructor(rules: AnswerOptions) {
    this.#rules = rules;
  }

  /** @returns the part for an event and the index of its candidate; `null` if there is none yet */
  add(event: AnswerEvent): { readonly index: number; readonly part: JsonObject } | null {
    switch (event.kind) {
      case 'start': {
        const { id, model } = event;
        const modelVersion = model ?? this.#rules.model;
        this.#head = { modelVersion, responseId: id ?? responseId(this.#rules) };
        return null;
      }
      case 'usage':
        this.#usage = event.usage;
        return null;
      case 'tier':
        this.#tier = event.tier === 'default' ? 'standard' : event.tier;
        return null;
      default: {
        const part = this.#candidate(event.choice).partOf(event);
        return part === null ? null : { index: event.choice, part };
      }
    }
  }

  get candidates(): CandidateEncoder[] {
    return [...this.#candidates.values()].sort((a, b) => a.index - b.index);
  }

  get usage(): JsonObject {
    const usage = merged(
      this.#usage === null ? {} : encodeUsage(this.#usage),
      this.#tier === null ? {} : { serviceTier: this.#tier },
    );
    return Object.keys(usage).length === 0 ? {} : { usageMetadata: usage };
  }

  /** The members that are the same in every response of an answer. */
  get head(): JsonObject {
    return this.#head;
  }

  #candidate(index: number): CandidateEncoder {
    const known = this.#candidates.get(index);
    if (known !== undefined) return known;
    const encoder = new CandidateEncoder(index, this.#rules.request?.hidesThoughts === true);
    this.#candidates.set(index, encoder);
    return encoder;
  }
}

function responseId({ seed }: AnswerOptions): string {
  return createHash('sha256').update(seed).digest('base64url').slice(0, 22);
}
