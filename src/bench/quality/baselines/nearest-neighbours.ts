import { DenseMatrix } from '../../../embed/dense-matrix.js';
import { at } from '../../metrics/at.js';
import type { Learner } from './learner.js';

const NEIGHBOURS = 50;
/** At most this share of a small training part are neighbours; otherwise all prompts would get the overall mean. */
const MAX_SHARE = 0.2;

/**
 * Predicts the mean of the nearest lines by cosine similarity.
 *
 * @param vectors - of every line, of unit length
 */
export function nearestNeighbours(vectors: readonly Float32Array[]): Learner {
  return (train, targets, test) => {
    const count = Math.max(1, Math.min(NEIGHBOURS, Math.floor(train.length * MAX_SHARE)));
    const known = matrixOf(vectors, train);
    const predicted = targets.map(() => new Float64Array(test.length));
    test.forEach((line, i) => {
      const nearest = nearestOf(known.times(vectors[line] ?? NOTHING), count);
      targets.forEach((target, t) => {
        const sum = nearest.reduce((total, k) => total + at(target, at(train, k)), 0);
        const values = predicted[t];
        if (values !== undefined) values[i] = sum / nearest.length;
      });
    });
    return predicted;
  };
}

const NOTHING = new Float32Array();

function matrixOf(vectors: readonly Float32Array[], lines: readonly number[]): DenseMatrix {
  const dims = vectors[0]?.length ?? 0;
  const rows = new Float32Array(lines.length * dims);
  lines.forEach((line, row) => {
    rows.set(vectors[line] ?? NOTHING, row * dims);
  });
  return new DenseMatrix(rows, dims);
}

/** Indices of the largest cosines; of equal ones at the limit, the first. */
function nearestOf(cosines: Float32Array, count: number): readonly number[] {
  const least = cosines.toSorted()[cosines.length - count] ?? -Infinity;
  const nearest: number[] = [];
  const border: number[] = [];
  cosines.forEach((cosine, k) => {
    if (cosine > least) nearest.push(k);
    else if (cosine === least) border.push(k);
  });
  return [...nearest, ...border.slice(0, count - nearest.length)];
}
