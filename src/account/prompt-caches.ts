import type { Clock } from '../core/clock.js';
import type { Conversation, Message, Part } from '../core/conversation.js';
import type { Upstream } from '../core/model.js';
import type { Usage } from '../core/usage.js';

/** How a request relates to providers' prompt caches. */
export interface PromptCacheState {
  /** Fingerprint of the whole prompt: a later request that continues it has this among its `earlier` ones. */
  readonly whole: number;
  /** Fingerprints of requests that this one may continue, the latest first. */
  readonly earlier: readonly number[];
  /** Input tokens of it that each model's provider probably has cached, by model; `null` if none has any. */
  readonly cachedTokens: ReadonlyMap<string, number> | null;
}

/** Shorter prompts are cached by no provider: the smallest minimum of any is 1,024 tokens. */
const LEAST_CHARS = 4_096;
/** Earlier requests that are considered: the last, and those before it in case the client retracts an answer. */
const MOST_EARLIER = 4;
/** Prompts that are remembered at a time; beyond that the oldest are dropped. */
const MOST_CONVERSATIONS = 50_000;
/** In these dialects the client marks what to cache; in others caching is automatic. */
const CACHED_IF_MARKED: ReadonlySet<string | undefined> = new Set(['anthropic', 'bedrock']);

interface Held {
  /** Input tokens that are read at the lower rate; 0 for a provider that turned out to cache none. */
  readonly tokens: number;
  /** `Clock.now()` at the answer. */
  readonly atMs: number;
}

/**
 * Learns from answers what providers probably have of each conversation in their prompt caches.
 *
 * A model that read the beginning of a conversation a moment ago reads it again for a fraction of the price, while another would
 * have to read all of it: this difference grows with the conversation, and is part of the expected cost.
 */
export class PromptCacheTracker {
  readonly #clock: Pick<Clock, 'now'>;
  /** By fingerprint, then model; the oldest first. */
  readonly #held = new Map<number, Map<string, Held>>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  /**
   * Looks a request up; `null` for one too short for any provider to cache.
   *
   * @param caller - whose conversation it is; conversations of different callers are never mixed
   * @param holdsMs - how long providers are assumed to cache a prompt; 0 for not at all
   */
  lookup(conversation: Conversation, caller: string, holdsMs: number): PromptCacheState | null {
    if (holdsMs === 0 || !isLong(conversation)) return null;
    const { whole, earlier } = fingerprintsOf(conversation, caller);
    return { whole, earlier, cachedTokens: this.#heldOf(earlier, this.#clock.now() - holdsMs) };
  }

  /** Learns from an answer what its provider now has cached of the request. */
  record(prompt: PromptCacheState, upstream: Upstream, usage: Usage): void {
    const tokens = this.#keptOf(prompt, upstream, usage);
    if (tokens === null) return;
    const { whole } = prompt;
    const models = this.#held.get(whole) ?? new Map<string, Held>();
    models.set(upstream.modelId, { tokens, atMs: this.#clock.now() });
    // Deleted first, so that the most recently used comes last.
    this.#held.delete(whole);
    this.#held.set(whole, models);
    const oldest = this.#held.keys().next().value;
    if (this.#held.size > MOST_CONVERSATIONS && oldest !== undefined) this.#held.delete(oldest);
  }

  #heldOf(earlier: readonly number[], sinceMs: number): ReadonlyMap<string, number> | null {
    const latest = new Map<string, Held>();
    for (const fingerprint of earlier) {
      for (const [model, state] of this.#held.get(fingerprint) ?? []) {
        if (!latest.has(model)) latest.set(model, state);
      }
    }
    const found = [...latest].filter(([, { tokens, atMs }]) => tokens > 0 && atMs >= sinceMs);
    if (found.length === 0) return null;
    return new Map(found.map(([model, { tokens }]) => [model, tokens]));
  }

  /** `null` if unknown. */
  #keptOf(
    { earlier, cachedTokens }: PromptCacheState,
    upstream: Upstream,
    usage: Usage,
  ): number | null {
    const { modelId, dialect, price } = upstream;
    if (price?.cacheRead == null) return null;
    const reportedTokens = usage.cacheReadTokens + usage.cacheWriteTokens;
    if (CACHED_IF_MARKED.has(dialect)) return reportedTokens > 0 ? reportedTokens : null;
    if (reportedTokens > 0) return usage.inputTokens;
    // A provider that should have read this from its cache, and did not, does not cache it at all.
    const isDisproved =
      (cachedTokens?.has(modelId) === true && !usage.estimated) ||
      earlier.some((fingerprint) => this.#held.get(fingerprint)?.get(modelId)?.tokens === 0);
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
 * Fingerprints cover the caller, the tools, and the kind, length and edges of every part: enough to tell conversations apart, and
 * cheap for long ones. A collision would only make an expected cost wrong.
 */
function fingerprintsOf(
  { messages, tools }: Conversation,
  caller: string,
): Pick<PromptCacheState, 'whole' | 'earlier'> {
  const hash = new RunningHash();
  hash.addText(caller);
  for (const { name, definitionLength } of tools) {
    hash.addText(name);
    hash.add(definitionLength);
  }
  const answers = messages.flatMap(({ role }, i) => (role === 'assistant' ? [i] : []));
  const ends = new Set(answers.slice(-MOST_EARLIER));
  const earlier: number[] = [];
  messages.forEach((message, i) => {
    if (ends.has(i)) earlier.unshift(hash.value);
    addMessage(hash, message);
  });
  return { whole: hash.value, earlier };
}

function addMessage(hash: RunningHash, { role, parts }: Message): void {
  hash.addText(role);
  for (const part of parts) {
    hash.addText(part.kind);
    hash.addText(textOf(part));
  }
}

function textOf(part: Part): string {
  if (part.kind === 'tool_call') return part.arguments;
  return 'text' in part ? part.text : '';
}

const EDGE_CHARS = 24;
const HIGH_BITS = 2 ** 21;

/** A running hash of 53 bits: two FNV-1a-like hashes side by side. */
class RunningHash {
  #low = 0x811c9dc5;
  #high = 0x2c1b3c6d;

  get value(): number {
    return (this.#low >>> 0) * HIGH_BITS + ((this.#high >>> 0) % HIGH_BITS);
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
