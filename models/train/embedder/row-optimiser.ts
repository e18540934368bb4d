import type { RowGradients } from './batch-encoder.js';
import { floatAt, indexAt, signAt } from './elements.js';
import { DIMS, IDENTITY_DIMS, LEARNED_DIMS } from './weight-table.js';
import type { WeightTable } from './weight-table.js';

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.99;
const EPSILON = 1e-8;
/** Gains start around 0.05 and matter to every text, so they move less than learned numbers. */
const GAIN_RATE_SHARE = 0.5;

/** Lazy Adam (Kingma and Ba, 2015): a step updates only the few rows of a table that have gradients. */
export class RowOptimiser {
  readonly #table: WeightTable;
  readonly #gains: Moments;
  readonly #learned: Moments;
  readonly #steps: Int32Array;

  constructor(table: WeightTable) {
    this.#table = table;
    this.#gains = momentsOf(table.gains.length);
    this.#learned = momentsOf(table.learned.length);
    this.#steps = new Int32Array(table.rows);
  }

  /** Moves every touched row against its gradient. */
  step(gradients: RowGradients, rate: number): void {
    const { gains } = this.#table;
    for (let k = 0; k < gradients.count; k++) {
      const row = indexAt(gradients.touched, k);
      const steps = indexAt(this.#steps, row) + 1;
      this.#steps[row] = steps;
      // Each row's moments start at 0, so each needs the correction for its own number of steps.
      const correction = Math.sqrt(1 - SECOND_DECAY ** steps) / (1 - FIRST_DECAY ** steps);
      const pace = rate * correction;
      this.#moveLearned(row, gradients.vectors, pace);
      const slope = this.#gainSlope(row, gradients.vectors);
      const moved =
        floatAt(gains, row) - pace * GAIN_RATE_SHARE * direction(this.#gains, row, slope);
      gains[row] = Math.max(0, moved);
    }
  }

  #moveLearned(row: number, slopes: Float32Array, pace: number): void {
    const { learned } = this.#table;
    const from = row * DIMS + IDENTITY_DIMS;
    const to = row * LEARNED_DIMS;
    for (let i = 0; i < LEARNED_DIMS; i++) {
      const turn = direction(this.#learned, to + i, floatAt(slopes, from + i));
      learned[to + i] = floatAt(learned, to + i) - pace * turn;
    }
  }

  #gainSlope(row: number, slopes: Float32Array): number {
    const { signs } = this.#table;
    let sum = 0;
    for (let i = 0; i < IDENTITY_DIMS; i++) {
      sum += floatAt(slopes, row * DIMS + i) * signAt(signs, row * IDENTITY_DIMS + i);
    }
    return sum;
  }
}

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

function momentsOf(size: number): Moments {
  return { first: new Float32Array(size), second: new Float32Array(size) };
}

/** Updates the moments with a gradient. @returns Adam's direction: first moment over root of the second */
function direction(moments: Moments, at: number, slope: number): number {
  const first = FIRST_DECAY * floatAt(moments.first, at) + (1 - FIRST_DECAY) * slope;
  const second = SECOND_DECAY * floatAt(moments.second, at) + (1 - SECOND_DECAY) * slope * slope;
  moments.first[at] = first;
  moments.second[at] = second;
  return first / (Math.sqrt(second) + EPSILON);
}
