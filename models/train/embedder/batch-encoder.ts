import { occurrenceWeight } from '../../../src/embed/static-embedder.js';
import type { Bag } from '../../../src/embed/tokenize.js';
import type { Random } from '../random.js';
import { floatAt, indexAt, numberAt, signAt } from './elements.js';
import { DIMS, IDENTITY_DIMS, LEARNED_DIMS } from './weight-table.js';
import type { WeightTable } from './weight-table.js';

/** Characters of a text that training looks at. */
const MAX_TRAINING_CHARS = 600;
/** Chance that a word is left out of a text, and that a pair of neighbours is: what is lost must be guessed from the rest. */
const WORD_DROPOUT = 0.2;
const PAIR_DROPOUT = 0.4;

/** Where gradients of rows are summed, and which rows have any. */
export interface RowGradients {
  readonly gains: Float32Array;
  readonly learned: Float32Array;
  /** Distinct rows touched since the last clearing, up to `count`. */
  readonly touched: Int32Array;
  count: number;
}

/** Turns a batch of texts into unit vectors and carries gradients back to the rows they were made of. */
export class BatchEncoder {
  readonly #table: WeightTable;
  readonly #random: Random;
  readonly #slots: number;
  /** Unit vectors, shape [slots, DIMS]. */
  readonly units: Float64Array;
  readonly #lengths: Float64Array;
  readonly #rows: number[][];
  readonly #weights: number[][];
  readonly #isTouched: Uint8Array;
  readonly gradients: RowGradients;

  constructor(table: WeightTable, slots: number, random: Random) {
    this.#table = table;
    this.#random = random;
    this.#slots = slots;
    this.units = new Float64Array(slots * DIMS);
    this.#lengths = new Float64Array(slots);
    this.#rows = Array.from({ length: slots }, () => []);
    this.#weights = Array.from({ length: slots }, () => []);
    this.#isTouched = new Uint8Array(table.rows);
    this.gradients = {
      gains: new Float32Array(table.rows),
      learned: new Float32Array(table.rows * LEARNED_DIMS),
      touched: new Int32Array(table.rows),
      count: 0,
    };
  }

  /** @param texts - one a slot, at most as many as there are slots */
  encode(texts: readonly string[]): void {
    texts.slice(0, this.#slots).forEach((text, slot) => {
      const bag = this.#table.tokenizer.scan(text.slice(0, MAX_TRAINING_CHARS));
      const rows = (this.#rows[slot] = []) as number[];
      const weights = (this.#weights[slot] = []) as number[];
      this.#drop(bag, rows, weights);
      const start = slot * DIMS;
      const vector = this.units.subarray(start, start + DIMS);
      vector.fill(0);
      rows.forEach((row, k) => {
        this.#addRow(row, weights[k] ?? 0, vector);
      });
      let square = 0;
      for (let i = 0; i < DIMS; i++) square += numberAt(vector, i) ** 2;
      const length = Math.sqrt(square);
      this.#lengths[slot] = length;
      if (length > 0) for (let i = 0; i < DIMS; i++) vector[i] = numberAt(vector, i) / length;
    });
  }

  #drop(bag: Bag, rows: number[], weights: number[]): void {
    const words = this.#table.vocabulary.words.length / 2;
    const pairsEnd = words + this.#table.vocabulary.pairs.length;
    for (let k = 0; k < bag.size; k++) {
      const row = indexAt(bag.rows, k);
      const chance = row >= words && row < pairsEnd ? PAIR_DROPOUT : WORD_DROPOUT;
      if (this.#random.next() < chance && bag.size > 1) continue;
      rows.push(row);
      weights.push(occurrenceWeight(floatAt(bag.counts, k)));
    }
  }

  #addRow(row: number, weight: number, vector: Float64Array): void {
    const { gains, signs, learned } = this.#table;
    const gain = weight * floatAt(gains, row);
    for (let i = 0; i < IDENTITY_DIMS; i++) {
      vector[i] = numberAt(vector, i) + gain * signAt(signs, row * IDENTITY_DIMS + i);
    }
    for (let i = 0; i < LEARNED_DIMS; i++) {
      const at = IDENTITY_DIMS + i;
      vector[at] = numberAt(vector, at) + weight * floatAt(learned, row * LEARNED_DIMS + i);
    }
  }

  /**
   * Adds to `gradients` what the texts in the first `count` slots ask for.
   *
   * @param slopes - derivatives of the loss by the unit vectors, shape [slots, DIMS]; changed
   */
  backward(slopes: Float64Array, count: number): void {
    for (let slot = 0; slot < count; slot++) {
      const length = numberAt(this.#lengths, slot);
      if (length === 0) continue;
      const unit = this.units.subarray(slot * DIMS, (slot + 1) * DIMS);
      const slope = slopes.subarray(slot * DIMS, (slot + 1) * DIMS);
      let along = 0;
      for (let i = 0; i < DIMS; i++) along += numberAt(unit, i) * numberAt(slope, i);
      // Only the part across the vector turns it; lengthening changes nothing.
      for (let i = 0; i < DIMS; i++) {
        slope[i] = (numberAt(slope, i) - along * numberAt(unit, i)) / length;
      }
      const weights = this.#weights[slot] ?? [];
      this.#rows[slot]?.forEach((row, k) => {
        this.#addGradient(row, weights[k] ?? 0, slope);
      });
    }
  }

  #addGradient(row: number, weight: number, slope: Float64Array): void {
    const { gradients } = this;
    const { signs } = this.#table;
    if (this.#isTouched[row] === 0) {
      this.#isTouched[row] = 1;
      gradients.touched[gradients.count++] = row;
    }
    let gain = 0;
    for (let i = 0; i < IDENTITY_DIMS; i++) {
      gain += numberAt(slope, i) * signAt(signs, row * IDENTITY_DIMS + i);
    }
    gradients.gains[row] = floatAt(gradients.gains, row) + weight * gain;
    for (let i = 0; i < LEARNED_DIMS; i++) {
      const at = row * LEARNED_DIMS + i;
      const value = weight * numberAt(slope, IDENTITY_DIMS + i);
      gradients.learned[at] = floatAt(gradients.learned, at) + value;
    }
  }

  /** Forgets all gradients. */
  clear(): void {
    const { gradients } = this;
    for (let k = 0; k < gradients.count; k++) {
      const row = indexAt(gradients.touched, k);
      this.#isTouched[row] = 0;
      gradients.gains[row] = 0;
      gradients.learned.fill(0, row * LEARNED_DIMS, (row + 1) * LEARNED_DIMS);
    }
    gradients.count = 0;
  }
}
