import type { CandidateTable } from '../candidate-table.js';
import { OOD_THRESHOLD } from '../decide.js';
import {
  compareTied,
  qualityFloor,
  netOutlay,
  outlayAt,
  qualityAt,
  findReference,
  assumedOutlay,
} from '../ranking.js';
import type { RuleOutcome } from '../rules/outcome.js';

/** One request before it is decided: its candidates, and how far it is from what is known. */
export interface Prospect {
  /** The same models in the same order for all prospects that are compared. */
  readonly candidates: CandidateTable;
  /** See `Prediction.ood`. */
  readonly ood: number;
  /** See `Prediction.novelty`. */
  readonly novelty: number;
}

/** Sums over requests that were all decided at one price. */
export interface Totals {
  /** Weighted sums of the quality of the chosen candidates, and of the references. */
  readonly quality: number;
  readonly referenceQuality: number;
  /** The same for their outlay, in US dollars or milliseconds; unknown outlays count as assumed (`assumedOutlay`). */
  readonly outlay: number;
  readonly referenceOutlay: number;
  /** Weight of the requests whose choice, or whose reference, has an unknown outlay. */
  readonly unknown: number;
  readonly referenceUnknown: number;
  /** Weight of the requests that each candidate gets. */
  readonly shares: Float64Array;
  readonly weight: number;
}

/** Totals of no requests, to be added to. */
export function emptyTotals(width: number): { -readonly [K in keyof Totals]: Totals[K] } {
  return {
    quality: 0,
    referenceQuality: 0,
    outlay: 0,
    referenceOutlay: 0,
    unknown: 0,
    referenceUnknown: 0,
    shares: new Float64Array(width),
    weight: 0,
  };
}

/** The part of the rule outcome that the expectations depend on. */
type Terms = Pick<RuleOutcome, 'objective' | 'reference' | 'keepEach'>;

/**
 * Expected quality and outlay of every candidate for the latest requests, from which a price is found.
 *
 * A ring buffer of `capacity` requests, without their text.
 */
export class Expectations {
  readonly width: number;
  readonly #terms: Terms;
  readonly #capacity: number;
  /** Number of candidates of each row that would be chosen at some price. */
  readonly #eligible: Uint16Array;
  /**
   * These candidates, in the order in which ties are resolved, with their quality and outlay; shape [capacity, width]. In the same
   * precision as the choice itself, so that ties are resolved in the same way.
   */
  readonly #index: Uint16Array;
  readonly #quality: Float64Array;
  readonly #outlay: Float64Array;
  /** Quality and outlay of the reference. */
  readonly #reference: Float64Array;
  /** Assumed outlay where it is unknown; above all known ones. */
  readonly #unknown: Float64Array;
  readonly #novelty: Float64Array;
  #added = 0;

  constructor(terms: Terms, width: number, capacity: number) {
    this.width = width;
    this.#terms = terms;
    this.#capacity = capacity;
    this.#eligible = new Uint16Array(capacity);
    this.#index = new Uint16Array(capacity * width);
    this.#quality = new Float64Array(capacity * width);
    this.#outlay = new Float64Array(capacity * width);
    this.#reference = new Float64Array(2 * capacity);
    this.#unknown = new Float64Array(capacity);
    this.#novelty = new Float64Array(capacity);
  }

