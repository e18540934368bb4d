import type { CandidateTable } from './candidate-table.js';
import type { RuleOutcome } from './rules/outcome.js';

/** All that a choice depends on. Equal input, equal choice. */
export interface ChoiceInput {
  /** Dropped candidates included: they may serve as the reference. */
  readonly candidates: CandidateTable;
  readonly outcome: RuleOutcome;
  /** Distance of the prompt from the training prompts, 0 to 1. */
  readonly ood: number;
  /**
   * What one more adequate answer is worth, in what the objective spares: US dollars, or
   * milliseconds. `null` when the promise is kept by every single choice instead of on average.
   */
  readonly price: number | null;
}

// A hair of slack: keep 1 must accept the reference itself, whatever the rounding.
const SLACK = 1e-12;

/**
 * The order in which candidates would be chosen: first those that are good enough, by the policy's objective, then the others, the
 * best first. Candidates are named by their place in the table.
 */
export class Ranking {
  /** The candidate that the promise is measured against. */
  readonly reference: number;
  /** The first in order. */
  readonly first: number;
  /** The quality that a candidate has to reach; below 0 when the average alone is promised. */
  readonly floor: number;
  /** Quality from which a preferred model is taken. */
  readonly preferenceFloor: number;
  /** How many may answer, and how many of them are good enough. */
  readonly eligibleCount: number;
  readonly sufficientCount: number;
  readonly #table: CandidateTable;
  readonly #objective: RuleOutcome['objective'];
  readonly #cautious: boolean;
  /** `null` where nothing is weighed. */
  readonly #price: number | null;
  /** See `assumedOutlay`. */
  readonly #unknown: number;

  private constructor(input: ChoiceInput, cautious: boolean, reference: number) {
    const { candidates, outcome, price } = input;
    this.reference = reference;
    this.#table = candidates;
    this.#objective = outcome.objective;
    this.#cautious = cautious;
    this.#price = outcome.objective === 'quality' ? null : price;
    const success = candidates.success(reference);
    const promised = qualityFloor(outcome.keep.value, success);
    const each = qualityFloor(outcome.keepEach?.value ?? 0, success);
    this.floor = price === null ? Math.max(promised, each) : each;
    let open = 0;
    let sufficient = 0;
    for (let i = 0; i < candidates.length; i++) {
      if (!candidates.isEligible(i)) continue;
      open += 1;
      if (this.quality(i) >= this.floor) sufficient += 1;
    }
    this.eligibleCount = open;
    this.sufficientCount = sufficient;
    this.#unknown = assumedOutlay(candidates, outcome);
    this.first = this.firstOf(() => true);
    // What keeps the promise by itself, or does no worse than the choice, takes nothing from the average.
    this.preferenceFloor =
      price === null ? this.floor : Math.min(promised, this.quality(this.first));
  }

  /**
   * @param cautious - all but the reference count as their success less its uncertainty
   * @returns `null` when every candidate is dropped
   */
  static of(input: ChoiceInput, cautious: boolean): Ranking | null {
    const reference = findReference(input.candidates, input.outcome, cautious);
    return reference < 0 ? null : new Ranking(input, cautious, reference);
  }

