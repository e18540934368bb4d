import { at64, inverse, submatrix, multiply, type SymmetricMatrix } from './linear-algebra.js';

/** Variance explained by each kind of input, and the noise. */
export interface VarianceShares {
  /** A factor for each kernel, in their order. */
  readonly kernels: readonly number[];
  /** A factor on the given noise. */
  readonly noise: number;
}

/** Strength of the pull towards the usual shares, in half degrees of freedom per unit of log-share. */
const PULL_STRENGTH = 0.2;
const LOG_SHARE = { least: -9, most: 4 };
const LOG_NOISE = { least: -1.5, most: 1.5 };
/** Rows that are used: more hardly improve the estimate of a few factors, and the cost is cubic. */
const MAX_ROWS = 256;

/** Targets with their noise, and the kernels that may explain them. */
export interface ComponentProblem {
  /** Over all rows. */
  readonly kernels: readonly SymmetricMatrix[];
  /** Start of the search for each kernel's share, to which it is shrunk if there is little data. */
  readonly usual: readonly number[];
  /** The rows that have a target, in a random order. */
  readonly rows: Int32Array;
  /** By position in `rows`. */
  readonly targets: Float64Array;
  /** Variance of the targets if the model were exact, by position in `rows`. */
  readonly noise: Float64Array;
}

/**
 * Estimates variance components by maximum marginal likelihood.
 *
 * Uses the MM algorithm (Zhou, Hu, Zhou and Lange, 2019): each step multiplies a factor by the root of the ratio
 * of what it explains to what it would explain by chance. Steps never overshoot, stay positive and need no
 * line search.
 *
 * @param start - start of the search; `null` for the usual shares
 */
export function estimateVarianceShares(
  problem: ComponentProblem,
  start: VarianceShares | null,
  steps: number,
): VarianceShares {
  const count = Math.min(MAX_ROWS, problem.rows.length);
  const rows = problem.rows.subarray(0, count);
  const kernels = problem.kernels.map((kernel) => submatrix(kernel, rows));
  const noise = problem.noise.subarray(0, count);
  const targets = centred(problem.targets.subarray(0, count), noise);
  let shares = start ?? { kernels: problem.usual, noise: 1 };
  for (let step = 0; step < steps; step++) {
    const next = improve(shares, { ...problem, kernels, noise, targets });
    if (next === null) return shares;
    shares = next;
  }
  return shares;
}

function centred(targets: Float64Array, noise: Float64Array): Float64Array {
  let sum = 0;
  let weight = 0;
  targets.forEach((target, i) => {
    sum += target / at64(noise, i);
    weight += 1 / at64(noise, i);
  });
  return targets.map((target) => target - sum / weight);
}

function improve(
  shares: VarianceShares,
  { kernels, usual, noise, targets }: ComponentProblem,
): VarianceShares | null {
  const whole = weightedSum(kernels, shares.kernels, targets.length);
  const { size } = whole;
  for (let i = 0; i < size; i++) {
    whole.values[i * size + i] = at64(whole.values, i * size + i) + shares.noise * at64(noise, i);
  }
  const inverted = inverse(whole);
  if (inverted === null) return null;
  const weights = multiply(inverted, targets);
  const factor = (share: number, explained: number, byChance: number, middle: number): number => {
    const pull = PULL_STRENGTH * Math.log(middle / share);
    const ratio =
      (share * explained + Math.max(0, pull)) / (share * byChance + Math.max(0, -pull) + 1e-12);
    return share * Math.sqrt(ratio);
  };
  const next = kernels.map((kernel, k) => {
    const explained = quadratic(kernel, weights);
    const byChance = traceOfProduct(inverted, kernel);
    return clamp(factor(shares.kernels[k] ?? 0, explained, byChance, usual[k] ?? 1), LOG_SHARE);
  });
  let left = 0;
  let expected = 0;
  for (let i = 0; i < size; i++) {
    left += at64(noise, i) * at64(weights, i) ** 2;
    expected += at64(noise, i) * at64(inverted.values, i * size + i);
  }
  return { kernels: next, noise: clamp(factor(shares.noise, left, expected, 1), LOG_NOISE) };
}

function clamp(value: number, { least, most }: { least: number; most: number }): number {
  return Math.max(Math.exp(least), Math.min(Math.exp(most), value));
}

/**
 * Mean variance of a Gaussian process at rows that it was not fitted on, by leave-one-out on its own rows.
 *
 * @param kernels - over all rows
 * @param rows - the rows it was fitted on, in random order
 * @param noise - variance of the targets, by position in `rows`
 */
export function leaveOneOutVariance(
  kernels: readonly SymmetricMatrix[],
  shares: VarianceShares,
  { rows, noise }: { readonly rows: Int32Array; readonly noise: Float64Array },
): number {
  const some = rows.subarray(0, MAX_ROWS);
  const { length } = some;
  const picked = kernels.map((kernel) => submatrix(kernel, some));
  const whole = weightedSum(picked, shares.kernels, length);
  const values = whole.values.slice();
  for (let i = 0; i < length; i++) {
    values[i * length + i] = at64(values, i * length + i) + shares.noise * at64(noise, i);
  }
  const inverted = inverse({ size: length, values });
  if (inverted === null || length === 0) return 0;
  let sum = 0;
  for (let i = 0; i < length; i++) {
    const at = i * length + i;
    // The leave-one-out variance of the row, minus its own noise.
    sum += Math.max(0, 1 / at64(inverted.values, at) - shares.noise * at64(noise, i));
  }
  return sum / length;
}

/** The weighted sum of kernels. */
export function weightedSum(
  kernels: readonly SymmetricMatrix[],
  factors: readonly number[],
  size: number,
): SymmetricMatrix {
  const values = new Float64Array(size * size);
  // Two kernels per pass: the matrices are larger than any cache, so the cost is in the passes.
  for (let k = 0; k < kernels.length; k += 2) {
    const one = kernels[k]?.values ?? values;
    const two = kernels[k + 1]?.values ?? values;
    const f = factors[k] ?? 0;
    const g = factors[k + 1] ?? 0;
    for (let i = 0; i < values.length; i++) {
      values[i] = at64(values, i) + f * at64(one, i) + g * at64(two, i);
    }
  }
  return { size, values };
}

function quadratic(kernel: SymmetricMatrix, vector: Float64Array): number {
  const image = multiply(kernel, vector);
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += at64(image, i) * at64(vector, i);
  return sum;
}

function traceOfProduct(a: SymmetricMatrix, b: SymmetricMatrix): number {
  let sum = 0;
  for (let i = 0; i < a.values.length; i++) sum += (a.values[i] ?? 0) * (b.values[i] ?? 0);
  return sum;
}
