import type { CountedClaims } from '../learnt.js';

/**
 * Classes of what the judge claims: the probability that the answer is wrong, each up to one of these.
 * What is claimed to be wrong more often than the last says is no candidate at all.
 */
export const CLAIM_EDGES: readonly number[] = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4,
];

/** The class of a claim; `null` for one that is beyond all. @param wrong - 0 to 1 */
export function claimClass(wrong: number): number | null {
  const at = CLAIM_EDGES.findIndex((edge) => wrong <= edge);
  return at < 0 ? null : at;
}

/** When so many were looked at, all counts are halved: what was true long ago counts for less. */
const MOST_SEEN = 2_000;

/** How often claims of one class came, were looked at, and were wrong. */
export class ClaimCount {
  #asked = 0;
  #seen = 0;
  #wrong = 0;

  constructor([asked, seen, wrong]: CountedClaims = [0, 0, 0]) {
    this.#asked = asked;
    this.#seen = seen;
    this.#wrong = wrong;
  }

  /** Its counts as they can be given to the constructor. */
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

  /** One came. */
  ask(): void {
    this.#asked += 1;
    if (this.#asked > 100 * MOST_SEEN) this.#asked /= 2;
  }

  /** One was looked at. */
  see(isRight: boolean): void {
    this.#seen += 1;
    if (!isRight) this.#wrong += 1;
    if (this.#seen <= MOST_SEEN) return;
    this.#seen /= 2;
    this.#wrong /= 2;
  }
}

/**
 * Counts of all classes, from the surest on.
 *
 * @param counted - what was counted before, in that order
 */
export function claimCounts(counted: readonly CountedClaims[] = []): readonly ClaimCount[] {
  return CLAIM_EDGES.map((_, at) => new ClaimCount(counted[at]));
}
