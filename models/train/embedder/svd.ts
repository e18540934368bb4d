import type { Random } from '../random.js';
import { numberAt } from './elements.js';
import { multiply, multiplyTransposed } from './sparse-matrix.js';
import type { SparseMatrix } from './sparse-matrix.js';

const OVERSAMPLING = 16;
const POWER_ITERATIONS = 2;
const JACOBI_SWEEPS = 12;

/** The strongest left singular vectors of a matrix. */
export interface LeftSingular {
  /** Orthonormal columns, shape [rows, rank]. */
  readonly vectors: Float64Array;
  /** Falling. */
  readonly values: Float64Array;
}

/**
 * A randomised singular value decomposition (Halko, Martinsson and Tropp, 2011).
 *
 * Exact to rounding where the rank of the matrix is at most `rank`; elsewhere close, because two
 * power iterations separate the strong directions from the weak.
 */
export function leftSingular(matrix: SparseMatrix, rank: number, random: Random): LeftSingular {
  const width = Math.min(rank + OVERSAMPLING, matrix.columns, matrix.rows);
  const probe = Float64Array.from({ length: matrix.columns * width }, () => random.normal());
  let basis = orthonormalise(multiply(matrix, probe, width), width);
  for (let i = 0; i < POWER_ITERATIONS; i++) {
    const across = orthonormalise(multiplyTransposed(matrix, basis, width), width);
    basis = orthonormalise(multiply(matrix, across, width), width);
  }
  // The small matrix basisᵀ × matrix has the same singular values; its Gram matrix is width × width.
  const projected = multiplyTransposed(matrix, basis, width);
  const { vectors, values } = symmetricEigen(gram(projected, width), width);
  const kept = Math.min(rank, width);
  return {
    vectors: rotate(basis, vectors, width, kept),
    values: Float64Array.from(values.subarray(0, kept), (value) => Math.sqrt(Math.max(0, value))),
  };
}

/** `transpose(tall) × tall`, shape [width, width]. */
function gram(tall: Float64Array, width: number): Float64Array {
  const product = new Float64Array(width * width);
  for (let start = 0; start < tall.length; start += width) {
    for (let i = 0; i < width; i++) {
      const factor = numberAt(tall, start + i);
      if (factor === 0) continue;
      for (let j = 0; j <= i; j++) {
        const at = i * width + j;
        product[at] = numberAt(product, at) + factor * numberAt(tall, start + j);
      }
    }
  }
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) product[j * width + i] = numberAt(product, i * width + j);
  }
  return product;
}

/** Makes columns orthonormal; directions with nothing in them become zero columns. */
function orthonormalise(tall: Float64Array, width: number): Float64Array {
  const { vectors, values } = symmetricEigen(gram(tall, width), width);
  const floor = numberAt(values, 0) * 1e-14;
  for (let j = 0; j < width; j++) {
    const value = numberAt(values, j);
    const factor = value > floor ? 1 / Math.sqrt(value) : 0;
    for (let i = 0; i < width; i++) {
      vectors[i * width + j] = numberAt(vectors, i * width + j) * factor;
    }
  }
  return rotate(tall, vectors, width, width);
}

/** `tall × square`, of which the first `kept` columns. */
function rotate(
  tall: Float64Array,
  square: Float64Array,
  width: number,
  kept: number,
): Float64Array {
  const rows = tall.length / width;
  const product = new Float64Array(rows * kept);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      const factor = numberAt(tall, row * width + i);
      if (factor === 0) continue;
      for (let j = 0; j < kept; j++) {
        const at = row * kept + j;
        product[at] = numberAt(product, at) + factor * numberAt(square, i * width + j);
      }
    }
  }
  return product;
}

/**
 * Eigenvectors and eigenvalues of a symmetric matrix, by Jacobi's rotations; strongest first.
 *
 * @param matrix - shape [size, size]; destroyed
 * @returns vectors as columns, shape [size, size]
 */
export function symmetricEigen(
  matrix: Float64Array,
  size: number,
): { vectors: Float64Array; values: Float64Array } {
  const vectors = new Float64Array(size * size);
  for (let i = 0; i < size; i++) vectors[i * size + i] = 1;
  for (let sweep = 0; sweep < JACOBI_SWEEPS; sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) annihilate(matrix, vectors, size, p, q);
    }
  }
  const order = Array.from({ length: size }, (_, i) => i);
  order.sort((x, y) => numberAt(matrix, y * size + y) - numberAt(matrix, x * size + x));
  const sorted = new Float64Array(size * size);
  order.forEach((from, to) => {
    for (let i = 0; i < size; i++) sorted[i * size + to] = numberAt(vectors, i * size + from);
  });
  return {
    vectors: sorted,
    values: Float64Array.from(order, (i) => numberAt(matrix, i * size + i)),
  };
}

/** Turns the plane of axes p and q so that their entry becomes zero. */
function annihilate(
  matrix: Float64Array,
  vectors: Float64Array,
  size: number,
  p: number,
  q: number,
): void {
  const entry = numberAt(matrix, p * size + q);
  const first = numberAt(matrix, p * size + p);
  const second = numberAt(matrix, q * size + q);
  if (Math.abs(entry) <= 1e-15 * Math.sqrt(Math.abs(first * second))) return;
  const theta = (second - first) / (2 * entry);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const turn = { cosine, sine: tangent * cosine, size };
  turnColumns(matrix, turn, p, q);
  turnRows(matrix, turn, p, q);
  turnColumns(vectors, turn, p, q);
}

interface Turn {
  readonly cosine: number;
  readonly sine: number;
  readonly size: number;
}

function turnColumns(matrix: Float64Array, turn: Turn, p: number, q: number): void {
  const { cosine, sine, size } = turn;
  for (let row = 0; row < size * size; row += size) {
    const x = numberAt(matrix, row + p);
    const y = numberAt(matrix, row + q);
    matrix[row + p] = cosine * x - sine * y;
    matrix[row + q] = sine * x + cosine * y;
  }
}

function turnRows(matrix: Float64Array, turn: Turn, p: number, q: number): void {
  const { cosine, sine, size } = turn;
  for (let column = 0; column < size; column++) {
    const x = numberAt(matrix, p * size + column);
    const y = numberAt(matrix, q * size + column);
    matrix[p * size + column] = cosine * x - sine * y;
    matrix[q * size + column] = sine * x + cosine * y;
  }
}
