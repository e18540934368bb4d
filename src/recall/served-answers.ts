import type { Question } from '../cache/cached-answer.js';
import type { MatchPrediction } from '../cache/semantic/error-rates.js';

/** A cached answer that was given to a client, or stored for it. */
export interface ServedAnswer {
  readonly caller: string;
  /** Key of the cached answer. */
  readonly key: string;
  /** Id of the decision that produced it: the key may hold another answer by now. */
  readonly source: string;
  /** The question asked, or the question that the answer was stored for; `null` if neither may be compared with others. */
  readonly question: Question | null;
  /** Whether a model was called for this decision; otherwise it came from the cache. */
  readonly isFresh: boolean;
  /** For a semantic hit, what the verifier predicted of it; otherwise `null`. */
  readonly prediction: MatchPrediction | null;
}

const MAX_REMEMBERED = 10_000;

/** Maps the latest decisions (up to 10,000) to their cached answers, so that feedback finds them. */
export class ServedAnswers {
  readonly #answers = new Map<string, ServedAnswer>();

  add(decisionId: string, answer: ServedAnswer): void {
    this.#answers.set(decisionId, answer);
    const oldest = this.#answers.keys().next().value;
    if (this.#answers.size > MAX_REMEMBERED && oldest !== undefined) this.#answers.delete(oldest);
  }

  /** `undefined` for a decision that did not involve the cache, or is no longer remembered. */
  get(decisionId: string): ServedAnswer | undefined {
    return this.#answers.get(decisionId);
  }
}
