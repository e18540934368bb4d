import { floatAt, numberAt } from './elements.js';
import { MatrixSpace, transpose } from './simd-product.js';
import type { Matrix } from './simd-product.js';
import { DIMS } from './weight-table.js';

/** Temperature of the softmax over cosines: if it is low, only the nearest negatives count. */
const TEMPERATURE = 0.05;
/** Steepness of the ranking loss in cosines. */
const STEEPNESS = 13;

/**
 * Each text must find its partner among all partners of the batch, in both directions (InfoNCE).
 *
 * Slots 0 to size-1 are the first texts, size to 2·size-1 their partners.
 */
export class InBatchLoss {
  readonly #size: number;
  readonly #space: MatrixSpace;
  readonly #first: Matrix;
  readonly #second: Matrix;
  readonly #scores: Matrix;
  readonly #turned: Matrix;
  readonly #slope: Matrix;

  /** @param size - pairs in a batch; a multiple of 8 */
  constructor(size: number) {
    this.#size = size;
    this.#space = new MatrixSpace(3 * size * DIMS + 2 * size * size, size * Math.max(size, DIMS));
    this.#first = this.#space.matrix(size, DIMS);
    this.#second = this.#space.matrix(size, DIMS);
    this.#slope = this.#space.matrix(size, DIMS);
    this.#scores = this.#space.matrix(size, size);
    this.#turned = this.#space.matrix(size, size);
  }

  /**
   * @param units - unit vectors, shape [slots, DIMS]
   * @param slopes - the derivatives are added to it
   * @returns the mean loss
   */
  run(units: Float32Array, slopes: Float32Array): number {
    const half = this.#size * DIMS;
    this.#first.values.set(units.subarray(0, half));
    this.#second.values.set(units.subarray(half, 2 * half));
    this.#space.multiplyTransposed(this.#first, this.#second, this.#scores);
    const loss = this.#scoresToSlopes();
    this.#space.multiply(this.#scores, this.#second, this.#slope);
    addTo(slopes, this.#slope.values, 0);
    transpose(this.#scores, this.#turned);
    this.#space.multiply(this.#turned, this.#first, this.#slope);
    addTo(slopes, this.#slope.values, half);
    return loss;
  }

  /** Replaces cosines by the derivatives of the loss with respect to them. */
  #scoresToSlopes(): number {
    const size = this.#size;
    const { values } = this.#scores;
    const rowSums = new Float64Array(size);
    const columnSums = new Float64Array(size);
    let loss = 0;
    for (let row = 0; row < size; row++) {
      loss -= (2 * floatAt(values, row * size + row)) / TEMPERATURE;
      for (let column = 0; column < size; column++) {
        // Cosines are at most 1, so shifting by 1 keeps every exponential finite.
        const power = Math.exp((floatAt(values, row * size + column) - 1) / TEMPERATURE);
        values[row * size + column] = power;
        rowSums[row] = numberAt(rowSums, row) + power;
        columnSums[column] = numberAt(columnSums, column) + power;
      }
    }
    const scale = 1 / (2 * size * TEMPERATURE);
    for (let row = 0; row < size; row++) {
      loss += Math.log(numberAt(rowSums, row) * numberAt(columnSums, row)) + 2 / TEMPERATURE;
      for (let column = 0; column < size; column++) {
        const at = row * size + column;
        const share = 1 / numberAt(rowSums, row) + 1 / numberAt(columnSums, column);
        values[at] = scale * (floatAt(values, at) * share - (row === column ? 2 : 0));
      }
    }
    return loss / (2 * size);
  }
}

function addTo(target: Float32Array, values: Float32Array, offset: number): void {
  for (let i = 0; i < values.length; i++) {
    target[offset + i] = floatAt(target, offset + i) + floatAt(values, i);
  }
}

/**
 * Pairs that mean the same must be nearer than pairs that do not: the mean logistic loss over all
 * combinations of a better and a worse pair.
 *
 * @param grades - how similar the pairs should be; combinations less than 1 apart are skipped
 * @param units - unit vectors; pair i is at slots `slot + 2i` and `slot + 2i + 1`
 * @param slopes - the derivatives times `weight` are added to it
 * @returns the mean loss, unweighted
 */
export function rankingLoss(
  grades: Float64Array,
  units: Float32Array,
  slopes: Float32Array,
  { slot, weight }: { readonly slot: number; readonly weight: number },
): number {
  const count = grades.length;
  const cosines = new Float64Array(count);
  for (let i = 0; i < count; i++) cosines[i] = dot(units, slot + 2 * i);
  const pulls = new Float64Array(count);
  let loss = 0;
  let couples = 0;
  for (let better = 0; better < count; better++) {
    for (let worse = 0; worse < count; worse++) {
      if (numberAt(grades, better) - numberAt(grades, worse) < 1) continue;
      const odds = Math.exp(STEEPNESS * (numberAt(cosines, worse) - numberAt(cosines, better)));
      const pull = (STEEPNESS * odds) / (1 + odds);
      pulls[better] = numberAt(pulls, better) - pull;
      pulls[worse] = numberAt(pulls, worse) + pull;
      loss += Math.log1p(odds);
      couples += 1;
    }
  }
  if (couples === 0) return 0;
  for (let i = 0; i < count; i++) {
    pullPair(units, slopes, slot + 2 * i, (weight * numberAt(pulls, i)) / couples);
  }
  return loss / couples;
}

function dot(units: Float32Array, slot: number): number {
  let sum = 0;
  for (let i = slot * DIMS; i < (slot + 1) * DIMS; i++) {
    sum += floatAt(units, i) * floatAt(units, i + DIMS);
  }
  return sum;
}

function pullPair(units: Float32Array, slopes: Float32Array, slot: number, pull: number): void {
  for (let i = slot * DIMS; i < (slot + 1) * DIMS; i++) {
    slopes[i] = floatAt(slopes, i) + pull * floatAt(units, i + DIMS);
    slopes[i + DIMS] = floatAt(slopes, i + DIMS) + pull * floatAt(units, i);
  }
}
