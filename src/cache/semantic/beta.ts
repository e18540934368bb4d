/** Logarithm of the gamma function, to about ten digits (Lanczos approximation, g = 7). */
function logGamma(x: number): number {
  const [first, ...rest] = [
    0.999_999_999_999_809_93, 676.520_368_121_885_1, -1_259.139_216_722_402_8,
    771.323_428_777_653_13, -176.615_029_162_140_6, 12.507_343_278_686_905,
    -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6, 1.505_632_735_149_311_6e-7,
  ];
  const shifted = x - 1;
  const sum = rest.reduce((total, factor, i) => total + factor / (shifted + i + 1), first);
  const t = shifted + 7.5;
  return Math.log(2 * Math.PI) / 2 + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

const MAX_STEPS = 300;
const PRECISION = 1e-12;
/** Replaces zero as a divisor. */
const TINY = 1e-300;

/** The continued fraction of the incomplete beta function (Lentz's method). */
function fraction(x: number, a: number, b: number): number {
  const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= MAX_STEPS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return result;
}

/** Probability that a Beta(a, b) variable is at most `x`. @param a - above 0, like `b` */
export function betaCdf(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const logScale =
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  // The continued fraction converges fast on one side of the mean only.
  return x < (a + 1) / (a + b + 2)
    ? (Math.exp(logScale) * fraction(x, a, b)) / a
    : 1 - (Math.exp(logScale) * fraction(1 - x, b, a)) / b;
}

const BISECTIONS = 60;

/** The value that a Beta(a, b) variable is below with probability `p`, to nine digits. */
function betaQuantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < BISECTIONS && high - low > 1e-9 * high; i++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Bounds of a share, 0 to 1. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * The Clopper-Pearson confidence interval of a share, from `hits` among `tries`.
 *
 * @param confidence - minimum probability that the share lies in the interval, such as 0.95
 */
export function shareInterval(hits: number, tries: number, confidence: number): Interval {
  const tail = (1 - confidence) / 2;
  return {
    low: hits === 0 ? 0 : betaQuantile(tail, hits, tries - hits + 1),
    high: hits === tries ? 1 : betaQuantile(1 - tail, hits + 1, tries - hits),
  };
}
