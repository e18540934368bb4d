import type { CandidateTable } from '../candidate-table.js';
import { FAR } from '../decide.js';
import { outlayAt, qualityAt, referenceIn } from '../ranking.js';
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
  /** The same of what they take: US dollars, or milliseconds. */
  readonly outlay: number;
  readonly referenceOutlay: number;
  /** Weight of the requests that went to each candidate. */
  readonly shares: Float64Array;
  readonly weight: number;
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
  /** Which they are, in order, with their quality and outlay; shape [capacity, width]. */
  readonly #index: Uint16Array;
  readonly #quality: Float32Array;
  readonly #outlay: Float32Array;
  /** Quality and outlay of the reference, and the quality that a choice must reach. */
  readonly #reference: Float32Array;
  readonly #floor: Float32Array;
  #added = 0;

  constructor(terms: Terms, width: number, capacity: number) {
    this.width = width;
    this.#terms = terms;
    this.#capacity = capacity;
    this.#eligible = new Uint16Array(capacity);
    this.#index = new Uint16Array(capacity * width);
    this.#quality = new Float32Array(capacity * width);
    this.#outlay = new Float32Array(capacity * width);
    this.#reference = new Float32Array(2 * capacity);
    this.#floor = new Float32Array(capacity);
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
    const cautious = ood > FAR;
    const reference = referenceIn(candidates, this.#terms, cautious);
    if (reference < 0) return;
    const row = this.#added % this.#capacity;
    const from = row * this.width;
    let to = from;
    const unknown = dearest(candidates, this.#terms);
    const outlayOf = (m: number): number => {
      const outlay = outlayAt(candidates, m, this.#terms);
      return Number.isNaN(outlay) ? unknown : outlay;
    };
    for (let m = 0; m < candidates.length; m++) {
      if (!candidates.isOpen(m)) continue;
      this.#index[to] = m;
      this.#quality[to] = qualityAt(candidates, m, cautious && m !== reference);
      this.#outlay[to] = outlayOf(m);
      to += 1;
    }
    this.#eligible[row] = this.#dropBeaten(from, to);
    const success = candidates.success(reference);
    this.#reference[2 * row] = success;
    this.#reference[2 * row + 1] = outlayOf(reference);
    this.#floor[row] = (this.#terms.keepEach?.value ?? 0) * success;
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

  /** What choosing at a price comes to, every request weighing `weight`. */
  totals(price: number, weight: number): Totals {
    const shares = new Float64Array(this.width);
    let quality = 0;
    let outlay = 0;
    let referenceQuality = 0;
    let referenceOutlay = 0;
    for (let row = 0; row < this.size; row++) {
      const chosen = this.#chosen(row, price);
      const m = this.#index[chosen] ?? 0;
      quality += this.#quality[chosen] ?? 0;
      outlay += this.#outlay[chosen] ?? 0;
      referenceQuality += this.#reference[2 * row] ?? 0;
      referenceOutlay += this.#reference[2 * row + 1] ?? 0;
      shares[m] = (shares[m] ?? 0) + weight;
    }
    return {
      quality: weight * quality,
      outlay: weight * outlay,
      referenceQuality: weight * referenceQuality,
      referenceOutlay: weight * referenceOutlay,
      shares,
      weight: weight * this.size,
    };
  }

  /**
   * Takes those out of a row that another one beats, being better for no more: at no price would
   * they be chosen, and few of dozens are left.
   *
   * @returns how many are left; they stay in order
   */
  #dropBeaten(from: number, end: number): number {
    const [index, quality, outlay] = [this.#index, this.#quality, this.#outlay];
    let to = from;
    for (let at = from; at < end; at++) {
      const own = quality[at] ?? 0;
      const ownOutlay = outlay[at] ?? 0;
      if (this.#isBeaten(own, ownOutlay, from, to) || this.#isBeaten(own, ownOutlay, at + 1, end)) {
        continue;
      }
      index[to] = index[at] ?? 0;
      quality[to] = own;
      outlay[to] = ownOutlay;
      to += 1;
    }
    return to - from;
  }

  #isBeaten(ownQuality: number, ownOutlay: number, from: number, to: number): boolean {
    const [quality, outlay] = [this.#quality, this.#outlay];
    for (let at = from; at < to; at++) {
      if ((quality[at] ?? 0) > ownQuality && (outlay[at] ?? 0) <= ownOutlay) return true;
    }
    return false;
  }

  /** As `choose` does at a price, preferences and pins aside; where the one chosen stands. */
  #chosen(row: number, price: number): number {
    // The floor is stored as a 32-bit number, so the reference itself might miss it by a hair.
    const best = this.#worthiest(row, price, (this.#floor[row] ?? 0) - 1e-6);
    // A named reference may be better than all that may answer: then nobody reaches the floor.
    return best >= 0 ? best : this.#worthiest(row, MONEY_NO_OBJECT, -Infinity);
  }

  #worthiest(row: number, price: number, floor: number): number {
    const [qualities, outlays] = [this.#quality, this.#outlay];
    const from = row * this.width;
    const to = from + (this.#eligible[row] ?? 0);
    let best = -1;
    let most = -Infinity;
    let bestQuality = 0;
    for (let at = from; at < to; at++) {
      const quality = qualities[at] ?? 0;
      if (quality < floor) continue;
      const worth = price * quality - (outlays[at] ?? 0);
      // At equal outlays a price of nothing makes all worth the same: the better one is taken.
      if (worth > most || (worth === most && quality > bestQuality)) {
        most = worth;
        best = at;
        bestQuality = quality;
      }
    }
    return best;
  }
}

/** Price at which no outlay counts beside a difference in quality. */
export const MONEY_NO_OBJECT = 1e12;

function dearest(candidates: CandidateTable, terms: Terms): number {
  let most = 0;
  for (let m = 0; m < candidates.length; m++) {
    const outlay = outlayAt(candidates, m, terms);
    if (candidates.isOpen(m) && outlay > most) most = outlay;
  }
  return most;
}
