/** Percentiles of a distribution, in microseconds. */
export interface Summary {
  readonly count: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
}

const SUB_BITS = 7;
const SUB = 1 << SUB_BITS;
const UNITS_PER_US = 10;
const MAX_UNITS = 0xffff_ffff;
const BUCKETS = (32 - SUB_BITS + 1) * SUB;

/**
 * Counts durations in buckets of at most 1/128 of their value (0.1 µs to 429 s; longer ones count as 429 s),
 * so that recording costs no allocation and a percentile is exact to 0.8 %.
 */
export class Histogram {
  readonly #buckets = new Uint32Array(BUCKETS);
  #count = 0;
  #maxUs = 0;

  get count(): number {
    return this.#count;
  }

  record(us: number): void {
    const units = Math.min(MAX_UNITS, Math.max(0, Math.round(us * UNITS_PER_US)));
    const bucket = bucketOf(units);
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.#count++;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** The middle of the bucket that contains the `q` quantile (0 to 1); 0 if nothing was recorded. */
  quantile(q: number): number {
    if (this.#count === 0) return 0;
    let left = Math.max(1, Math.ceil(q * this.#count));
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#buckets[bucket] ?? 0;
      if (left <= 0) return Math.min(this.#maxUs, middleOf(bucket));
    }
    return this.#maxUs;
  }

  summary(): Summary {
    return {
      count: this.#count,
      p50Us: this.quantile(0.5),
      p90Us: this.quantile(0.9),
      p99Us: this.quantile(0.99),
      maxUs: this.#maxUs,
    };
  }
}

function bucketOf(units: number): number {
  if (units < SUB) return units;
  const shift = 31 - Math.clz32(units) - SUB_BITS;
  return (shift + 1) * SUB + ((units >>> shift) - SUB);
}

function middleOf(bucket: number): number {
  if (bucket < SUB) return bucket / UNITS_PER_US;
  const shift = Math.floor(bucket / SUB) - 1;
  const low = ((bucket % SUB) + SUB) * 2 ** shift;
  return (low + (2 ** shift - 1) / 2) / UNITS_PER_US;
}
