/** A number of parameters in a name: `70b`, `0.5B`, `350m`, `1t`, `8x7b`, and `235b-a22b`, of which 22 billion are active. */
const SIZE =
  /(?<![a-z0-9.])(?:(\d{1,3})x)?(?:(\d{1,4}(?:\.\d{1,3})?)(b|m)|([12](?:\.\d{1,2})?)t)(?:-a(\d{1,3}(?:\.\d)?)b)?(?![a-z0-9])/gi;
/** Up to this number, `m` is millions of tokens: the context window, as in `qwen2.5-7b-instruct-1m`. */
const MOST_CONTEXT_MILLIONS = 10;
/** Sizes whose ratio is at most this are called the same: `8b` has 7.6 or 8.2 billion parameters. */
const SAME_SIZE_RATIO = 1.25;
/** Experts that answer each token, of a mixture such as `8x7b`. */
const ACTIVE_EXPERTS = 2;

/** Billions of parameters that a name states. */
export interface StatedSize {
  /** Of a mixture such as `8x7b`, the product; it has fewer, as its experts share some. */
  readonly all: number;
  /** Those that are used for each token. Less than `all` for a mixture of experts only. */
  readonly active: number;
}

/** What a model's name states about its size; `null` if it states none. */
export function statedSize(name: string): StatedSize | null {
  for (const match of name.replace(/^.*\//, '').matchAll(SIZE)) {
    const [, experts = '1', number = '', unit = '', trillions, active] = match;
    if (unit.toLowerCase() === 'm' && Number(number) <= MOST_CONTEXT_MILLIONS) continue;
    const millionths = unit.toLowerCase() === 'm' ? 0.001 : 1;
    const each = trillions === undefined ? Number(number) * millionths : Number(trillions) * 1000;
    const all = each * Number(experts);
    const used =
      active === undefined ? each * Math.min(Number(experts), ACTIVE_EXPERTS) : Number(active);
    return all > 0 && used > 0 ? { all, active: used } : null;
  }
  return null;
}

/**
 * The size of a model as its name states it, in billions of parameters.
 *
 * For a mixture of experts, the size of the dense model that it compares with: the geometric mean of all and of the active
 * parameters, a rule of thumb.
 *
 * @returns `null` if the name states none
 */
export function sizeInName(name: string): number | null {
  const size = statedSize(name);
  return size === null ? null : Math.sqrt(size.all * size.active);
}

/** `sizeInName` of a mixture of experts whose name says so; `null` for any other name. */
export function mixtureSize(name: string): number | null {
  const size = statedSize(name);
  return size !== null && size.active < size.all ? sizeInName(name) : null;
}

/** Whether two sizes are those of the same model, rounded differently. */
export function isSameSize(a: number, b: number): boolean {
  return Math.max(a, b) <= SAME_SIZE_RATIO * Math.min(a, b);
}
