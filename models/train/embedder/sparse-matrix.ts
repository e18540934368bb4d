import { columnAt, floatAt, indexAt } from './elements.js';

/** A matrix of which most entries are zero, by rows. */
export interface SparseMatrix {
  readonly rows: number;
  readonly columns: number;
  /** Where each row begins in `values`; one more entry than rows. */
  readonly starts: Int32Array;
  readonly columnOf: Uint16Array;
  readonly values: Float32Array;
}

/** The transpose, in time linear in the entries. At most 65,535 rows, as `columnOf` has 16 bits. */
export function transposeSparse(matrix: SparseMatrix): SparseMatrix {
  const { rows, columns, starts, columnOf, values } = matrix;
  const turnedStarts = new Int32Array(columns + 1);
  for (const column of columnOf) {
    turnedStarts[column + 1] = indexAt(turnedStarts, column + 1) + 1;
  }
  for (let column = 0; column < columns; column++) {
    turnedStarts[column + 1] = indexAt(turnedStarts, column + 1) + indexAt(turnedStarts, column);
  }
  const next = turnedStarts.slice();
  const rowOf = new Uint16Array(values.length);
  const turnedValues = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let entry = indexAt(starts, row); entry < indexAt(starts, row + 1); entry++) {
      const column = columnAt(columnOf, entry);
      const to = indexAt(next, column);
      next[column] = to + 1;
      rowOf[to] = row;
      turnedValues[to] = floatAt(values, entry);
    }
  }
  return {
    rows: columns,
    columns: rows,
    starts: turnedStarts,
    columnOf: rowOf,
    values: turnedValues,
  };
}
