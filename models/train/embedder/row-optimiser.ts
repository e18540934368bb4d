import type { RowGradients } from './batch-encoder.js';
import { floatAt, indexAt } from './elements.js';
import { LEARNED_DIMS } from './weight-table.js';
import type { WeightTable } from './weight-table.js';

const FIRST_DECAY = 0.9;
const SECOND_DECAY = 0.99;
const EPSILON = 1e-8;
/** Gains start around 0.05 and matter to every text, so they move less than learned numbers. */
const GAIN_RATE_SHARE = 0.5;

/** Adam for tables of which a step touches few rows: the others keep their moments (Kingma and Ba, 2015, made lazy). */
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
    const { gains, learned } = this.#table;
    for (let k = 0; k < gradients.count; k++) {
      const row = indexAt(gradients.touched, k);
      const steps = indexAt(this.#steps, row) + 1;
      this.#steps[row] = steps;
      // Each row's moments start at 0, so each needs the correction for its own number of steps.
      const correction = Math.sqrt(1 - SECOND_DECAY ** steps) / (1 - FIRST_DECAY ** steps);
      const pace = rate * correction;
      move(gains, gradients.gains, this.#gains, { at: row, pace: pace * GAIN_RATE_SHARE });
      gains[row] = Math.max(0, floatAt(gains, row));
      const start = row * LEARNED_DIMS;
      for (let at = start; at < start + LEARNED_DIMS; at++) {
        move(learned, gradients.learned, this.#learned, { at, pace });
      }
    }
  }
}

interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
}

function momentsOf(size: number): Moments {
  return { first: new Float32Array(size), second: new Float32Array(size) };
}

function move(
  values: Float32Array,
  slopes: Float32Array,
  moments: Moments,
  { at, pace }: { readonly at: number; readonly pace: number },
): void {
  const slope = floatAt(slopes, at);
  const first = FIRST_DECAY * floatAt(moments.first, at) + (1 - FIRST_DECAY) * slope;
  const second = SECOND_DECAY * floatAt(moments.second, at) + (1 - SECOND_DECAY) * slope * slope;
  moments.first[at] = first;
  moments.second[at] = second;
  values[at] = floatAt(values, at) - (pace * first) / (Math.sqrt(second) + EPSILON);
}
