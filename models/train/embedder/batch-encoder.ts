import { occurrenceWeight } from '../../../src/embed/static-embedder.js';
import type { Bag } from '../../../src/embed/tokenize.js';
import { LinearMemory } from '../../../src/embed/wasm/linear-memory.js';
import type { KernelCall } from '../../../src/embed/wasm/linear-memory.js';
import type { Random } from '../random.js';
import { floatAt, indexAt, signAt } from './elements.js';
import { productKernel } from './product-kernel.js';
import { DIMS, IDENTITY_DIMS, LEARNED_DIMS } from './weight-table.js';
import type { WeightTable } from './weight-table.js';

/** Only this many characters of a text are read in training. */
const MAX_TRAINING_CHARS = 600;
/** Each character gives at most two rows: itself and its pair with the one before. */
const MAX_TEXT_ROWS = 2 * MAX_TRAINING_CHARS + 2;
/** Dropout of words and of pairs of neighbours: the rest must make up for what is missing. */
const WORD_DROPOUT = 0.2;
const PAIR_DROPOUT = 0.4;
const FLOAT_BYTES = 4;
const VECTOR_BYTES = DIMS * FLOAT_BYTES;

/** Gradients of the rows that a batch touched. */
export interface RowGradients {
  /** Distinct rows, up to `count`. */
  readonly touched: Int32Array;
  readonly count: number;
  /** With respect to each row's vector, shape [rows, DIMS]; valid for touched rows. */
  readonly vectors: Float32Array;
}

/**
 * Turns a batch of texts into unit vectors, and propagates gradients back to table rows.
 *
 * Both are sums of weighted rows (forward by text, backward by row), so one SIMD function does both.
 */
export class BatchEncoder {
  readonly #table: WeightTable;
  readonly #random: Random;
  readonly #slots: number;
  /** Unit vectors, shape [slots, DIMS]. */
  readonly units: Float32Array;
  /** Derivatives of the loss with respect to `units`, shape [slots, DIMS]; the caller fills them in. */
  readonly slopes: Float32Array;
  readonly #lengths: Float32Array;
  /** Every row's vector as texts add them: shape [rows, DIMS]. */
  readonly #vectors: Float32Array;
  readonly #gradients: Float32Array;
  /** The rows of all texts, one text after the other, and where each text begins. */
  readonly #rows: Int32Array;
  readonly #weights: Float32Array;
  readonly #starts: Int32Array;
  /** Input of the kernel: weights, and offsets in bytes. */
  readonly #factors: Float32Array;
  readonly #offsets: Uint32Array;
  readonly #add: KernelCall;
  readonly #touched: Int32Array;
  readonly #uses: Int32Array;

  constructor(table: WeightTable, slots: number, random: Random) {
    this.#table = table;
    this.#random = random;
    this.#slots = slots;
    const entries = slots * MAX_TEXT_ROWS;
    const floats = [slots, slots, table.rows, table.rows].map((rows) => rows * DIMS);
    const memory = new LinearMemory(
      productKernel(),
      [...floats, entries, entries].map((length) => length * FLOAT_BYTES),
    );
    this.units = memory.floats(slots * DIMS);
    this.slopes = memory.floats(slots * DIMS);
    this.#vectors = memory.floats(table.rows * DIMS);
    this.#gradients = memory.floats(table.rows * DIMS);
    this.#factors = memory.floats(entries);
    this.#offsets = memory.words(entries);
    this.#add = memory.call('accumulate');
    this.#lengths = new Float32Array(slots);
    this.#rows = new Int32Array(entries);
    this.#weights = new Float32Array(entries);
    this.#starts = new Int32Array(slots + 1);
    this.#touched = new Int32Array(table.rows);
    this.#uses = new Int32Array(table.rows);
    for (let row = 0; row < table.rows; row++) this.#copyRow(row);
  }

  /** Copies changed rows from the table. */
  refresh({ touched, count }: Pick<RowGradients, 'touched' | 'count'>): void {
    for (let k = 0; k < count; k++) this.#copyRow(indexAt(touched, k));
  }

