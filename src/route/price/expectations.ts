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

/** One request before it is decided: who may answer it, and how far it is from the training prompts. */
export interface Prospect {
  /** The same models in the same order for all prospects that are compared. */
  readonly candidates: CandidateTable;
  /** See `Prediction.ood`. */
  readonly ood: number;
}

/** What came of some requests that were all decided at one price. */
export interface Totals {
  /** Sum of the chosen candidates' quality; that of the reference's; by the weights of the rows. */
  readonly quality: number;
  readonly referenceQuality: number;
  /** The same of what they take: US dollars, or milliseconds; with what is supposed where it is unknown. */
  readonly outlay: number;
  readonly referenceOutlay: number;
  /** Weight of the requests whose choice, or reference, takes nobody knows how much. */
  readonly unknown: number;
  readonly referenceUnknown: number;
  /** Weight of the requests that went to each candidate. */
  readonly shares: Float64Array;
  readonly weight: number;
}

/** What comes of no request at all, to be added to. */
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

/** The outcome's part that the expectations depend on. */
type Terms = Pick<RuleOutcome, 'objective' | 'reference' | 'keepEach'>;

/**
 * What was expected of every candidate for the latest requests: all that choosing by price needs.
 *
 * A ring: the latest `capacity` requests are remembered, without their text.
 */
export class Expectations {
  readonly width: number;
  readonly #terms: Terms;
  readonly #capacity: number;
  /** How many candidates of each row could be chosen at some price. */
  readonly #eligible: Uint16Array;
  /**
   * Which they are, the first to be taken of those that are worth the same before the others, with their quality and
   * outlay; shape [capacity, width]. All in the precision of the choice itself, or ties would fall to others.
   */
  readonly #index: Uint16Array;
  readonly #quality: Float64Array;
  readonly #outlay: Float64Array;
  /** Quality and outlay of the reference. */
  readonly #reference: Float64Array;
  /** What stands for an outlay that is unknown; known ones are less. */
  readonly #unknown: Float64Array;
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
  }

  /** Requests that are remembered. */
  get size(): number {
    return Math.min(this.#added, this.#capacity);
  }

  /** Requests that were ever added. */
  get added(): number {
    return this.#added;
  }

  /** Remembers what is expected for a request, and forgets that of the oldest; nothing if nobody may answer. */
  add({ candidates, ood }: Prospect): void {
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
    this.#added += 1;
  }

  /** The sum of the chosen candidates' quality at a price: as in `totals`, before it is weighed. */
  qualityAt(price: number): number {
    let quality = 0;
    for (let row = 0; row < this.size; row++) {
      quality += this.#quality[this.#chosen(row, price)] ?? 0;
    }
    return quality;
  }

  /**
   * What choosing at a price comes to, every request weighing `weight`.
   *
   * @param price - `null` where every choice is to keep all by itself
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
   * Takes those out of a row that another one beats, being better for no more: at no price would
   * they be chosen, and few of dozens are left.
   *
   * @returns where the row ends then
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
      // The quicker one may be the dearer: where time is equal, or worth nothing, money decides.
      if (this.#compareTied(candidates, at, own) < 0) return true;
    }
    return false;
  }

  /** Puts one of a row in its place among those before it, which are in order. */
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

  /** As `choose` does at a price, preferences and pins aside; where the one chosen stands. */
  #chosen(row: number, price: number | null): number {
    const keepEach = price === null ? 1 : (this.#terms.keepEach?.value ?? 0);
    const best = this.#least(row, price, qualityFloor(keepEach, this.#reference[2 * row] ?? 0));
    // A named reference may be better than all that may answer: then nobody reaches the floor.
    return best >= 0 ? best : this.#best(row);
  }

  /** The first of those that reach a floor and take least, at a price less what they are worth. */
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

/** Changes places with the one before. */
function swap(values: Uint16Array | Float64Array, at: number): void {
  const value = values[at] ?? 0;
  values[at] = values[at - 1] ?? 0;
  values[at - 1] = value;
}
