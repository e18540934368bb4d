import { Random } from '../../models/train/random.js';
import { MatrixSpace, transpose } from '../../models/train/embedder/simd-product.js';
import type { SparseMatrix } from '../../models/train/embedder/sparse-matrix.js';
import { leftSingular, symmetricEigen } from '../../models/train/embedder/svd.js';

function sparse(rows: readonly (readonly number[])[]): SparseMatrix {
  const starts = [0];
  const columnOf: number[] = [];
  const values: number[] = [];
  for (const row of rows) {
    row.forEach((value, column) => {
      if (value === 0) return;
      columnOf.push(column);
      values.push(value);
    });
    starts.push(values.length);
  }
  return {
    rows: rows.length,
    columns: rows[0]?.length ?? 0,
    starts: Int32Array.from(starts),
    columnOf: Uint16Array.from(columnOf),
    values: Float32Array.from(values),
  };
}

describe('Random', () => {
  test('is reproducible by its seed', () => {
    const draw = (seed: number): number[] => {
      const random = new Random(seed);
      return [random.next(), random.normal(), random.below(1000), random.next()];
    };

    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  test('draws uniform and normal numbers with the expected mean and variance', () => {
    const random = new Random(5);
    const uniform = Array.from({ length: 20_000 }, () => random.next());
    const normal = Array.from({ length: 20_000 }, () => random.normal());

    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;

    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(mean(normal)).toBeCloseTo(0, 1);
    expect(mean(normal.map((value) => value * value))).toBeCloseTo(1, 1);
  });

  test('shuffles without losing items', () => {
    const items = Array.from({ length: 100 }, (_, i) => i);

    const shuffled = new Random(1).shuffle([...items]);

    expect(shuffled).not.toEqual(items);
    expect(shuffled.sort((x, y) => x - y)).toEqual(items);
  });
});

describe('MatrixSpace (SIMD)', () => {
  const random = new Random(3);
  const space = new MatrixSpace(20_000, 4096);
  const left = space.matrix(12, 40);
  const right = space.matrix(40, 16);
  const turned = space.matrix(16, 40);
  const out = space.matrix(12, 16);
  for (const { values } of [left, right]) {
    values.forEach((_, i) => (values[i] = random.normal()));
  }
  const expected = Float32Array.from({ length: 12 * 16 }, (_, at) => {
    const row = Math.floor(at / 16);
    let sum = 0;
    for (let k = 0; k < 40; k++) {
      sum += (left.values[row * 40 + k] ?? 0) * (right.values[k * 16 + (at % 16)] ?? 0);
    }
    return sum;
  });

  test('multiplies matrices', () => {
    space.multiply(left, right, out);

    out.values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? 0, 4);
    });
  });

  test('multiplies by a transposed matrix', () => {
    transpose(right, turned);

    space.multiplyTransposed(left, turned, out);

    out.values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] ?? 0, 4);
    });
  });

  test('rejects mismatched shapes', () => {
    expect(() => {
      space.multiply(left, turned, out);
    }).toThrow(/cannot multiply 12×40, 16×40, 12×16/);
  });
});

describe('singular value decomposition', () => {
  test('finds the values and vectors of a small known matrix', () => {
    // Columns of length 5, 3 and 2, at right angles to each other.
    const matrix = sparse([
      [3, 0, 0, 0],
      [4, 0, 0, 0],
      [0, 3, 0, 0],
      [0, 0, 0, 2],
      [0, 0, 0, 0],
    ]);

    const { vectors, values } = leftSingular(matrix, 3, new Random(1));

    expect([...values].map((value) => Math.round(value * 1000) / 1000)).toEqual([5, 3, 2]);
    const first = [0, 1, 2, 3, 4].map((row) => Math.abs(vectors[row * 3] ?? 0));
    expect(first[0]).toBeCloseTo(0.6, 3);
    expect(first[1]).toBeCloseTo(0.8, 3);
    expect(first[2]).toBeCloseTo(0, 3);
  });

  test('is reproducible by its seed', () => {
    const random = new Random(9);
    const rows = Array.from({ length: 40 }, () =>
      Array.from({ length: 30 }, () => (random.next() < 0.3 ? random.next() : 0)),
    );

    const first = leftSingular(sparse(rows), 4, new Random(2));
    const second = leftSingular(sparse(rows), 4, new Random(2));

    expect(second).toEqual(first);
  });

  test('uses correct eigenvectors of symmetric matrices', () => {
    const matrix = Float64Array.of(2, 1, 0, 1, 3, 1, 0, 1, 4);

    const { vectors, values } = symmetricEigen(matrix.slice(), 3);

    for (let axis = 0; axis < 3; axis++) {
      for (let row = 0; row < 3; row++) {
        let product = 0;
        for (let k = 0; k < 3; k++) {
          product += (matrix[row * 3 + k] ?? 0) * (vectors[k * 3 + axis] ?? 0);
        }
        expect(product).toBeCloseTo((values[axis] ?? 0) * (vectors[row * 3 + axis] ?? 0), 8);
      }
    }
  });
});
