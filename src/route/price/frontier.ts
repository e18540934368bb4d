import { choose, outlayOf, qualityOf } from '../decide.js';
import { assumedOutlay } from '../ranking.js';
import type { RuleOutcome } from '../rules/outcome.js';
import { emptyTotals, type Expectations, type Prospect, type Totals } from './expectations.js';
import { findPrice, meanNovelty, totalsOf } from './find-price.js';
import { targetShare } from './price-book.js';

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

/** Requests, what holds for them, and what is expected of both. */
export interface FrontierTask {
  readonly expectations: Expectations;
  readonly prospects: readonly Prospect[];
  readonly outcome: RuleOutcome;
}

/**
 * What each promise would come to on some requests: the price that keeps it, and what is chosen at that price, by pins and
 * preferences as well.
 *
 * @param keeps - each 0 to 1
 * @returns in the order of `keeps`, without those that no choice could keep
 */
export function frontierOf(
  { expectations, prospects, outcome }: FrontierTask,
  keeps: readonly number[],
): readonly FrontierPoint[] {
  const isWished = outcome.pin !== null || outcome.prefer !== null;
  const samples = [{ expectations, weight: 1 }];
  const novelty = meanNovelty(samples);
  return keeps.flatMap((keep) => {
    const price = keep === 1 ? null : findPrice(samples, targetShare(keep, novelty));
    if (price === null && keep < 1) return [];
    const kept = { ...outcome, keep: { value: keep, rule: null } };
    const totals = isWished ? totalsWished(prospects, kept, price) : totalsOf(samples, price);
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

/** As `totalsOf`, one choice after the other: pins and preferences do not go by the price. */
function totalsWished(
  prospects: readonly Prospect[],
  outcome: RuleOutcome,
  price: number | null,
): Totals {
  const sums = emptyTotals(prospects[0]?.candidates.length ?? 0);
  for (const { candidates, ood } of prospects) {
    const choice = choose({ candidates, outcome, ood, price });
    if (choice === null) continue;
    const { chosen, reference } = choice;
    const [outlay, referenceOutlay] = [chosen, reference].map((one) => outlayOf(one, outcome));
    const unknown = assumedOutlay(candidates, outcome);
    const place = candidates.models.indexOf(chosen.model);
    sums.shares[place] = (sums.shares[place] ?? 0) + 1;
    sums.quality += qualityOf(chosen, choice);
    sums.referenceQuality += qualityOf(reference, choice);
    sums.outlay += outlay ?? unknown;
    sums.referenceOutlay += referenceOutlay ?? unknown;
    if (outlay == null) sums.unknown += 1;
    if (referenceOutlay == null) sums.referenceUnknown += 1;
    sums.weight += 1;
  }
  return sums;
}