  #copyRow(row: number): void {
    const { gains, signs, learned } = this.#table;
    const gain = floatAt(gains, row);
    const at = row * DIMS;
    for (let i = 0; i < IDENTITY_DIMS; i++) {
      this.#vectors[at + i] = gain * signAt(signs, row * IDENTITY_DIMS + i);
    }
    for (let i = 0; i < LEARNED_DIMS; i++) {
      this.#vectors[at + IDENTITY_DIMS + i] = floatAt(learned, row * LEARNED_DIMS + i);
    }
  }

  /** Computes `units` and clears `slopes`. @param texts - one per slot */
  encode(texts: readonly string[]): void {
    if (texts.length !== this.#slots) throw new RangeError(`${this.#slots} texts were expected`);
    this.units.fill(0);
    this.slopes.fill(0);
    let end = 0;
    texts.forEach((text, slot) => {
      const start = end;
      end = this.#takeRows(this.#table.tokenizer.scan(text.slice(0, MAX_TRAINING_CHARS)), start);
      this.#starts[slot + 1] = end;
      for (let k = start; k < end; k++) {
        this.#factors[k] = floatAt(this.#weights, k);
        this.#offsets[k] = indexAt(this.#rows, k) * VECTOR_BYTES;
      }
      this.#addUp(this.units, slot, this.#vectors, start, end);
      this.#lengths[slot] = scaleToUnit(this.units.subarray(slot * DIMS, (slot + 1) * DIMS));
    });
  }

  #takeRows(bag: Bag, start: number): number {
    const words = this.#table.vocabulary.words.length / 2;
    const pairsEnd = words + this.#table.vocabulary.pairs.length;
    let end = start;
    for (let k = 0; k < bag.size; k++) {
      const row = indexAt(bag.rows, k);
      const chance = row >= words && row < pairsEnd ? PAIR_DROPOUT : WORD_DROPOUT;
      if (this.#random.next() < chance && bag.size > 1) continue;
      this.#rows[end] = row;
      this.#weights[end] = occurrenceWeight(floatAt(bag.counts, k));
      end += 1;
    }
    return end;
  }

  /** Adds the weighted rows of `from` in entries `start` to `end` to a row of `out`. */
  #addUp(out: Float32Array, row: number, from: Float32Array, start: number, end: number): void {
    if (end === start) return;
    this.#add(
      out.byteOffset + row * VECTOR_BYTES,
      this.#factors.byteOffset + start * FLOAT_BYTES,
      this.#offsets.byteOffset + start * FLOAT_BYTES,
      end - start,
      from.byteOffset,
      VECTOR_BYTES,
    );
  }

  /** Gradients of the rows, from `slopes`; overwritten by the next call. */
  backward(): RowGradients {
    for (let slot = 0; slot < this.#slots; slot++) this.#alongSphere(slot);
    const count = this.#sortByRow();
    let start = 0;
    for (let k = 0; k < count; k++) {
      const row = indexAt(this.#touched, k);
      // Sorting left in `uses` where the row's entries end.
      const end = indexAt(this.#uses, row);
      this.#gradients.fill(0, row * DIMS, (row + 1) * DIMS);
      this.#addUp(this.#gradients, row, this.slopes, start, end);
      this.#uses[row] = 0;
      start = end;
    }
    return { touched: this.#touched, count, vectors: this.#gradients };
  }

  /** Gradient through the scaling to unit length: its component along the vector vanishes. */
  #alongSphere(slot: number): void {
    const length = floatAt(this.#lengths, slot);
    const unit = this.units.subarray(slot * DIMS, (slot + 1) * DIMS);
    const slope = this.slopes.subarray(slot * DIMS, (slot + 1) * DIMS);
    let along = 0;
    for (let i = 0; i < DIMS; i++) along += floatAt(unit, i) * floatAt(slope, i);
    for (let i = 0; i < DIMS; i++) {
      slope[i] = length === 0 ? 0 : (floatAt(slope, i) - along * floatAt(unit, i)) / length;
    }
  }

  /** Counting sort of the entries by row. @returns the number of distinct rows */
  #sortByRow(): number {
    const entries = indexAt(this.#starts, this.#slots);
    let count = 0;
    for (let k = 0; k < entries; k++) {
      const row = indexAt(this.#rows, k);
      const uses = indexAt(this.#uses, row);
      if (uses === 0) this.#touched[count++] = row;
      this.#uses[row] = uses + 1;
    }
    let next = 0;
    for (let k = 0; k < count; k++) {
      const row = indexAt(this.#touched, k);
      const uses = indexAt(this.#uses, row);
      this.#uses[row] = next;
      next += uses;
    }
    for (let slot = 0; slot < this.#slots; slot++) {
      for (let k = indexAt(this.#starts, slot); k < indexAt(this.#starts, slot + 1); k++) {
        const row = indexAt(this.#rows, k);
        const to = indexAt(this.#uses, row);
        this.#uses[row] = to + 1;
        this.#factors[to] = floatAt(this.#weights, k);
        this.#offsets[to] = slot * VECTOR_BYTES;
      }
    }
    return count;
  }
}

/** @returns the length before; a vector of zeros stays one */
function scaleToUnit(vector: Float32Array): number {
  let square = 0;
  for (let i = 0; i < DIMS; i++) square += floatAt(vector, i) ** 2;
  const length = Math.sqrt(square);
  if (length > 0) for (let i = 0; i < DIMS; i++) vector[i] = floatAt(vector, i) / length;
  return length;
}
