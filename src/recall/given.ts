import type { Question } from '../cache/kept-answer.js';
import type { Claim } from '../cache/semantic/error-book.js';

/** What a decision gave to whom. */
export interface GivenAnswer {
  readonly caller: string;
  /** Of the kept answer. */
  readonly key: string;
  /** The decision whose answer it is: by now another one may be kept under the key. */
  readonly source: string;
  /** What was asked, or what the answer was kept for; `null` where neither may be compared with others. */
  readonly question: Question | null;
  /** Whether it was asked of a model for this decision, or given again. */
  readonly isFresh: boolean;
  /** It was the answer to another question, and this was claimed of it; `null` for the same question. */
  readonly claim: Claim | null;
}

const MOST_REMEMBERED = 10_000;

/** Which kept answer the latest decisions were about, so that what clients say of one reaches it. */
export class GivenAnswers {
  readonly #given = new Map<string, GivenAnswer>();

  note(decisionId: string, given: GivenAnswer): void {
    this.#given.set(decisionId, given);
    const oldest = this.#given.keys().next().value;
    if (this.#given.size > MOST_REMEMBERED && oldest !== undefined) this.#given.delete(oldest);
  }

  /** `undefined` for a decision that had nothing to do with the cache, or has been forgotten. */
  get(decisionId: string): GivenAnswer | undefined {
    return this.#given.get(decisionId);
  }
}
