import type { CountedClaims } from '../learnt.js';

/**
 * Upper bounds of the classes of predictions, by the predicted probability that the answer is wrong.
 * Predictions above the last one are no candidates.
 */
export const CLAIM_EDGES: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4,
];

/**
 * The class of a prediction; `null` if it is above the last bound.
 *
 * @param wrong - predicted probability of being wrong, 0 to 1
 */
export function claimClass(wrong: number): number | null {
  const at = CLAIM_EDGES.findIndex((edge) => wrong <= edge);
  return at < 0 ? null : at;
}

/** When this many were checked, the counts are halved, so that older results count for less. */
const MAX_CHECKED = 2_000;

/** Counts how many predictions of one class there were, were checked, and were wrong. */
export class ClaimCount {
  #asked = 0;
  #seen = 0;
  #wrong = 0;

  constructor([asked, seen, wrong]: CountedClaims = [0, 0, 0]) {
    this.#asked = asked;
    this.#seen = seen;
    this.#wrong = wrong;
  }

  /** The counts, as the constructor takes them. */
  get counted(): CountedClaims {
    return [this.#asked, this.#seen, this.#wrong];
  }

  get asked(): number {
    return this.#asked;
  }

  get seen(): number {
    return this.#seen;
  }

  get wrong(): number {
    return this.#wrong;
  }

  /** Counts a prediction. */
  ask(): void {
    this.#asked += 1;
    if (this.#asked > 100 * MAX_CHECKED) this.#asked /= 2;
  }

  /** Counts a checked prediction. */
  see(isRight: boolean): void {
    this.#seen += 1;
    if (!isRight) this.#wrong += 1;
    if (this.#seen <= MAX_CHECKED) return;
    this.#seen /= 2;
    this.#wrong /= 2;
  }
}

/**
 * Counters of all classes, the most confident first.
 *
 * @param counted - earlier counts, in the same order
 */
export function claimCounts(counted: readonly CountedClaims[] = []): readonly ClaimCount[] {
  return CLAIM_EDGES.map((_, at) => new ClaimCount(counted[at]));
}
