import type { Clock } from '../../core/clock.js';
import { isProvenThought, type ReasoningPart, type Turn } from './part.js';

/** The thoughts of one caller's models. */
export interface ThoughtMemory {
  /** Remembers what was thought before a call. */
  keep(callId: string, parts: readonly ReasoningPart[]): void;
  /** The turns, with the thoughts of those that called tools and have lost theirs. */
  restored(turns: readonly Turn[]): readonly Turn[];
}

/** Most characters of thoughts at a time: some thousands of turns, and little beside the rest of the process. */
const MAX_CHARS = 64 * 1024 * 1024;

interface Kept {
  readonly parts: readonly ReasoningPart[];
  readonly chars: number;
  readonly untilMs: number;
}

/**
 * Keeps the thoughts that led to tool calls until the client comes back with what the tools gave.
 *
 * Their vendor wants them back, proof included, and many clients have no place for them. They are found by
 * the ids of the calls, for the same caller only. In memory, the oldest forgotten first.
 */
export class ThoughtStore {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #lifetimeMs: () => number;
  readonly #kept = new Map<string, Kept>();
  #chars = 0;

  /** @param lifetimeMs - of what is kept from now on; 0 keeps nothing */
  constructor(clock: Pick<Clock, 'now'>, lifetimeMs: () => number) {
    this.#clock = clock;
    this.#lifetimeMs = lifetimeMs;
  }

  /** What is kept for one caller, and what that caller is given back. */
  of(caller: string): ThoughtMemory {
    return {
      keep: (callId, parts) => {
        this.#keep(caller, callId, parts);
      },
      restored: (turns) => this.#restored(caller, turns),
    };
  }

  #keep(caller: string, callId: string, parts: readonly ReasoningPart[]): void {
    const lifetimeMs = this.#lifetimeMs();
    if (lifetimeMs === 0) return;
    const key = keyOf(caller, callId);
    this.#forget(key);
    const chars = parts.reduce((sum, part) => sum + charsOf(part), key.length);
    this.#kept.set(key, { parts, chars, untilMs: this.#clock.now() + lifetimeMs });
    this.#chars += chars;
    this.#makeRoom();
  }

  #restored(caller: string, turns: readonly Turn[]): readonly Turn[] {
    if (this.#kept.size === 0) return turns;
    return turns.map((turn) => {
      if (turn.role !== 'assistant' || turn.parts.some((part) => isProvenThought(part)))
        return turn;
      const thoughts = this.#thoughtsOf(caller, turn);
      if (thoughts === null) return turn;
      return { ...turn, parts: [...thoughts, ...turn.parts.filter(isNoThought)] };
    });
  }

  #thoughtsOf(caller: string, { parts }: Turn): readonly ReasoningPart[] | null {
    for (const part of parts) {
      const kept = part.kind === 'tool_call' ? this.#kept.get(keyOf(caller, part.id)) : undefined;
      if (kept !== undefined && kept.untilMs > this.#clock.now()) return kept.parts;
    }
    return null;
  }

  #makeRoom(): void {
    const now = this.#clock.now();
    for (const [key, { untilMs }] of this.#kept) {
      if (untilMs > now && this.#chars <= MAX_CHARS) return;
      this.#forget(key);
    }
  }

  #forget(key: string): void {
    const kept = this.#kept.get(key);
    if (kept === undefined) return;
    this.#kept.delete(key);
    this.#chars -= kept.chars;
  }
}

function keyOf(caller: string, callId: string): string {
  return `${caller}\n${callId}`;
}

function charsOf({ text, signature, redacted }: ReasoningPart): number {
  return text.length + (signature?.length ?? 0) + (redacted?.length ?? 0);
}

function isNoThought({ kind }: { readonly kind: string }): boolean {
  return kind !== 'reasoning';
}
