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

/** A call that has no result yet. */
interface Waiting {
  /** As the client calls it. */
  readonly told: string;
  readonly id: string;
  readonly round: number;
}

class Calls {
  readonly #used = new Set<string>();
  /** The id of the last call by the client's id. */
  readonly #last = new Map<string, string>();
  #waiting: Waiting[] = [];
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
    // A call of an earlier round that still waits gets no result any more: the later one of its id does.
    const round = this.#round;
    this.#waiting = this.#waiting.filter((one) => one.told !== told || one.round === round);
    this.#waiting.push({ told, id, round });
    return isTaken ? { ...part, id } : part;
  }

  /** By id, and in the order of the calls where several have it or the result names none. */
  #answer(part: ToolResultPart): ToolResultPart {
    const { callId } = part;
    const found = this.#waiting.find(({ told }) => callId === '' || told === callId);
    this.#waiting = this.#waiting.filter((one) => one !== found);
    const id = found?.id ?? this.#last.get(callId) ?? callId;
    return id === callId ? part : { ...part, callId: id };
  }
}

/** Taken by every provider. */
function idOf(text: string): string {
  return `call_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}
