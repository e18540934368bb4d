import { fc } from '../support/fast-check.js';
import { DenseMatrix } from '../../src/embed/dense-matrix.js';
import { RowSums } from '../../src/embed/row-sums.js';
import { fillSigns } from '../../src/embed/signs.js';

const SEED = 5;
const ROWS = 40;

const number = fc.float({ min: -8, max: 8, noNaN: true });
const rowIndex = fc.nat({ max: ROWS - 1 });
const weighedRows = fc.array(fc.tuple(rowIndex, number), { maxLength: 60 });

/** Arbitrary bytes, both ends of their range included. */
function tableOf(dims: number): Int8Array {
  return Int8Array.from({ length: ROWS * dims }, (_, i) => (Math.imul(i + 1, 7919) % 256) - 128);
}

/** The expected sums, computed value by value in double precision. */
function plainSum(
  table: Int8Array,
  dims: number,
  rows: readonly (readonly [number, number])[],
): number[] {
  return Array.from({ length: dims }, (_, i) =>
    rows.reduce((sum, [row, weight]) => sum + weight * (table[row * dims + i] ?? 0), 0),
  );
}

/** @param terms - the largest sum of absolute values that was added up: rounding is in proportion to it */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, terms: number): void {
  expect(found).toHaveLength(expected.length);
  const differences = Array.from(expected, (value, i) => Math.abs(value - (found[i] ?? NaN)));
  expect(Math.max(...differences)).toBeLessThanOrEqual(2e-6 * terms + Number.EPSILON);
}

describe.each([
  { signDims: 32, tableDims: 16 },
  { signDims: 96, tableDims: 7 },
  { signDims: 128, tableDims: 128 },
  { signDims: 160, tableDims: 33 },
  { signDims: 1024, tableDims: 1000 },
])('row sums with $signDims signs and $tableDims learned numbers', ({ signDims, tableDims }) => {
  const table = tableOf(tableDims);
  const signs = fillSigns(ROWS, signDims, SEED);
  const sums = new RowSums({ rows: ROWS, signDims, signSeed: SEED, tableDims, table }, 60);

  test('equal those of a plain loop, regardless of earlier sums', () => {
    fc.assert(
      fc.property(weighedRows, (rows) => {
        const out = new Float32Array(signDims + tableDims).fill(9);

        sums.rows.set(rows.map(([row]) => row));
        sums.weights.set(rows.map(([, weight]) => weight));
        sums.sumSigns(rows.length, out);
        sums.sumTable(rows.length, out, signDims);

        const terms = rows.reduce((sum, [, weight]) => sum + Math.abs(weight), 0);
        expectClose(out.subarray(0, signDims), plainSum(signs, signDims, rows), terms);
        expectClose(out.subarray(signDims), plainSum(table, tableDims, rows), 128 * terms);
      }),
      { numRuns: 30 },
    );
  });
});

describe('DenseMatrix', () => {
  test('multiplies vectors of any length like a plain loop', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 9 }),
      columns: fc.integer({ min: 1, max: 70 }),
    });
    const product = shape.chain(({ rows, columns }) =>
      fc.record({
        columns: fc.constant(columns),
        matrix: fc.array(number, { minLength: rows * columns, maxLength: rows * columns }),
        vector: fc.array(number, { minLength: columns, maxLength: columns }),
      }),
    );

    fc.assert(
      fc.property(product, ({ columns, matrix, vector }) => {
        const expected = Array.from({ length: matrix.length / columns }, (_, row) =>
          vector.reduce((sum, value, i) => sum + value * (matrix[row * columns + i] ?? 0), 0),
        );

        const dense = new DenseMatrix(Float32Array.from(matrix), columns);
        const products = dense.times(Float32Array.from(vector));

        expectClose(
          products,
          expected,
          8 * vector.reduce((sum, value) => sum + Math.abs(value), 0),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('rejects a vector that is too long', () => {
    const dense = new DenseMatrix(new Float32Array(32), 16);

    const multiply = (): unknown => dense.times(new Float32Array(17));

    expect(multiply).toThrow(/out of bounds/);
  });
});
