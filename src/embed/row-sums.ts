import { SIGN_WORD_BITS, signWord } from './signs.js';
import { padded, ROW_STEP, SIGN_STEP, VECTOR_KERNEL } from './vector-kernel.js';
import { LinearMemory } from './wasm/linear-memory.js';
import type { KernelCall } from './wasm/linear-memory.js';

/** The kernel works on whole vectors of four words. */
const VECTOR_WORDS = SIGN_STEP / SIGN_WORD_BITS;

/** The rows that can be added; each has `signDims` random signs and `tableDims` learned numbers. */
export interface RowTables {
  readonly rows: number;
  /** A multiple of 32. */
  readonly signDims: number;
  readonly signSeed: number;
  readonly tableDims: number;
  /** Shape [rows, tableDims]; copied. */
  readonly table: Int8Array;
}

/** Adds weighted rows with SIMD instructions. Its memory holds the tables: one byte per number, one bit per sign. */
export class RowSums {
  /** Indices of the rows to add, below `RowTables.rows`; written by the caller. */
  readonly rows: Uint32Array;
  /** Their weights; written by the caller. */
  readonly weights: Float32Array;
  readonly #signDims: number;
  readonly #signs: Uint32Array;
  readonly #signSum: Float32Array;
  readonly #tableDims: number;
  readonly #table: Int8Array;
  readonly #tableSum: Float32Array;
  readonly #addSigns: KernelCall;
  readonly #addRows: KernelCall;

  /** @param most - maximum number of rows that are added at once */
  constructor(tables: RowTables, most: number) {
    const signs = padded(tables.signDims, SIGN_STEP);
    const width = padded(tables.tableDims, ROW_STEP);
    const memory = new LinearMemory(VECTOR_KERNEL, [
      ...[most, most, signs, width].map((numbers) => 4 * numbers),
      ...[(tables.rows * signs) / 8, tables.rows * width],
    ]);
    this.rows = memory.words(most);
    this.weights = memory.floats(most);
    this.#signDims = tables.signDims;
    this.#signSum = memory.floats(signs);
    this.#signs = memory.words((tables.rows * signs) / SIGN_WORD_BITS);
    this.#tableDims = tables.tableDims;
    this.#tableSum = memory.floats(width);
    this.#table = memory.bytes(tables.rows * width);
    this.#addSigns = memory.call('addSigns');
    this.#addRows = memory.call('addRows');
    fillSignWords(this.#signs, signs, tables);
    fillTable(this.#table, width, tables);
  }

  /** Writes the weighted sum of the first `count` rows' signs to `out`, from its beginning. */
  sumSigns(count: number, out: Float32Array): void {
    const sum = this.#signSum;
    this.#sum(this.#addSigns, this.#signs, sum.length / 8, sum, count);
    // The kernel leaves the words of a vector interleaved.
    for (let word = 0; word < this.#signDims / SIGN_WORD_BITS; word++) {
      const inVector = word % VECTOR_WORDS;
      const from = (word - inVector) * SIGN_WORD_BITS + inVector;
      for (let bit = 0; bit < SIGN_WORD_BITS; bit++) {
        out[SIGN_WORD_BITS * word + bit] = sum[from + VECTOR_WORDS * bit] ?? 0;
      }
    }
  }

  /** Writes the weighted sum of the first `count` learned rows to `out`, from `offset` on. */
  sumTable(count: number, out: Float32Array, offset: number): void {
    const sum = this.#tableSum;
    this.#sum(this.#addRows, this.#table, sum.length, sum, count);
    for (let i = 0; i < this.#tableDims; i++) out[offset + i] = sum[i] ?? 0;
  }

  #sum(
    add: KernelCall,
    table: Uint32Array | Int8Array,
    strideBytes: number,
    sum: Float32Array,
    count: number,
  ): void {
    const { rows, weights } = this;
    if (count === 0) {
      sum.fill(0);
      return;
    }
    add(sum.byteOffset, table.byteOffset, strideBytes, rows.byteOffset, weights.byteOffset, count);
  }
}

function fillSignWords(words: Uint32Array, paddedDims: number, tables: RowTables): void {
  const used = tables.signDims / SIGN_WORD_BITS;
  const stride = paddedDims / SIGN_WORD_BITS;
  for (let row = 0; row < tables.rows; row++) {
    for (let i = 0; i < used; i++) {
      words[row * stride + i] = signWord(row * used + i, tables.signSeed);
    }
  }
}

function fillTable(to: Int8Array, stride: number, { rows, tableDims, table }: RowTables): void {
  if (stride === tableDims) {
    to.set(table);
    return;
  }
  for (let row = 0; row < rows; row++) {
    to.set(table.subarray(row * tableDims, (row + 1) * tableDims), row * stride);
  }
}
