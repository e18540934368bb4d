import type { Expectations } from './expectations.js';
import { findPrice, totalsOf } from './find-price.js';
import { aimFor } from './price-book.js';

/** What a promise would come to. */
export interface FrontierPoint {
  readonly keep: number;
  /** See `PriceBook.priceOf`; `null` where all is kept, so nothing is weighed. */
  readonly price: number | null;
  /** Expected share of the reference's quality. */
  readonly kept: number;
  /** Mean US dollars, or milliseconds, of a request; `null` where that of a model that answers is unknown. */
  readonly outlay: number | null;
  /**
   * Share of what the reference would have taken; below 0 where more is taken, `null` where it is unknown what either
   * takes or the reference takes nothing.
   */
  readonly saved: number | null;
  /** Share of the requests that each candidate gets, in their order; sums to 1. */
  readonly shares: readonly number[];
}

/**
 * What each promise would come to on some requests.
 *
 * @param keeps - each 0 to 1
 * @returns in the order of `keeps`, without those that no choice could keep
 */
export function frontierOf(
  expectations: Expectations,
  keeps: readonly number[],
): readonly FrontierPoint[] {
  const samples = [{ expectations, weight: 1 }];
  return keeps.flatMap((keep) => {
    const price = keep === 1 ? null : findPrice(samples, aimFor(keep));
    if (price === null && keep < 1) return [];
    const totals = totalsOf(samples, price);
    const isKnown = totals.unknown === 0;
    const isShare = isKnown && totals.referenceUnknown === 0 && totals.referenceOutlay > 0;
    return [
      {
        keep,
        price,
        kept: totals.quality / totals.referenceQuality,
        outlay: isKnown ? totals.outlay / totals.weight : null,
        saved: isShare ? 1 - totals.outlay / totals.referenceOutlay : null,
        shares: Array.from(totals.shares, (share) => share / totals.weight),
      },
    ];
  });
}
