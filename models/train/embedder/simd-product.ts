import { LinearMemory } from '../../../src/embed/wasm/linear-memory.js';
import type { KernelCall } from '../../../src/embed/wasm/linear-memory.js';
import { columnAt, floatAt, indexAt } from './elements.js';
import { ACCUMULATE_STEP, productKernel, TILE_COLUMNS, TILE_ROWS } from './product-kernel.js';

import type { SparseMatrix } from './sparse-matrix.js';

const FLOAT_BYTES = 4;
/** Room, in numbers, for aligning matrices to addresses that vector instructions can read. */
const MARGIN = 16_384;

interface Shape {
  readonly rows: number;
  readonly columns: number;
}

/** A matrix by rows, in the memory of a `MatrixSpace`. */
export interface Matrix extends Shape {
  readonly values: Float32Array;
}

/** A sparse matrix in the memory of a `MatrixSpace`. */
export interface SparseOperand {
  readonly starts: Int32Array;
  readonly values: Float32Array;
  /** Byte offset of each entry's row in the right-hand matrix. */
  readonly offsets: Uint32Array;
  readonly width: number;
}

/** Memory for matrices that can be multiplied with SIMD instructions. */
export class MatrixSpace {
  readonly #memory: LinearMemory;
  readonly #multiply: KernelCall;
  readonly #accumulate: KernelCall;
  readonly #panels: Float32Array;

  /**
   * @param floats - how many numbers all matrices together will hold
   * @param largestRight - how many the largest right-hand matrix holds
   */
  constructor(floats: number, largestRight: number) {
    const bytes = [floats, largestRight, MARGIN].map((numbers) => numbers * FLOAT_BYTES);
    this.#memory = new LinearMemory(productKernel(), bytes);
    this.#multiply = this.#memory.call('multiply');
    this.#accumulate = this.#memory.call('accumulate');
    this.#panels = this.matrix(1, largestRight).values;
  }

  /** A matrix of zeros. @throws {RangeError} the memory requested in the constructor is used up */
  matrix(rows: number, columns: number): Matrix {
    const values = this.#memory.floats(rows * columns);
    return { rows, columns, values };
  }

  /**
   * `out = left × right`. All three are matrices of this space.
   *
   * @throws {RangeError} shapes that do not fit each other, or the kernel's tiles of 4 × 8
   */
  multiply(left: Matrix, right: Matrix, out: Matrix): void {
    checkShapes(left, right, right, out);
    this.#pack(right.values, right, right.columns, 1);
    this.#run(left, out);
  }

  /** `out = left × transpose(right)`; otherwise as `multiply`. */
  multiplyTransposed(left: Matrix, right: Matrix, out: Matrix): void {
    const turned = { rows: right.columns, columns: right.rows };
    checkShapes(left, right, turned, out);
    this.#pack(right.values, turned, 1, right.columns);
    this.#run(left, out);
  }

  /**
   * A sparse matrix for products with matrices of `width` columns.
   *
   * @param width - a multiple of 16
   */
  sparse(matrix: SparseMatrix, width: number): SparseOperand {
    const entries = matrix.values.length;
    const values = this.matrix(1, entries).values;
    values.set(matrix.values);
    const offsets = this.#memory.words(entries);
    for (let i = 0; i < entries; i++) {
      offsets[i] = columnAt(matrix.columnOf, i) * width * FLOAT_BYTES;
    }
    return { starts: matrix.starts, values, offsets, width };
  }

  /** `out = sparse × right`; rows of `out` past those of the sparse matrix become zero. */
  multiplySparse(sparse: SparseOperand, right: Matrix, out: Matrix): void {
    const { starts, values, offsets, width } = sparse;
    if (right.columns !== width || out.columns !== width || width % ACCUMULATE_STEP !== 0) {
      throw new RangeError(`cannot multiply a sparse matrix made for ${width} columns`);
    }
    out.values.fill(0);
    for (let row = 0; row + 1 < starts.length; row++) {
      const start = indexAt(starts, row);
      const count = indexAt(starts, row + 1) - start;
      if (count === 0) continue;
      this.#accumulate(
        out.values.byteOffset + row * width * FLOAT_BYTES,
        values.byteOffset + start * FLOAT_BYTES,
        offsets.byteOffset + start * FLOAT_BYTES,
        count,
        right.values.byteOffset,
        width * FLOAT_BYTES,
      );
    }
  }

  /** Lays a matrix out in panels of eight columns; the steps say how far apart its neighbours are. */
  #pack(values: Float32Array, shape: Shape, rowStep: number, columnStep: number): void {
    const panels = this.#panels;
    if (shape.rows * shape.columns > panels.length) {
      throw new RangeError(`room was made for ${panels.length} numbers on the right`);
    }
    let to = 0;
    for (let panel = 0; panel < shape.columns; panel += TILE_COLUMNS) {
      for (let row = 0; row < shape.rows; row++) {
        const from = row * rowStep + panel * columnStep;
        for (let i = 0; i < TILE_COLUMNS; i++) {
          panels[to + i] = floatAt(values, from + i * columnStep);
        }
        to += TILE_COLUMNS;
      }
    }
  }

  #run(left: Matrix, out: Matrix): void {
    const [leftAt, rightAt, outAt] = [left.values, this.#panels, out.values].map(
      ({ byteOffset }) => byteOffset,
    );
    this.#multiply(leftAt ?? 0, rightAt ?? 0, outAt ?? 0, out.rows, out.columns, left.columns);
  }
}

function checkShapes(left: Shape, right: Shape, used: Shape, out: Shape): void {
  const fits = left.columns === used.rows && left.rows === out.rows && left.columns > 0;
  const tiled = out.rows % TILE_ROWS === 0 && out.columns % TILE_COLUMNS === 0;
  if (!fits || !tiled || used.columns !== out.columns) {
    const shapes = [left, right, out].map(({ rows, columns }) => `${rows}×${columns}`);
    throw new RangeError(`cannot multiply ${shapes.join(', ')}`);
  }
}

/** Puts the transpose of `matrix` in `out`. */
export function transpose(matrix: Matrix, out: Matrix): void {
  const { rows, columns, values } = matrix;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      out.values[column * rows + row] = floatAt(values, row * columns + column);
    }
  }
}
