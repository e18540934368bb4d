import { columnAt, floatAt, indexAt, numberAt } from './elements.js';

/** A matrix of which most entries are zero, by rows. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Where each row begins in `values`; one more entry than rows. */
  readonly starts: Int32Array;
  readonly columnOf: Uint16Array;
  readonly values: Float32Array;
}

/** `matrix × right`. @param right - shape [columns, width]. @returns shape [rows, width] */
export function multiply(matrix: SparseMatrix, right: Float64Array, width: number): Float64Array {
  const product = new Float64Array(matrix.rows * width);
  for (let row = 0; row < matrix.rows; row++) {
    const sum = product.subarray(row * width, (row + 1) * width);
    const end = indexAt(matrix.starts, row + 1);
    for (let entry = indexAt(matrix.starts, row); entry < end; entry++) {
      const from = columnAt(matrix.columnOf, entry) * width;
      const factor = floatAt(matrix.values, entry);
      for (let i = 0; i < width; i++)
        sum[i] = numberAt(sum, i) + factor * numberAt(right, from + i);
    }
  }
  return product;
}

/** `transpose(matrix) × right`. @param right - shape [rows, width]. @returns shape [columns, width] */
export function multiplyTransposed(
  matrix: SparseMatrix,
  right: Float64Array,
  width: number,
): Float64Array {
  const product = new Float64Array(matrix.columns * width);
  for (let row = 0; row < matrix.rows; row++) {
    const source = right.subarray(row * width, (row + 1) * width);
    const end = indexAt(matrix.starts, row + 1);
    for (let entry = indexAt(matrix.starts, row); entry < end; entry++) {
      const to = columnAt(matrix.columnOf, entry) * width;
      const factor = floatAt(matrix.values, entry);
      for (let i = 0; i < width; i++) {
        product[to + i] = numberAt(product, to + i) + factor * numberAt(source, i);
      }
    }
  }
  return product;
}
