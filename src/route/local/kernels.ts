import { DenseMatrix } from '../../embed/dense-matrix.js';
import type { SymmetricMatrix } from './linear-algebra.js';
import { layoutOf, type SparseRow, type Standardisation } from './head-inputs.js';
import { GRAM_BUCKETS } from './word-grams.js';

/**
 * The linear kernels of the rows, one for each kind of input, in the order dense, vector, grams, anchors.
 *
 * @param inputs - by `writeInputs`, shape [rows, layout.length]
 * @param grams - by `weighGrams`; `null` for a row without text
 */
export function blockKernels(
  inputs: Float32Array,
  grams: readonly (SparseRow | null)[],
  standard: Standardisation,
): readonly SymmetricMatrix[] {
  const { vector, anchors, length } = layoutOf(standard);
  const block = (from: number, to: number) => linearKernel(inputs, length, from, to);
  return [block(0, vector), block(vector, anchors), gramKernel(grams), block(anchors, length)];
}

function linearKernel(
  inputs: Float32Array,
  stride: number,
  from: number,
  to: number,
): SymmetricMatrix {
  const size = inputs.length / stride;
  const packed = new Float32Array(size * (to - from));
  for (let i = 0; i < size; i++) {
    packed.set(inputs.subarray(i * stride + from, i * stride + to), i * (to - from));
  }
  const values = new Float64Array(size * size);
  if (to === from) return { size, values };
  const matrix = new DenseMatrix(packed, to - from);
  for (let i = 0; i < size; i++) {
    const row = packed.subarray(i * (to - from), (i + 1) * (to - from));
    values.set(matrix.times(row), i * size);
  }
  return { size, values };
}

/** Inner products of sparse rows, by an inverted index of the grams. */
function gramKernel(grams: readonly (SparseRow | null)[]): SymmetricMatrix {
  const size = grams.length;
  const counts = new Uint32Array(GRAM_BUCKETS + 1);
  for (const row of grams) {
    row?.at.forEach((bucket, k) => {
      if (row.values[k] !== 0) counts[bucket + 1] = (counts[bucket + 1] ?? 0) + 1;
    });
  }
  for (let b = 0; b < GRAM_BUCKETS; b++) counts[b + 1] = (counts[b + 1] ?? 0) + (counts[b] ?? 0);
  const starts = counts.slice();
  const rowsOf = new Uint32Array(counts[GRAM_BUCKETS] ?? 0);
  const weights = new Float32Array(rowsOf.length);
  const values = new Float64Array(size * size);
  // Rows are added in order, so each list has the rows up to this one: the lower triangle.
  grams.forEach((row, i) => {
    row?.at.forEach((bucket, k) => {
      const weight = row.values[k] ?? 0;
      if (weight === 0) return;
      const end = counts[bucket] ?? 0;
      rowsOf[end] = i;
      weights[end] = weight;
      counts[bucket] = end + 1;
      for (let p = starts[bucket] ?? 0; p <= end; p++) {
        const at = i * size + (rowsOf[p] ?? 0);
        values[at] = (values[at] ?? 0) + weight * (weights[p] ?? 0);
      }
    });
  });
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) values[j * size + i] = values[i * size + j] ?? 0;
  }
  return { size, values };
}
