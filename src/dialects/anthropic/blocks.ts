import type { JsonObject } from '../json.js';
import type { AnswerEvent, Citation } from '../neutral/event.js';
import { encodeSignature, FOREIGN_MARK } from './signature.js';

/** Receives content blocks: each is opened, filled and closed before the next. */
export interface BlockSink {
  open(block: JsonObject): void;
  delta(delta: JsonObject): void;
  close(): void;
}

type Open =
  | { readonly kind: 'text' }
  | { readonly kind: 'thinking'; isSigned: boolean }
  | { readonly kind: 'call'; readonly call: number; arguments: string }
  | null;

/**
 * Puts an answer's events into consecutive content blocks.
 *
 * If a provider streams several calls in parallel, later ones are held back: a closed block cannot be reopened.
 */
export class Blocks {
  readonly #sink: BlockSink;
  #open: Open = null;
  /** Events held back while a call is incomplete. */
  #waiting: AnswerEvent[] = [];
  hasCalls = false;
  hasRefusal = false;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  add(event: AnswerEvent): void {
    if (this.#waiting.length > 0 || this.#mustWait(event)) {
      const isOfOpenCall =
        event.kind === 'arguments' && this.#open?.kind === 'call' && this.#open.call === event.call;
      if (!isOfOpenCall) {
        this.#waiting.push(event);
        return;
      }
    }
    this.#write(event);
  }

  /** Everything has been added. */
  end(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    const { ofCalls, moved } = groupArguments(waiting);
    for (const event of waiting) {
      if (moved.has(event)) continue;
      this.#write(event);
      if (event.kind !== 'call') continue;
      for (const part of ofCalls.get(event.call) ?? []) this.#write(part);
    }
    this.#close();
  }

  /** Whether an event belongs to another block while the open call's arguments are incomplete. */
  #mustWait(event: AnswerEvent): boolean {
    const open = this.#open;
    if (open?.kind !== 'call') return false;
    if (event.kind === 'arguments') return event.call !== open.call;
    return !isJson(open.arguments);
  }

  #write(event: AnswerEvent): void {
    switch (event.kind) {
      case 'text':
      case 'refusal':
        if (event.kind === 'refusal') this.hasRefusal = true;
        this.#ensureOpen('text', { type: 'text', text: '' });
        this.#sink.delta({ type: 'text_delta', text: event.text });
        return;
      case 'citation':
        this.#ensureOpen('text', { type: 'text', text: '' });
        this.#sink.delta({ type: 'citations_delta', citation: citationOf(event.citation) });
        return;
      case 'reasoning':
        this.#ensureOpen('thinking', { type: 'thinking', thinking: '', signature: '' });
        this.#sink.delta({ type: 'thinking_delta', thinking: event.text });
        return;
      case 'signature':
        this.#ensureOpen('thinking', { type: 'thinking', thinking: '', signature: '' });
        this.#sink.delta({ type: 'signature_delta', signature: encodeSignature(event) });
        if (this.#open?.kind === 'thinking') this.#open.isSigned = true;
        this.#close();
        return;
      case 'redacted':
        this.#close();
        this.#sink.open({ type: 'redacted_thinking', data: event.data });
        this.#sink.close();
        return;
      case 'call':
        this.#call(event);
        return;
      case 'arguments':
        this.#arguments(event.call, event.text);
        return;
      default:
    }
  }

  #ensureOpen(kind: 'text' | 'thinking', block: JsonObject): void {
    if (this.#open?.kind === kind) return;
    this.#close();
    this.#sink.open(block);
    this.#open = kind === 'text' ? { kind } : { kind, isSigned: false };
  }

  #call({ id, name, call }: Extract<AnswerEvent, { kind: 'call' }>): void {
    this.#close();
    this.hasCalls = true;
    this.#sink.open({ type: 'tool_use', id, name, input: {} });
    this.#open = { kind: 'call', call, arguments: '' };
  }

  #arguments(call: number, text: string): void {
    if (this.#open?.kind !== 'call' || this.#open.call !== call) return;
    this.#open.arguments += text;
    this.#sink.delta({ type: 'input_json_delta', partial_json: text });
  }

  #close(): void {
    if (this.#open === null) return;
    // Some clients parse the joined arguments, and an empty string is not JSON.
    const lacksArguments = this.#open.kind === 'call' && this.#open.arguments.trim() === '';
    if (lacksArguments) this.#sink.delta({ type: 'input_json_delta', partial_json: '{}' });
    const isUnsigned = this.#open.kind === 'thinking' && !this.#open.isSigned;
    if (isUnsigned) this.#sink.delta({ type: 'signature_delta', signature: FOREIGN_MARK });
    this.#open = null;
    this.#sink.close();
  }
}

/** The arguments that follow their call among the events, by the call's number, and as one set. */
function groupArguments(events: readonly AnswerEvent[]): {
  readonly ofCalls: ReadonlyMap<number, readonly AnswerEvent[]>;
  readonly moved: ReadonlySet<AnswerEvent>;
} {
  const ofCalls = new Map<number, AnswerEvent[]>();
  const moved = new Set<AnswerEvent>();
  for (const event of events) {
    if (event.kind === 'call') ofCalls.set(event.call, []);
    if (event.kind !== 'arguments') continue;
    const known = ofCalls.get(event.call);
    if (known === undefined) continue;
    known.push(event);
    moved.add(event);
  }
  return { ofCalls, moved };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Incomplete.
    return false;
  }
}

/** A citation as Anthropic's web search result; as it is if it is already one of Anthropic's. */
function citationOf({ url, title, citedText, native }: Citation): JsonObject {
  const { type } = native;
  if (typeof type === 'string' && type.endsWith('_location')) return native;
  return {
    type: 'web_search_result_location',
    url: url ?? '',
    title,
    cited_text: citedText ?? '',
    encrypted_index: '',
  };
}
