import { padded, ROW_STEP, VECTOR_KERNEL } from './vector-kernel.js';
import { LinearMemory } from './wasm/linear-memory.js';
import type { KernelCall } from './wasm/linear-memory.js';

/** A matrix that multiplies vectors with SIMD instructions. */
export class DenseMatrix {
  readonly #matrix: Float32Array;
  readonly #vector: Float32Array;
  readonly #products: Float32Array;
  readonly #strideBytes: number;
  readonly #multiply: KernelCall;

  /**
   * @param values - shape [rows, columns]; copied
   * @param columns - at least 1
   */
  constructor(values: Float32Array, columns: number) {
    const rows = values.length / columns;
    // Rows are padded with zeros to whole steps of the kernel.
    const stride = padded(columns, ROW_STEP);
    this.#strideBytes = 4 * stride;
    const lengths = [rows * stride, stride, rows].map((numbers) => 4 * numbers);
    const memory = new LinearMemory(VECTOR_KERNEL, lengths);
    this.#matrix = memory.floats(rows * stride);
    this.#vector = memory.floats(stride);
    this.#products = memory.floats(rows);
    this.#multiply = memory.call('multiply');
    for (let row = 0; row < rows; row++) {
      this.#matrix.set(values.subarray(row * columns, (row + 1) * columns), row * stride);
    }
  }

  /**
   * The dot product of each row with `vector`, in 32-bit floats.
   *
   * @param vector - shape [columns]
   * @returns shape [rows]; overwritten by the next call
   */
  times(vector: Float32Array): Float32Array {
    return this.timesRows(vector, 0, this.#products.length);
  }

  /**
   * As `times`, for some of the rows.
   *
   * @param first - index of the first row
   * @param count - number of rows, at least 1
   * @returns shape [count]; overwritten by the next call
   */
  timesRows(vector: Float32Array, first: number, count: number): Float32Array {
    const [matrix, stride, products] = [this.#matrix, this.#strideBytes, this.#products];
    this.#vector.set(vector);
    this.#multiply(
      products.byteOffset,
      matrix.byteOffset + first * stride,
      stride,
      this.#vector.byteOffset,
      count,
    );
    return count === products.length ? products : products.subarray(0, count);
  }
}
