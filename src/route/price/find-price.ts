import { emptyTotals, type Expectations, type Totals } from './expectations.js';

/** Expectations, and what each of their requests weighs. */
export interface WeightedExpectations {
  readonly expectations: Expectations;
  readonly weight: number;
}

/** Prices are rounded up to so many digits: they are written down, and a decision is made again from them. */
const DIGITS = 3;
/** From the first guess in steps of 4: enough for any currency and any wait. */
const MOST_STEPS = 40;
const STEP = 4;
/** Halvings of the exponent: finer than the rounding. */
const HALVINGS = 14;

/**
 * The least price of quality at which the choices keep a share of the reference's quality, all
 * requests together.
 *
 * @param share - 0 to 1; to keep nothing is worth nothing
 * @returns in what `Expectations` count outlays in; `null` when there is no such price or no request
 */
export function findPrice(samples: readonly WeightedExpectations[], share: number): number | null {
  const free = totalsOf(samples, 0);
  // What the reference comes to is the same at every price, and nothing else is asked at each.
  const needed = share * free.referenceQuality - SLACK * free.referenceQuality;
  const keeps = (price: number): boolean => qualityAt(samples, price) >= needed;
  if (free.weight === 0) return null;
  if (free.quality >= share * free.referenceQuality) return 0;
  const usual = free.referenceOutlay / free.weight;
  let high = usual > 0 ? usual : 1;
  let steps = 0;
  while (!keeps(high)) {
    high *= STEP;
    steps += 1;
    if (steps > MOST_STEPS) return null;
  }
  let low = high / STEP;
  for (let down = 0; steps === 0 && down < MOST_STEPS && keeps(low); down++) {
    high = low;
    low /= STEP;
  }
  for (let i = 0; i < HALVINGS; i++) {
    const middle = Math.sqrt(low * high);
    if (keeps(middle)) high = middle;
    else low = middle;
  }
  return roundedUp(high);
}

const SLACK = 1e-9;

function qualityAt(samples: readonly WeightedExpectations[], price: number): number {
  let quality = 0;
  for (const { expectations, weight } of samples) quality += weight * expectations.qualityAt(price);
  return quality;
}

/** What choosing at a price comes to over several samples; see `Expectations.totals`. */
export function totalsOf(samples: readonly WeightedExpectations[], price: number | null): Totals {
  const width = Math.max(0, ...samples.map(({ expectations }) => expectations.width));
  const sums = emptyTotals(width);
  for (const { expectations, weight } of samples) {
    const part = expectations.totals(price, weight);
    sums.quality += part.quality;
    sums.referenceQuality += part.referenceQuality;
    sums.outlay += part.outlay;
    sums.referenceOutlay += part.referenceOutlay;
    sums.unknown += part.unknown;
    sums.referenceUnknown += part.referenceUnknown;
    sums.weight += part.weight;
    part.shares.forEach((share, m) => (sums.shares[m] = (sums.shares[m] ?? 0) + share));
  }
  return sums;
}

/** Mean novelty of the requests of several samples; 0 if there are none. */
export function meanNovelty(samples: readonly WeightedExpectations[]): number {
  let novelty = 0;
  let requests = 0;
  for (const { expectations, weight } of samples) {
    novelty += weight * expectations.noveltySum();
    requests += weight * expectations.size;
  }
  return requests > 0 ? novelty / requests : 0;
}

function roundedUp(price: number): number {
  const digit = 10 ** (Math.floor(Math.log10(price)) - DIGITS + 1);
  // By way of text, so that 0.0123 is that very number and not 0.012300000000000002.
  return Number((Math.ceil(price / digit - SLACK) * digit).toPrecision(DIGITS));
}
