import type { Random } from '../random.js';
import { floatAt, numberAt } from './elements.js';
import { MatrixSpace, transpose } from './simd-product.js';
import type { Matrix } from './simd-product.js';
import { transposeSparse } from './sparse-matrix.js';
import type { SparseMatrix } from './sparse-matrix.js';

const OVERSAMPLING = 16;
const POWER_ITERATIONS = 2;
const JACOBI_SWEEPS = 12;
/** Widths are multiples of this, because products add sixteen numbers at a time. */
const STEP = 16;

/** The strongest left singular vectors of a matrix. */
export interface LeftSingular {
  /** Orthonormal columns, shape [rows, rank]. */
  readonly vectors: Float64Array;
  /** Falling. */
  readonly values: Float64Array;
}

/**
 * A randomised singular value decomposition (Halko, Martinsson and Tropp, 2011), in 32-bit floats.
 *
 * Exact to about three digits where the rank of the matrix is at most `rank`; elsewhere close,
 * because two power iterations separate the strong directions from the weak.
 */
export function leftSingular(matrix: SparseMatrix, rank: number, random: Random): LeftSingular {
  const width = roundUp(rank + OVERSAMPLING);
  const rows = roundUp(matrix.rows);
  const columns = roundUp(matrix.columns);
  const entries = matrix.values.length;
  const tall = rows * width;
  const wide = columns * width;
  const space = new MatrixSpace(
    4 * entries + 3 * tall + 3 * wide + 2 * width * width + 64,
    Math.max(tall, wide, width * width),
  );
  const forward = space.sparse(matrix, width);
  const back = space.sparse(transposeSparse(matrix), width);
  const basis = new Basis(space, rows, width);
  const across = new Basis(space, columns, width);
  fillNormal(across.matrix.values, random);
  space.multiplySparse(forward, across.matrix, basis.matrix);
  basis.orthonormalise();
  for (let i = 0; i < POWER_ITERATIONS; i++) {
    space.multiplySparse(back, basis.matrix, across.matrix);
    across.orthonormalise();
    space.multiplySparse(forward, across.matrix, basis.matrix);
    basis.orthonormalise();
  }
  // The small matrix basisᵀ × matrix has the same singular values; its Gram matrix is width × width.
  space.multiplySparse(back, basis.matrix, across.matrix);
  const { vectors, values } = symmetricEigen(across.gram(), width);
  basis.rotate(vectors);
  return firstColumns(basis.matrix, values, matrix.rows, Math.min(rank, width));
}

function roundUp(count: number): number {
  return Math.ceil(count / STEP) * STEP;
}

function fillNormal(values: Float32Array, random: Random): void {
  for (let i = 0; i < values.length; i++) values[i] = random.normal();
}

function firstColumns(
  basis: Matrix,
  squares: Float64Array,
  rows: number,
  rank: number,
): LeftSingular {
  const vectors = new Float64Array(rows * rank);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < rank; i++) {
      vectors[row * rank + i] = floatAt(basis.values, row * basis.columns + i);
    }
  }
  const values = Float64Array.from(squares.subarray(0, rank), (value) =>
    Math.sqrt(Math.max(0, value)),
  );
  return { vectors, values };
}

/** A tall matrix whose columns are orthonormalised. */
class Basis {
  readonly #space: MatrixSpace;
  readonly #turned: Matrix;
  readonly #rotated: Matrix;
  readonly #square: Matrix;
  readonly matrix: Matrix;

  constructor(space: MatrixSpace, rows: number, width: number) {
    this.#space = space;
    this.matrix = space.matrix(rows, width);
    this.#turned = space.matrix(width, rows);
    this.#rotated = space.matrix(rows, width);
    this.#square = space.matrix(width, width);
  }

  /** `transpose(matrix) × matrix`, shape [width, width]. */
  gram(): Float64Array {
    transpose(this.matrix, this.#turned);
    this.#space.multiply(this.#turned, this.matrix, this.#square);
    return Float64Array.from(this.#square.values);
  }

  /** Makes columns orthonormal; directions with nothing in them become zero columns. */
  orthonormalise(): void {
    const { columns } = this.matrix;
    const { vectors, values } = symmetricEigen(this.gram(), columns);
    // Below this, what is left of a direction is rounding of 32-bit sums.
    const floor = numberAt(values, 0) * 1e-6;
    for (let i = 0; i < vectors.length; i++) {
      const value = numberAt(values, i % columns);
      vectors[i] = value > floor ? numberAt(vectors, i) / Math.sqrt(value) : 0;
    }
    this.rotate(vectors);
  }

  /** Replaces the matrix by its product with a square one. @param square - shape [width, width] */
  rotate(square: Float64Array): void {
    this.#square.values.set(square);
    this.#space.multiply(this.matrix, this.#square, this.#rotated);
    this.matrix.values.set(this.#rotated.values);
  }
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
  for (let sweep = 0; sweep < JACOBI_SWEEPS && !isDiagonal(matrix, size); sweep++) {
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

/** Whether the off-diagonal elements are negligible in 32 bits. */
function isDiagonal(matrix: Float64Array, size: number): boolean {
  let off = 0;
  let on = 0;
  matrix.forEach((value, i) => {
    if (i % (size + 1) === 0) on += value * value;
    else off += value * value;
  });
  return off <= 1e-20 * on;
}

/** A Jacobi rotation of axes p and q that makes their element zero. */
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