  /** How good a candidate's answer counts as when candidates are compared, 0 to 1. */
  quality(i: number): number {
    return qualityAt(this.#table, i, this.#cautious && i !== this.reference);
  }

  isSufficient(i: number): boolean {
    return this.quality(i) >= this.floor;
  }

  /** The first in order of those that may answer and that `isWanted`; -1 if there is none. */
  firstOf(isWanted: (i: number) => boolean): number {
    let first = -1;
    let firstKey = 0;
    let firstSuffices = false;
    for (let i = 0; i < this.#table.length; i++) {
      if (!this.#table.isEligible(i) || !isWanted(i)) continue;
      const suffices = this.isSufficient(i);
      if (first >= 0 && firstSuffices && !suffices) continue;
      const key = this.#key(i, suffices);
      // As `compare` has it, with what is known of the first.
      if (first >= 0 && firstSuffices === suffices) {
        if (key > firstKey || (key === firstKey && this.#compareEqual(i, first) >= 0)) continue;
      }
      first = i;
      firstKey = key;
      firstSuffices = suffices;
    }
    return first;
  }

  /** Below 0 where `a` comes before `b`, above 0 where it comes after. */
  compare(a: number, b: number): number {
    const isSufficient = this.isSufficient(a);
    if (isSufficient !== this.isSufficient(b)) return isSufficient ? -1 : 1;
    const ownKey = this.#key(a, isSufficient);
    const otherKey = this.#key(b, isSufficient);
    if (ownKey !== otherKey) return ownKey < otherKey ? -1 : 1;
    return this.#compareEqual(a, b);
  }

  /** All that may answer, in order. */
  inOrder(): readonly number[] {
    return [...this.#table.models.keys()]
      .filter((i) => this.#table.isEligible(i))
      .sort((a, b) => this.compare(a, b));
  }

  /** What candidates are put in order by, the least first. */
  #key(i: number, isSufficient: boolean): number {
    const quality = this.quality(i);
    if (!isSufficient || this.#objective === 'quality') return -quality;
    const known = outlayAt(this.#table, i, { objective: this.#objective });
    const outlay = Number.isNaN(known) ? this.#unknown : known;
    return this.#price === null ? outlay : netOutlay(outlay, quality, this.#price);
  }

  #compareEqual(a: number, b: number): number {
    return compareTied(this.#table, a, b, this.quality(b) - this.quality(a));
  }
}

/**
 * What a candidate takes less what its answer is worth: the least is chosen.
 *
 * @param price - see `ChoiceInput.price`
 */
export function netOutlay(outlay: number, quality: number, price: number): number {
  return outlay - price * quality;
}

/**
 * Below 0 where the candidate at `a` comes before the one at `b` if neither is worth more: the cheaper, then the better,
 * then by name.
 *
 * @param better - how much better the one at `b` is
 */
export function compareTied(
  candidates: CandidateTable,
  a: number,
  b: number,
  better: number,
): number {
  const cheaper = compareCost(candidates, a, b);
  if (cheaper !== 0) return cheaper;
  return better === 0 ? compareName(candidates, a, b) : better;
}

/** The quality that keeps a share of the reference's success. */
export function qualityFloor(share: number, success: number): number {
  return share * success - SLACK;
}

/** The candidate that a policy's promise is measured against; -1 when all are dropped. */
export function findReference(
  candidates: CandidateTable,
  { reference }: Pick<RuleOutcome, 'reference'>,
  cautious: boolean,
): number {
  let best = -1;
  let most = -1;
  for (let i = 0; i < candidates.length; i++) {
    if (!candidates.isEligible(i)) continue;
    const quality = qualityAt(candidates, i, cautious);
    if (quality < most) continue;
    // Of equals the cheapest, so that what is saved against it is not flattered.
    if (quality === most && compareTied(candidates, best, i, 0) < 0) continue;
    best = i;
    most = quality;
  }
  if (best < 0 || reference === 'best') return best;
  const named = candidates.models.indexOf(reference);
  return named < 0 ? best : named;
}

/** An unknown price is the dearest. */
function compareCost(candidates: CandidateTable, a: number, b: number): number {
  const [own, other] = [candidates.costUsd(a), candidates.costUsd(b)];
  if (own === other || (Number.isNaN(own) && Number.isNaN(other))) return 0;
  return own < other || Number.isNaN(other) ? -1 : 1;
}

function compareName({ models }: CandidateTable, a: number, b: number): number {
  return (models[a] ?? '') < (models[b] ?? '') ? -1 : 1;
}

/** Where the predictor has seen nothing alike, a high guess is not worth more than its error bar. */
export function qualityAt(candidates: CandidateTable, i: number, cautious: boolean): number {
  const success = candidates.success(i);
  return cautious ? Math.max(0, success - candidates.uncertainty(i)) : success;
}

/** How much more than the dearest candidate one of unknown outlay is taken for. */
const OVER_DEAREST = 1.01;
/** What an unknown outlay is taken for where none is known or all known ones are nothing: dollars, or milliseconds. */
const SUPPOSED = { cost: 0.001, quality: 0.001, latency: 1000 } as const;

/**
 * What is taken for an unknown outlay: more than any candidate is known to take, dropped ones included, so that a known
 * outlay goes first; and never nothing.
 */
export function assumedOutlay(
  candidates: CandidateTable,
  { objective }: Pick<RuleOutcome, 'objective'>,
): number {
  let dearest = 0;
  for (let i = 0; i < candidates.length; i++) {
    const outlay = outlayAt(candidates, i, { objective });
    if (outlay > dearest) dearest = outlay;
  }
  return dearest > 0 ? OVER_DEAREST * dearest : SUPPOSED[objective];
}

/** What a policy tries to spend little of: US dollars, or milliseconds; NaN when unknown. */
export function outlayAt(
  candidates: CandidateTable,
  i: number,
  { objective }: Pick<RuleOutcome, 'objective'>,
): number {
  return objective === 'latency' ? candidates.latencyMs(i) : candidates.costUsd(i);
}