  /** Number of requests in the buffer. */
  get size(): number {
    return Math.min(this.#added, this.#capacity);
  }

  /** Number of requests ever added. */
  get added(): number {
    return this.#added;
  }

  /** Adds a request in place of the oldest one; does nothing if no candidate is eligible. */
  add({ candidates, ood, novelty }: Prospect): void {
    const cautious = ood > OOD_THRESHOLD;
    const reference = findReference(candidates, this.#terms, cautious);
    if (reference < 0) return;
    const row = this.#added % this.#capacity;
    const from = row * this.width;
    let to = from;
    const unknown = assumedOutlay(candidates, this.#terms);
    const outlayOf = (m: number): number => {
      const outlay = outlayAt(candidates, m, this.#terms);
      return Number.isNaN(outlay) ? unknown : outlay;
    };
    for (let m = 0; m < candidates.length; m++) {
      if (!candidates.isEligible(m)) continue;
      this.#index[to] = m;
      this.#quality[to] = qualityAt(candidates, m, cautious);
      this.#outlay[to] = outlayOf(m);
      to += 1;
    }
    const end = this.#dropBeaten(candidates, from, to);
    for (let at = from + 1; at < end; at++) this.#sortIn(candidates, from, at);
    this.#eligible[row] = end - from;
    this.#reference[2 * row] = qualityAt(candidates, reference, cautious);
    this.#reference[2 * row + 1] = outlayOf(reference);
    this.#unknown[row] = unknown;
    this.#novelty[row] = novelty;
    this.#added += 1;
  }

  /** Sum of the novelty of the requests; see `Prediction.novelty`. */
  noveltySum(): number {
    return this.#novelty.subarray(0, this.size).reduce((sum, novelty) => sum + novelty, 0);
  }

  /** Sum of the quality of the candidates chosen at a price: as in `totals`, without weights. */
  qualityAt(price: number): number {
    let quality = 0;
    for (let row = 0; row < this.size; row++) {
      quality += this.#quality[this.#chosen(row, price)] ?? 0;
    }
    return quality;
  }

  /**
   * Totals of choosing at a price, with every request weighted by `weight`.
   *
   * @param price - `null` if every choice must keep the whole quality of the reference
   */
  totals(price: number | null, weight: number): Totals {
    const shares = new Float64Array(this.width);
    let [quality, outlay, unknown] = [0, 0, 0];
    let [referenceQuality, referenceOutlay, referenceUnknown] = [0, 0, 0];
    for (let row = 0; row < this.size; row++) {
      const chosen = this.#chosen(row, price);
      const m = this.#index[chosen] ?? 0;
      quality += this.#quality[chosen] ?? 0;
      outlay += this.#outlay[chosen] ?? 0;
      referenceQuality += this.#reference[2 * row] ?? 0;
      referenceOutlay += this.#reference[2 * row + 1] ?? 0;
      if (this.#outlay[chosen] === this.#unknown[row]) unknown += weight;
      if (this.#reference[2 * row + 1] === this.#unknown[row]) referenceUnknown += weight;
      shares[m] = (shares[m] ?? 0) + weight;
    }
    return {
      quality: weight * quality,
      outlay: weight * outlay,
      referenceQuality: weight * referenceQuality,
      referenceOutlay: weight * referenceOutlay,
      unknown,
      referenceUnknown,
      shares,
      weight: weight * this.size,
    };
  }

  /**
   * Removes dominated candidates from a row: another one is better and costs no more, so they are chosen at no price. Few of
   * dozens are left.
   *
   * @returns the new end of the row
   */
  #dropBeaten(candidates: CandidateTable, from: number, end: number): number {
    const [index, quality, outlay] = [this.#index, this.#quality, this.#outlay];
    let to = from;
    for (let at = from; at < end; at++) {
      if (this.#isBeaten(candidates, at, from, to)) continue;
      if (this.#isBeaten(candidates, at, at + 1, end)) continue;
      index[to] = index[at] ?? 0;
      quality[to] = quality[at] ?? 0;
      outlay[to] = outlay[at] ?? 0;
      to += 1;
    }
    return to;
  }

  #isBeaten(candidates: CandidateTable, own: number, from: number, to: number): boolean {
    const [quality, outlay] = [this.#quality, this.#outlay];
    const ownQuality = quality[own] ?? 0;
    const ownOutlay = outlay[own] ?? 0;
    for (let at = from; at < to; at++) {
      if ((quality[at] ?? 0) <= ownQuality || (outlay[at] ?? 0) > ownOutlay) continue;
      // A faster candidate may cost more: if times are equal, or time is worth nothing, cost decides.
      if (this.#compareTied(candidates, at, own) < 0) return true;
    }
    return false;
  }

  /** Insertion sort: moves one entry of a row to its place among those before it, which are sorted. */
  #sortIn(candidates: CandidateTable, from: number, own: number): void {
    for (let at = own; at > from && this.#compareTied(candidates, at, at - 1) < 0; at--) {
      swap(this.#index, at);
      swap(this.#quality, at);
      swap(this.#outlay, at);
    }
  }

  #compareTied(candidates: CandidateTable, a: number, b: number): number {
    const [index, quality] = [this.#index, this.#quality];
    const better = (quality[b] ?? 0) - (quality[a] ?? 0);
    return compareTied(candidates, index[a] ?? 0, index[b] ?? 0, better);
  }

  /** Index of the candidate that `choose` takes at a price, without preferences and pins. */
  #chosen(row: number, price: number | null): number {
    const keepEach = price === null ? 1 : (this.#terms.keepEach?.value ?? 0);
    const best = this.#least(row, price, qualityFloor(keepEach, this.#reference[2 * row] ?? 0));
    // A named reference may be better than all eligible candidates, so that none reaches the floor.
    return best >= 0 ? best : this.#best(row);
  }

  /** Index of the first candidate that reaches a floor with the least net outlay at a price; -1 if there is none. */
  #least(row: number, price: number | null, floor: number): number {
    const [qualities, outlays] = [this.#quality, this.#outlay];
    const from = row * this.width;
    const to = from + (this.#eligible[row] ?? 0);
    let first = -1;
    let least = Infinity;
    for (let at = from; at < to; at++) {
      const quality = qualities[at] ?? 0;
      if (quality < floor) continue;
      const outlay = netOutlay(outlays[at] ?? 0, quality, price ?? 0);
      if (outlay < least) {
        least = outlay;
        first = at;
      }
    }
    return first;
  }

  #best(row: number): number {
    const from = row * this.width;
    const to = from + (this.#eligible[row] ?? 0);
    let best = from;
    for (let at = from; at < to; at++) {
      if ((this.#quality[at] ?? 0) > (this.#quality[best] ?? 0)) best = at;
    }
    return best;
  }
}

/** Swaps an element with the one before it. */
function swap(values: Uint16Array | Float64Array, at: number): void {
  const value = values[at] ?? 0;
  values[at] = values[at - 1] ?? 0;
  values[at - 1] = value;
}
