import { createHash } from 'node:crypto';
import type { ContentPart, ToolCallPart, ToolResultPart, Turn } from './part.js';

/**
 * Gives every tool call a unique id, and every result the id of its call; returns the same array if that is already so.
 *
 * Some servers number the calls of each answer from 0 or give them no id, and OpenAI's legacy function calls have none.
 * Such a conversation may continue at a provider that rejects duplicate ids.
 */
export function withUniqueCallIds(turns: readonly Turn[]): readonly Turn[] {
  if (areDistinct(turns)) return turns;
  const calls = new CallRenamer();
  return turns.map((turn) => calls.renamed(turn));
}

function areDistinct(turns: readonly Turn[]): boolean {
  const seen = new Set<string>();
  for (const { parts } of turns) {
    for (const part of parts) {
      if (part.kind === 'tool_result' && part.callId === '') return false;
      if (part.kind !== 'tool_call') continue;
      if (part.id === '' || seen.has(part.id)) return false;
      seen.add(part.id);
    }
  }
  return true;
}

/** A tool call that may still get a result. */
interface Call {
  readonly id: string;
  readonly round: number;
  isWaiting: boolean;
}

/** Calls in order; finding the first one without a result takes amortised constant time. */
class CallQueue {
  readonly #calls: Call[] = [];
  #first = 0;

  add(call: Call): void {
    this.#calls.push(call);
  }

  /** Removes and returns the first call without a result. */
  take(): Call | undefined {
    const found = this.#firstWaiting();
    if (found !== undefined) found.isWaiting = false;
    return found;
  }

  /** Gives up on calls of other rounds. */
  keepOnly(round: number): void {
    for (let call = this.#firstWaiting(); call !== undefined; call = this.#firstWaiting()) {
      if (call.round === round) return;
      call.isWaiting = false;
    }
  }

  #firstWaiting(): Call | undefined {
    while (this.#calls[this.#first]?.isWaiting === false) this.#first += 1;
    return this.#calls[this.#first];
  }
}

class CallRenamer {
  readonly #used = new Set<string>();
  /** The new id of the last call, by the client's id. */
  readonly #last = new Map<string, string>();
  readonly #all = new CallQueue();
  /** By the client's id. */
  readonly #byGivenId = new Map<string, CallQueue>();
  /** Consecutive assistant turns are one round. */
  #round = 0;

  renamed(turn: Turn): Turn {
    if (turn.role !== 'assistant') this.#round += 1;
    return { ...turn, parts: turn.parts.map((part) => this.#renamedPart(part)) };
  }

  #renamedPart(part: ContentPart): ContentPart {
    if (part.kind === 'tool_call') return this.#begin(part);
    return part.kind === 'tool_result' ? this.#answer(part) : part;
  }

  #begin(part: ToolCallPart): ToolCallPart {
    const givenId = part.id;
    const isTaken = givenId === '' || this.#used.has(givenId);
    // Depends only on what precedes the call, so that it stays the same in later turns.
    const id = isTaken ? idOf(`${this.#used.size} ${givenId}`) : givenId;
    this.#used.add(id);
    this.#last.set(givenId, id);
    const call = { id, round: this.#round, isWaiting: true };
    const queue = this.#byGivenId.get(givenId) ?? new CallQueue();
    this.#byGivenId.set(givenId, queue);
    // A call of an earlier round gets no more results: they belong to the later call with the same id.
    queue.keepOnly(call.round);
    queue.add(call);
    this.#all.add(call);
    return isTaken ? { ...part, id } : part;
  }

  /** Matches a result by id, and in call order if several calls have that id or the result has none. */
  #answer(part: ToolResultPart): ToolResultPart {
    const { callId } = part;
    const found = callId === '' ? this.#all.take() : this.#byGivenId.get(callId)?.take();
    const id = found?.id ?? this.#last.get(callId) ?? callId;
    return id === callId ? part : { ...part, callId: id };
  }
}

/** An id that every provider accepts. */
function idOf(text: string): string {
  return `call_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}
