import { padded, ROW_STEP, VECTOR_KERNEL } from './vector-kernel.js';
import { LinearMemory } from './wasm/linear-memory.js';

/** A block of vectors that can all be multiplied with another vector at once. */
export interface RowBlock {
  readonly capacity: number;
  /** Row-major; each row is `stride` numbers long. */
  readonly matrix: Float32Array;
  readonly stride: number;
  /** A view of a row: writing to it changes the block. */
  row(index: number): Float32Array;
  /**
   * The dot products of the first `count` rows with `vector`.
   *
   * @param count - at least 1
   * @returns overwritten by the next call
   */
  products(vector: Float32Array, count: number): Float32Array;
}

/** Smaller blocks are not worth a WebAssembly memory of their own (pages of 64 KiB, and gigabytes of address space). */
const LEAST_KERNEL_ROWS = 256;

/** Creates a block of zeros; from 256 rows on, it computes with SIMD instructions. */
export function rowBlock(capacity: number, dims: number): RowBlock {
  return capacity < LEAST_KERNEL_ROWS ? plainBlock(capacity, dims) : kernelBlock(capacity, dims);
}

function plainBlock(capacity: number, dims: number): RowBlock {
  const stride = padded(dims, ROW_STEP);
  const matrix = new Float32Array(capacity * stride);
  const products = new Float32Array(capacity);
  return {
    capacity,
    matrix,
    stride,
    row: (index) => matrix.subarray(index * stride, index * stride + dims),
    products: (vector, count) => {
      for (let row = 0; row < count; row++) {
        let [sum, at] = [0, row * stride];
        // By index: the iterator of a typed array takes fifteen nanoseconds per number.
        for (let i = 0; i < dims; i++, at++) sum += (matrix[at] ?? 0) * (vector[i] ?? 0);
        products[row] = sum;
      }
      return products;
    },
  };
}

/** A block that computes with SIMD instructions whatever its size: for one that the whole process shares. */
export function kernelBlock(capacity: number, dims: number): RowBlock {
  const stride = padded(dims, ROW_STEP);
  const lengths = [capacity * stride, stride, capacity].map((numbers) => 4 * numbers);
  const memory = new LinearMemory(VECTOR_KERNEL, lengths);
  const matrix = memory.floats(capacity * stride);
  const query = memory.floats(stride);
  const products = memory.floats(capacity);
  const multiply = memory.call('multiply');
  return {
    capacity,
    matrix,
    stride,
    row: (index) => matrix.subarray(index * stride, index * stride + dims),
    products: (vector, count) => {
      query.set(vector);
      multiply(products.byteOffset, matrix.byteOffset, 4 * stride, query.byteOffset, count);
      return products;
    },
  };
}
