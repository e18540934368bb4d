import type { Clock } from '../../core/clock.js';
import { isSignedReasoning, type ReasoningPart, type Turn } from './part.js';

/** The stored reasoning of one caller. */
export interface ReasoningMemory {
  /** Stores the reasoning before a tool call. */
  store(callId: string, parts: readonly ReasoningPart[]): void;
  /** Adds stored reasoning to assistant turns that called tools and lack theirs. */
  restore(turns: readonly Turn[]): readonly Turn[];
}

/** Maximum characters stored in all: enough for thousands of turns, and little compared to the rest of the process. */
const MAX_CHARS = 64 * 1024 * 1024;

interface Entry {
  readonly parts: readonly ReasoningPart[];
  readonly chars: number;
  readonly expiresAtMs: number;
}

/**
 * Stores the reasoning that led to tool calls until the client returns with the tools' results.
 *
 * The vendor requires it back, with its signature, and many clients cannot send it. It is looked up by call id, for
 * the same caller only. In memory only; the oldest is evicted first.
 */
export class ReasoningStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lifetimeMs: () => number;
  readonly #entries = new Map<string, Entry>();
  #chars = 0;

  /** @param lifetimeMs - TTL of new entries; 0 stores nothing */
  constructor(clock: Pick<Clock, 'now'>, lifetimeMs: () => number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
  }

  /** The view of one caller. */
  of(caller: string): ReasoningMemory {
    return {
      store: (callId, parts) => {
        this.#keep(caller, callId, parts);
      },
      restore: (turns) => this.#restored(caller, turns),
    };
  }

  #keep(caller: string, callId: string, parts: readonly ReasoningPart[]): void {
    const lifetimeMs = this.#lifetimeMs();
    if (lifetimeMs === 0) return;
    const key = keyOf(caller, callId);
    this.#delete(key);
    const chars = parts.reduce((sum, part) => sum + charsOf(part), key.length);
    this.#entries.set(key, { parts, chars, expiresAtMs: this.#clock.now() + lifetimeMs });
    this.#chars += chars;
    this.#evict();
  }

  #restored(caller: string, turns: readonly Turn[]): readonly Turn[] {
    if (this.#entries.size === 0) return turns;
    return turns.map((turn) => {
      if (turn.role !== 'assistant' || turn.parts.some((part) => isSignedReasoning(part)))
        return turn;
      const thoughts = this.#reasoningOf(caller, turn);
      if (thoughts === null) return turn;
      return { ...turn, parts: [...thoughts, ...turn.parts.filter(isNotReasoning)] };
    });
  }

  #reasoningOf(caller: string, { parts }: Turn): readonly ReasoningPart[] | null {
    for (const part of parts) {
      const kept =
        part.kind === 'tool_call' ? this.#entries.get(keyOf(caller, part.id)) : undefined;
      if (kept !== undefined && kept.expiresAtMs > this.#clock.now()) return kept.parts;
    }
    return null;
  }

  #evict(): void {
    const now = this.#clock.now();
    for (const [key, { expiresAtMs }] of this.#entries) {
      if (expiresAtMs > now && this.#chars <= MAX_CHARS) return;
      this.#delete(key);
    }
  }

  #delete(key: string): void {
    const kept = this.#entries.get(key);
    if (kept === undefined) return;
    this.#entries.delete(key);
    this.#chars -= kept.chars;
  }
}

function keyOf(caller: string, callId: string): string {
  return `${caller}\n${callId}`;
}

function charsOf({ text, signature, redacted }: ReasoningPart): number {
  return text.length + (signature?.length ?? 0) + (redacted?.length ?? 0);
}

function isNotReasoning({ kind }: { readonly kind: string }): boolean {
  return kind !== 'reasoning';
}
