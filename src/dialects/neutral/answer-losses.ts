import type { AnswerEvent, AnswerPart } from './event.js';
import type { Loss } from './losses.js';

/** Tells what a client's dialect has no place for in an answer; `null` for what it can say. */
export type Unsayable = (event: AnswerEvent) => AnswerPart | null;

/**
 * Keeps the account of what a client is not told of an answer.
 *
 * No answer fails for it: it has been paid for, and what is left of it is the answer.
 */
export class AnswerLosses {
  readonly #unsayable: Unsayable;
  readonly #parts = new Set<AnswerPart>();

  /** @param unsayable - of the client's dialect */
  constructor(unsayable: Unsayable) {
    this.#unsayable = unsayable;
  }

  add(event: AnswerEvent): void {
    const part = partLost(event) ?? this.#unsayable(event);
    if (part !== null) this.#parts.add(part);
  }

  /** Each kind of part once, in the order in which they came. */
  get list(): readonly Loss[] {
    return [...this.#parts].map((part) => ({ field: `answer.${part}`, what: `answer.${part}` }));
  }
}

function partLost(event: AnswerEvent): AnswerPart | null {
  if (event.kind === 'lost') return event.part;
  return event.kind === 'tier' && event.tier === null ? 'service_tier' : null;
}
