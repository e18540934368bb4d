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
   * Value of one more adequate answer in the unit of the objective: US dollars, or milliseconds for latency.
   * `null` when every single choice must keep the promise, not the average.
   */
  readonly price: number | null;
}

// Tolerance for rounding: with `keep: 1` the reference itself must reach the floor.
const SLACK = 1e-12;

/**
 * The order in which candidates would be chosen: those that are good enough by the policy's objective, then the others by
 * quality. Candidates are identified by their index in the table.
 */
export class Ranking {
  /** The candidate that the promise is measured against. */
  readonly reference: number;
  /** The first candidate in this order. */
  readonly first: number;
  /** Quality that a candidate must reach; below 0 when only the average is promised. */
  readonly floor: number;
  /** Quality that a preferred model must reach. */
  readonly preferenceFloor: number;
  /** Number of candidates that may answer, and of those that are also good enough. */
  readonly eligibleCount: number;
  readonly sufficientCount: number;
  readonly #table: CandidateTable;
  readonly #objective: RuleOutcome['objective'];
  readonly #cautious: boolean;
  /** `null` if cost and quality are not traded off. */
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
    const best = qualityAt(candidates, reference, cautious);
    const promised = qualityFloor(outcome.keep.value, best);
    const each = qualityFloor(outcome.keepEach?.value ?? 0, best);
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
    // A model that keeps the promise by itself, or is no worse than the choice, does not lower the average.
    this.preferenceFloor =
      price === null ? this.floor : Math.min(promised, this.quality(this.first));
  }

  /**
   * @param cautious - whether uncertainty is subtracted from success
   * @returns `null` when every candidate is dropped
   */
  static of(input: ChoiceInput, cautious: boolean): Ranking | null {
    const reference = findReference(input.candidates, input.outcome, cautious);
    return reference < 0 ? null : new Ranking(input, cautious, reference);
  }

  /** Quality by which a candidate is compared with others, 0 to 1. */
  quality(i: number): number {
    return qualityAt(this.#table, i, this.#cautious);
  }

  isSufficient(i: number): boolean {
    return this.quality(i) >= this.floor;
  }

  /** The first eligible candidate in order for which `isWanted`; -1 if there is none. */
  firstOf(isWanted: (i: number) => boolean): number {
    let first = -1;
    let firstKey = 0;
    let firstSuffices = false;
    for (let i = 0; i < this.#table.length; i++) {
      if (!this.#table.isEligible(i) || !isWanted(i)) continue;
      const suffices = this.isSufficient(i);
      if (first >= 0 && firstSuffices && !suffices) continue;
      const key = this.#key(i, suffices);
      // The same order as `compare`, without computing the key of the first again.
      if (first >= 0 && firstSuffices === suffices) {
        if (key > firstKey || (key === firstKey && this.#compareEqual(i, first) >= 0)) continue;
      }
      first = i;
      firstKey = key;
      firstSuffices = suffices;
    }
    return first;
  }

  /** Negative if `a` comes before `b`, positive if after. */
  compare(a: number, b: number): number {
    const isSufficient = this.isSufficient(a);
    if (isSufficient !== this.isSufficient(b)) return isSufficient ? -1 : 1;
    const ownKey = this.#key(a, isSufficient);
    const otherKey = this.#key(b, isSufficient);
    if (ownKey !== otherKey) return ownKey < otherKey ? -1 : 1;
    return this.#compareEqual(a, b);
  }

  /** All eligible candidates, in order. */
  inOrder(): readonly number[] {
    return [...this.#table.models.keys()]
      .filter((i) => this.#table.isEligible(i))
      .sort((a, b) => this.compare(a, b));
  }

  /** Sort key of a candidate, ascending. */
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
 * Outlay minus the value of the answer; the candidate with the lowest is chosen.
 *
 * @param price - see `ChoiceInput.price`
 */
export function netOutlay(outlay: number, quality: number, price: number): number {
  return outlay - price * quality;
}

/**
 * Order of two candidates with equal keys: the cheaper one first, then the better one, then by name. Negative if `a` comes first.
 *
 * @param better - quality of `b` minus quality of `a`
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

/** The least quality that keeps a share of the reference's quality. */
export function qualityFloor(share: number, reference: number): number {
  return share * reference - SLACK;
}

/** Index of the candidate that a policy's promise is measured against; -1 when all are dropped. */
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
    // The cheapest of equals, so that savings against it are not overstated.
    if (quality === most && compareTied(candidates, best, i, 0) < 0) continue;
    best = i;
    most = quality;
  }
  if (best < 0 || reference === 'best') return best;
  const named = candidates.models.indexOf(reference);
  return named < 0 ? best : named;
}

/** An unknown price counts as the highest. */
function compareCost(candidates: CandidateTable, a: number, b: number): number {
  const [own, other] = [candidates.costUsd(a), candidates.costUsd(b)];
  if (own === other || (Number.isNaN(own) && Number.isNaN(other))) return 0;
  return own < other || Number.isNaN(other) ? -1 : 1;
}

function compareName({ models }: CandidateTable, a: number, b: number): number {
  return (models[a] ?? '') < (models[b] ?? '') ? -1 : 1;
}

/** Quality of a candidate: its success, or for unfamiliar prompts the lower end of its error bar. */
export function qualityAt(candidates: CandidateTable, i: number, cautious: boolean): number {
  const success = candidates.success(i);
  return cautious ? Math.max(0, success - candidates.uncertainty(i)) : success;
}

/** Factor on the highest known outlay that stands for an unknown one. */
const OVER_DEAREST = 1.01;
/** Assumed outlay where none is known, or all known ones are 0: US dollars, or milliseconds. */
const SUPPOSED = { cost: 0.001, quality: 0.001, latency: 1000 } as const;

/**
 * The outlay assumed for candidates whose outlay is unknown: above every known one, dropped candidates included, so that a
 * candidate of known outlay is preferred; always over 0.
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

/** What the policy minimises, in US dollars, or milliseconds for latency; NaN when unknown. */
export function outlayAt(
  candidates: CandidateTable,
  i: number,
  { objective }: Pick<RuleOutcome, 'objective'>,
): number {
  return objective === 'latency' ? candidates.latencyMs(i) : candidates.costUsd(i);
}
