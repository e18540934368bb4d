import { DenseMatrix } from '../../embed/dense-matrix.js';

/** A symmetric matrix, row after row, shape [size, size]. */
export interface SymmetricMatrix {
  readonly size: number;
  readonly values: Float64Array;
}

/** Inner product of `length` numbers of `a` from index `i` and of `b` from index `j`. */
export function innerProduct(
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  length: number,
): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const whole = length - (length % 4);
  // Four accumulators: with one, every addition would wait for the one before it.
  for (let k = 0; k < whole; k += 4) {
    s0 += at64(a, i + k) * at64(b, j + k);
    s1 += at64(a, i + k + 1) * at64(b, j + k + 1);
    s2 += at64(a, i + k + 2) * at64(b, j + k + 2);
    s3 += at64(a, i + k + 3) * at64(b, j + k + 3);
  }
  for (let k = whole; k < length; k++) s0 += at64(a, i + k) * at64(b, j + k);
  return s0 + s1 + (s2 + s3);
}

/**
 * The inverse of a positive definite matrix, by Cholesky decomposition.
 *
 * @returns `null` if the matrix is not positive definite
 */
export function inverse({ size, values }: SymmetricMatrix): SymmetricMatrix | null {
  const lower = choleskyOf(size, values);
  if (lower === null) return null;
  const inverted = invertLower(size, lower);
  // V⁻¹ = L⁻ᵀ L⁻¹; the columns of L⁻¹ are stored as rows, so every sum reads contiguous memory.
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      const sum = innerProduct(inverted, i * size + i, inverted, j * size + i, size - i);
      result[i * size + j] = sum;
      result[j * size + i] = sum;
    }
  }
  return { size, values: result };
}

function choleskyOf(size: number, values: Float64Array): Float64Array | null {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const sum = at64(values, i * size + j) - innerProduct(lower, i * size, lower, j * size, j);
      lower[i * size + j] = sum / at64(lower, j * size + j);
    }
    const rest = at64(values, i * size + i) - innerProduct(lower, i * size, lower, i * size, i);
    if (!(rest > 0)) return null;
    lower[i * size + i] = Math.sqrt(rest);
  }
  return lower;
}

/** The inverse of a lower triangular matrix, transposed: row `j` holds column `j` of L⁻¹. */
function invertLower(size: number, lower: Float64Array): Float64Array {
  const columns = new Float64Array(size * size);
  for (let j = 0; j < size; j++) {
    columns[j * size + j] = 1 / at64(lower, j * size + j);
    for (let i = j + 1; i < size; i++) {
      const sum = innerProduct(lower, i * size + j, columns, j * size + j, i - j);
      columns[j * size + i] = -sum / at64(lower, i * size + i);
    }
  }
  return columns;
}

/** A matrix times a vector. */
export function multiply({ size, values }: SymmetricMatrix, vector: Float64Array): Float64Array {
  const result = new Float64Array(size);
  for (let i = 0; i < size; i++) result[i] = innerProduct(values, i * size, vector, 0, size);
  return result;
}

const MAX_STEPS = 200;
/** Squared relative residual at which the iteration stops: exact enough for results of two or three digits. */
const TOLERANCE = 1e-8;

/**
 * Solves (M + diag(d) + level) x = b for a positive semidefinite M by conjugate gradients.
 *
 * Products are computed in 32-bit floats with SIMD instructions: the solution is noisy in the first digit anyway.
 *
 * @param diagonal - shape [size], positive
 * @param level - added to every element, not negative
 */
export function conjugateGradients(
  matrix: SymmetricMatrix,
  diagonal: Float64Array,
  level: number,
  target: Float64Array,
): Float64Array {
  const { size, values } = matrix;
  const product = new DenseMatrix(Float32Array.from(values), size);
  const scale = diagonal.map((d, i) => 1 / (d + level + at64(values, i * size + i)));
  const x = new Float64Array(size);
  const residual = target.slice();
  const z = residual.map((r, i) => r * at64(scale, i));
  const direction = z.slice();
  const single = new Float32Array(size);
  const image = new Float64Array(size);
  let rz = innerProduct(residual, 0, z, 0, size);
  const stopAt = TOLERANCE * rz;
  for (let step = 0; step < MAX_STEPS && rz > stopAt; step++) {
    single.set(direction);
    image.set(product.times(single));
    const common = level * direction.reduce((sum, value) => sum + value, 0);
    for (let i = 0; i < size; i++) {
      image[i] = at64(image, i) + at64(diagonal, i) * at64(direction, i) + common;
    }
    const length = rz / innerProduct(direction, 0, image, 0, size);
    for (let i = 0; i < size; i++) {
      x[i] = at64(x, i) + length * at64(direction, i);
      residual[i] = at64(residual, i) - length * at64(image, i);
      z[i] = at64(residual, i) * at64(scale, i);
    }
    const next = innerProduct(residual, 0, z, 0, size);
    const turn = next / rz;
    rz = next;
    for (let i = 0; i < size; i++) direction[i] = at64(z, i) + turn * at64(direction, i);
  }
  return x;
}

/** The submatrix of the rows and columns with these indices. */
export function submatrix({ size, values }: SymmetricMatrix, indices: Int32Array): SymmetricMatrix {
  const picked = new Float64Array(indices.length * indices.length);
  let out = 0;
  for (const i of indices) {
    for (const j of indices) picked[out++] = at64(values, i * size + j);
  }
  return { size: indices.length, values: picked };
}

/** An element that is known to exist. */
export function at64(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}
