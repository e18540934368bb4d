/** A number of parameters in a name: `70b`, `0.5B`, `350m`, `8x7b`, and `235b-a22b`, of which 22 billion are active. */
const SIZE =
  /(?<![a-z0-9.])(?:(\d{1,3})x)?(\d{1,4}(?:\.\d{1,3})?)(b|m)(?:-a(\d{1,3}(?:\.\d)?)b)?(?![a-z0-9])/i;
/** Sizes whose ratio is at most this are called the same: `8b` has 7.6 or 8.2 billion parameters. */
const SAME_SIZE_RATIO = 1.25;
/** Experts that answer each token, of a mixture such as `8x7b`. */
const ACTIVE_EXPERTS = 2;

/**
 * The size of a model as its name states it, in billions of parameters.
 *
 * For a mixture of experts, the size of the dense model that it compares with: the geometric mean of all and of the active
 * parameters, a rule of thumb.
 *
 * @returns `null` if the name states none
 */
export function sizeInName(name: string): number | null {
  const match = SIZE.exec(name.replace(/^.*\//, ''));
  if (match === null) return null;
  const [, experts, number, unit, active] = match;
  const each = Number(number) * (unit?.toLowerCase() === 'm' ? 0.001 : 1);
  const all = each * Number(experts ?? 1);
  const used =
    active === undefined ? each * Math.min(Number(experts ?? 1), ACTIVE_EXPERTS) : Number(active);
  return all > 0 && used > 0 ? Math.sqrt(all * used) : null;
}

/** Whether two sizes are those of the same model, rounded differently. */
export function isSameSize(a: number, b: number): boolean {
  return Math.max(a, b) <= SAME_SIZE_RATIO * Math.min(a, b);
}
