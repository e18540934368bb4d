import type { Candidate } from '../../core/decision.js';
import { FAR, outlayOf, qualityOf, referenceOf } from '../decide.js';
import type { RuleOutcome } from '../rules/outcome.js';

/** One request before it is decided: who may answer it, and how far it is from the training prompts. */
export interface Prospect {
  /** The same models in the same order for all prospects that are compared. */
  readonly candidates: readonly Candidate[];
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
  /** Shape [capacity, width]; NaN for a candidate that may not answer. */
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
    const reference = referenceOf(candidates, this.#terms, cautious);
    if (reference === null) return;
    const row = this.#added % this.#capacity;
    const at = row * this.width;
    const unknown = dearest(candidates, this.#terms);
    for (let m = 0; m < this.width; m++) {
      const candidate = candidates[m];
      const open = candidate?.dropped === null;
      this.#quality[at + m] = open ? qualityOf(candidate, { cautious, reference }) : NaN;
      this.#outlay[at + m] = (open ? outlayOf(candidate, this.#terms) : null) ?? unknown;
    }
    this.#reference[2 * row] = reference.success;
    this.#reference[2 * row + 1] = outlayOf(reference, this.#terms) ?? unknown;
    this.#floor[row] = (this.#terms.keepEach?.value ?? 0) * reference.success;
    this.#added += 1;
  }

  /** What choosing at a price comes to, every request weighing `weight`. */
  totals(price: number, weight: number): Totals {
    const shares = new Float64Array(this.width);
    let quality = 0;
    let outlay = 0;
    let referenceQuality = 0;
    let referenceOutlay = 0;
    for (let row = 0; row < this.size; row++) {
      const m = this.#chosen(row, price);
      quality += this.#quality[row * this.width + m] ?? 0;
      outlay += this.#outlay[row * this.width + m] ?? 0;
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

  /** As `choose` does at a price, preferences and pins aside. */
  #chosen(row: number, price: number): number {
    // The floor is stored as a 32-bit number, so the reference itself might miss it by a hair.
    const best = this.#worthiest(row, price, (this.#floor[row] ?? 0) - 1e-6);
    // A named reference may be better than all that may answer: then nobody reaches the floor.
    return best >= 0 ? best : this.#worthiest(row, MONEY_NO_OBJECT, -Infinity);
  }

  #worthiest(row: number, price: number, floor: number): number {
    const from = row * this.width;
    let best = -1;
    let most = -Infinity;
    for (let m = 0; m < this.width; m++) {
      const quality = this.#quality[from + m] ?? NaN;
      if (!(quality >= floor)) continue;
      const worth = price * quality - (this.#outlay[from + m] ?? 0);
      // At equal outlays a price of nothing makes all worth the same: the better one is taken.
      if (worth > most || (worth === most && quality > (this.#quality[from + best] ?? 0))) {
        most = worth;
        best = m;
      }
    }
    return best;
  }
}

/** Price at which no outlay counts beside a difference in quality. */
export const MONEY_NO_OBJECT = 1e12;

function dearest(candidates: readonly Candidate[], terms: Terms): number {
  let most = 0;
  for (const candidate of candidates) {
    if (candidate.dropped === null) most = Math.max(most, outlayOf(candidate, terms) ?? 0);
  }
  return most;
}
