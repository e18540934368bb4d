import type { AnswerEvent, AnswerPart } from './event.js';
import type { Loss } from './losses.js';

/** Returns the kind of content if a client's dialect cannot express the event; `null` if it can. */
export type FindUnsupportedPart = (event: AnswerEvent) => AnswerPart | null;

/**
 * Collects which parts of an answer the client does not get.
 *
 * No answer fails because of a loss: it has been paid for, and the rest of it is still useful.
 */
export class AnswerLosses {
  readonly #unsupportedPart: FindUnsupportedPart;
  readonly #parts = new Set<AnswerPart>();

  /** @param unsupportedPart - of the client's dialect */
  constructor(unsupportedPart: FindUnsupportedPart) {
    this.#unsupportedPart = unsupportedPart;
  }

  add(event: AnswerEvent): void {
    const part = providerLoss(event) ?? this.#unsupportedPart(event);
    if (part !== null) this.#parts.add(part);
  }

  /** Each kind once, in order of first occurrence. */
  get list(): readonly Loss[] {
    return [...this.#parts].map((part) => ({ field: `answer.${part}`, what: `answer.${part}` }));
  }
}

function providerLoss(event: AnswerEvent): AnswerPart | null {
  if (event.kind === 'lost') return event.part;
  return event.kind === 'tier' && event.tier === null ? 'service_tier' : null;
}
