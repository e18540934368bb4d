import type { Clock } from '../core/clock.js';
import type { Conversation, Message, Part } from '../core/conversation.js';
import type { Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';

/** A request as providers' prompt caches may know it. */
export interface KnownPrompt {
  /** Its mark: by this a later request is known that goes on with it. */
  readonly whole: number;
  /** Marks of requests that this one may go on with, the latest first. */
  readonly earlier: readonly number[];
  /** Input tokens that each model's provider probably holds of it, by model; `null` where none holds any. */
  readonly held: ReadonlyMap<string, number> | null;
}

/** Characters under which no provider keeps a prompt: 1,024 tokens are the least that any of them keeps. */
const LEAST_CHARS = 4_096;
/** Requests that this one may go on with: the last, and those before it where clients take an answer back. */
const MOST_EARLIER = 4;
/** Conversations that are known at a time; of more the oldest are forgotten. */
const MOST_CONVERSATIONS = 50_000;
/** In these dialects a client marks what is to be kept; elsewhere it is kept unasked. */
const KEPT_IF_ASKED: ReadonlySet<string | undefined> = new Set(['anthropic', 'bedrock']);

interface Held {
  /** Input tokens that are read at the lower rate; 0 for a provider that turned out to keep none. */
  readonly tokens: number;
  /** `Clock.now()` of the answer. */
  readonly atMs: number;
}

/**
 * What providers are likely to hold of a conversation in their prompt caches, learnt from the answers they gave.
 *
 * A model that read the beginning of a conversation a moment ago reads it again for a fraction of the price, and another would
 * have to read all of it: what that is worth grows with the conversation, and belongs to the expected cost.
 */
export class PromptCaches {
  readonly #clock: Pick<Clock, 'now'>;
  /** By mark, then model; the oldest first. */
  readonly #held = new Map<number, Map<string, Held>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /**
   * What is known of a request; `null` for one too short for any provider to keep.
   *
   * @param caller - whose conversation it is: others' are never taken for it
   * @param holdsMs - how long providers are taken to hold a prompt; 0 for not at all
   */
  look(conversation: Conversation, caller: string, holdsMs: number): KnownPrompt | null {
    if (holdsMs === 0 || !isLong(conversation)) return null;
    const { whole, earlier } = marksOf(conversation, caller);
    return { whole, earlier, held: this.#heldOf(earlier, this.#clock.now() - holdsMs) };
  }

  /** Learns from an answer what its provider now holds of the request. */
  note(prompt: KnownPrompt, upstream: Upstream, usage: Usage): void {
    const tokens = this.#keptOf(prompt, upstream, usage);
    if (tokens === null) return;
    const { whole } = prompt;
    const models = this.#held.get(whole) ?? new Map<string, Held>();
    models.set(upstream.modelId, { tokens, atMs: this.#clock.now() });
    // Taken out first, so that what was used last stands last.
    this.#held.delete(whole);
    this.#held.set(whole, models);
    const oldest = this.#held.keys().next().value;
    if (this.#held.size > MOST_CONVERSATIONS && oldest !== undefined) this.#held.delete(oldest);
  }

  #heldOf(earlier: readonly number[], sinceMs: number): ReadonlyMap<string, number> | null {
    const latest = new Map<string, Held>();
    for (const mark of earlier) {
      for (const [model, held] of this.#held.get(mark) ?? []) {
        if (!latest.has(model)) latest.set(model, held);
      }
    }
    const found = [...latest].filter(([, { tokens, atMs }]) => tokens > 0 && atMs >= sinceMs);
    if (found.length === 0) return null;
    return new Map(found.map(([model, { tokens }]) => [model, tokens]));
  }

  /** `null`: nobody can say. */
  #keptOf({ earlier, held }: KnownPrompt, upstream: Upstream, usage: Usage): number | null {
    const { modelId, dialect, price } = upstream;
    if (price?.cacheRead == null) return null;
    const told = usage.cacheReadTokens + usage.cacheWriteTokens;
    if (KEPT_IF_ASKED.has(dialect)) return told > 0 ? told : null;
    if (told > 0) return usage.inputTokens;
    // What ought to have been read from the cache, and was not, is not kept there, now or later.
    const isDisproved =
      (held?.has(modelId) === true && !usage.estimated) ||
      earlier.some((mark) => this.#held.get(mark)?.get(modelId)?.tokens === 0);
    return isDisproved ? 0 : usage.inputTokens;
  }
}

function isLong({ messages, tools }: Conversation): boolean {
  let chars = 0;
  for (const { definitionLength } of tools) chars += definitionLength;
  for (const { parts } of messages) {
    for (const part of parts) chars += textOf(part).length;
    if (chars >= LEAST_CHARS) return true;
  }
  return chars >= LEAST_CHARS;
}

/**
 * Marks are made of who asks, the tools, and of every part its kind, length and edges: enough to tell conversations apart, and
 * cheap for long ones. Taking one for another would only mistake what a request costs.
 */
function marksOf(
  { messages, tools }: Conversation,
  caller: string,
): Pick<KnownPrompt, 'whole' | 'earlier'> {
  const mark = new Mark();
  mark.addText(caller);
  for (const { name, definitionLength } of tools) {
    mark.addText(name);
    mark.add(definitionLength);
  }
  const answers = messages.flatMap(({ role }, i) => (role === 'assistant' ? [i] : []));
  const ends = new Set(answers.slice(-MOST_EARLIER));
  const earlier: number[] = [];
  messages.forEach((message, i) => {
    if (ends.has(i)) earlier.unshift(mark.value);
    addMessage(mark, message);
  });
  return { whole: mark.value, earlier };
}

function addMessage(mark: Mark, { role, parts }: Message): void {
  mark.addText(role);
  for (const part of parts) {
    mark.addText(part.kind);
    mark.addText(textOf(part));
  }
}

function textOf(part: Part): string {
  if (part.kind === 'tool_call') return part.arguments;
  return 'text' in part ? part.text : '';
}

const EDGE_CHARS = 24;
const WORD = 2 ** 21;

/** A running mark of 53 bits: two hashes in the manner of FNV-1a side by side. */
class Mark {
  #low = 0x811c9dc5;
  #high = 0x2c1b3c6d;

  get value(): number {
    return (this.#low >>> 0) * WORD + ((this.#high >>> 0) % WORD);
  }

  add(number: number): void {
    this.#low = Math.imul(this.#low ^ number, 0x01000193);
    this.#high = Math.imul(this.#high ^ number ^ (this.#low >>> 15), 0x85ebca6b);
  }

  addText(text: string): void {
    this.add(text.length);
    const edge = Math.min(EDGE_CHARS, text.length);
    for (let i = 0; i < edge; i++) this.add(text.charCodeAt(i));
    for (let i = Math.max(edge, text.length - EDGE_CHARS); i < text.length; i++) {
      this.add(text.charCodeAt(i));
    }
  }
}
