import { createHash } from 'node:crypto';
import type { ContentPart, ToolCallPart, ToolResultPart, Turn } from './part.js';

/**
 * The same turns with an id of its own for every call, and with every result under the id of its call; the very turns
 * where that holds already.
 *
 * Some servers number the calls of each answer from the start (`0`) or give them no id, and calls in OpenAI's older form
 * have none. Their conversations may go on at a provider that refuses an id that stands twice.
 */
export function withDistinctCalls(turns: readonly Turn[]): readonly Turn[] {
  if (areDistinct(turns)) return turns;
  const calls = new Calls();
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

/** A call that has no result, or had none when it was noted. */
interface Call {
  readonly id: string;
  readonly round: number;
  isWaiting: boolean;
}

/** Calls in order; the first that waits is found without going through those before it again. */
class Queue {
  readonly #calls: Call[] = [];
  #first = 0;

  add(call: Call): void {
    this.#calls.push(call);
  }

  /** @returns the first call that waits, which does so no longer */
  take(): Call | undefined {
    const found = this.#firstWaiting();
    if (found !== undefined) found.isWaiting = false;
    return found;
  }

  /** Calls of other rounds wait no longer. */
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

class Calls {
  readonly #used = new Set<string>();
  /** The id of the last call by the client's id. */
  readonly #last = new Map<string, string>();
  readonly #all = new Queue();
  /** By the client's id. */
  readonly #told = new Map<string, Queue>();
  /** Calls that only other calls stand between are of one round. */
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
    const told = part.id;
    const isTaken = told === '' || this.#used.has(told);
    // Made of what stands before the call alone, so that it stays the same in the turns to come.
    const id = isTaken ? idOf(`${this.#used.size} ${told}`) : told;
    this.#used.add(id);
    this.#last.set(told, id);
    const call = { id, round: this.#round, isWaiting: true };
    const queue = this.#told.get(told) ?? new Queue();
    this.#told.set(told, queue);
    // A call of an earlier round that still waits gets no result any more: the later one of its id does.
    queue.keepOnly(call.round);
    queue.add(call);
    this.#all.add(call);
    return isTaken ? { ...part, id } : part;
  }

  /** By id, and in the order of the calls where several have it or the result names none. */
  #answer(part: ToolResultPart): ToolResultPart {
    const { callId } = part;
    const found = callId === '' ? this.#all.take() : this.#told.get(callId)?.take();
    const id = found?.id ?? this.#last.get(callId) ?? callId;
    return id === callId ? part : { ...part, callId: id };
  }
}

/** Taken by every provider. */
function idOf(text: string): string {
  return `call_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}
