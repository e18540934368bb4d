// The three inner loops of a routing decision, in SIMD instructions on four numbers.

import {
  ADD,
  increment,
  assemble,
  BITS,
  constant,
  countDown,
  F32_ADD,
  F32_STORE,
  F32X4,
  get,
  I32,
  LESS,
  load,
  LOAD_SPLAT,
  LOAD_WORD,
  MULTIPLY,
  repeat,
  set,
  store,
  V128,
  WIDEN,
  ZERO_VECTOR,
} from './wasm/assembler.js';
import type { Code, KernelFunction } from './wasm/assembler.js';

/** Rows of signs are padded to multiples of `SIGN_STEP`, rows of bytes or floats to multiples of `ROW_STEP`. */
export const SIGN_STEP = 128;
export const ROW_STEP = 16;

/** The next multiple of `step`: the padded length of a row. */
export function padded(length: number, step: number): number {
  return Math.ceil(length / step) * step;
}

const FOUR_FLOATS = 16;

/** Local variables of `addSigns` and `addRows`; the first six are the parameters. */
const SUM = 0;
const TABLE = 1;
const STRIDE = 2;
const ROWS = 3;
const WEIGHTS = 4;
const COUNT = 5;
const ROW = 6;
const ROW_WEIGHT = 7;
const LEFT = 8;
const END = 9;
const WEIGHT = 10;
const BLOCK = 11;
const HALF = 12;
const SIGN_BITS = 13;
const FIRST_PART = 14;
/** Sums of four numbers each that are kept in registers; there are 16 registers. */
const PARTS = 8;
const ROW_LOCALS = [
  [4, I32],
  [4 + PARTS, V128],
] as const;

/** Four numbers of the sum, and what a row adds to them. */
interface Part {
  /** In bytes from the beginning of the block's sum. */
  readonly offset: number;
  /** Pushes what is added, computed from the row's `BLOCK` of 16 bytes and its weight in all lanes of `WEIGHT`. */
  readonly addend: Code;
}

/**
 * Writes the sums of all rows, one block of 16 bytes after the other.
 *
 * For each block, a pass over all rows computes a few parts at a time, so that sums stay in registers and the processor
 * fetches many rows at once: they are scattered over a table that is larger than its caches.
 */
function sumBlocks(blockBytes: number, passes: readonly (readonly Part[])[]): Code {
  const sumPass = (parts: readonly Part[]): Code => [
    ...parts.flatMap((_, i) => [...ZERO_VECTOR, ...set(FIRST_PART + i)]),
    ...[
      ...get(ROWS),
      ...set(ROW),
      ...get(WEIGHTS),
      ...set(ROW_WEIGHT),
      ...get(COUNT),
      ...set(LEFT),
    ],
    ...repeat(
      [
        ...[...get(ROW_WEIGHT), ...LOAD_SPLAT, ...set(WEIGHT)],
        ...[...get(TABLE), ...get(ROW), ...LOAD_WORD, ...get(STRIDE), MULTIPLY, ADD],
        ...[...load(0), ...set(BLOCK)],
        ...parts.flatMap(({ addend }, i) => [
          ...[...get(FIRST_PART + i), ...addend, ...F32X4.add, ...set(FIRST_PART + i)],
        ]),
        ...increment(ROW, constant(4)),
        ...increment(ROW_WEIGHT, constant(4)),
      ],
      countDown(LEFT),
    ),
    ...parts.flatMap(({ offset }, i) => [...get(SUM), ...get(FIRST_PART + i), ...store(offset)]),
  ];
  return [
    ...[...get(TABLE), ...get(STRIDE), ADD, ...set(END)],
    ...repeat(
      [
        ...passes.flatMap(sumPass),
        ...increment(SUM, constant(blockBytes)),
        ...increment(TABLE, constant(16)),
      ],
      [...get(TABLE), ...get(END), LESS],
    ),
  ];
}

function addSigns(): KernelFunction {
  const signBits: Code = [
    0xfd,
    0x0c,
    ...[0, 0, 0, 0x80, 0, 0, 0, 0x80],
    ...[0, 0, 0, 0x80, 0, 0, 0, 0x80],
  ];
  // A set bit, shifted to a float's sign bit, turns the negated weight into the weight.
  const part = (bit: number): Part => ({
    offset: FOUR_FLOATS * bit,
    addend: [
      ...[...get(BLOCK), ...constant(31 - bit), ...BITS.shiftLeft, ...get(SIGN_BITS), ...BITS.and],
      ...[...get(WEIGHT), ...F32X4.negate, ...BITS.xor],
    ],
  });
  const passes = Array.from({ length: 32 / PARTS }, (_, pass) =>
    Array.from({ length: PARTS }, (_, i) => part(PARTS * pass + i)),
  );
  return {
    name: 'addSigns',
    parameters: 6,
    locals: ROW_LOCALS,
    body: [...signBits, ...set(SIGN_BITS), ...sumBlocks(4 * SIGN_STEP, passes)],
  };
}

function addRows(): KernelFunction {
  const weighed = (widen: Code): Code => [
    ...[...get(HALF), ...widen, ...F32X4.convert],
    ...[...get(WEIGHT), ...F32X4.multiply],
  ];
  const half = (offset: number, widen: Code): readonly Part[] => [
    {
      offset,
      addend: [...[...get(BLOCK), ...widen, ...set(HALF)], ...weighed(WIDEN.lowShorts)],
    },
    { offset: offset + FOUR_FLOATS, addend: weighed(WIDEN.highShorts) },
  ];
  const parts = [...half(0, WIDEN.lowBytes), ...half(2 * FOUR_FLOATS, WIDEN.highBytes)];
  return {
    name: 'addRows',
    parameters: 6,
    locals: ROW_LOCALS,
    body: sumBlocks(4 * ROW_STEP, [parts]),
  };
}

/** The function of that name in `VECTOR_KERNEL`, for kernels with further functions. */
export function multiply(): KernelFunction {
  const out = 0;
  const matrix = 1;
  const stride = 2;
  const vector = 3;
  const count = 4;
  const end = 5;
  const at = 6;
  // Four sums, so that an addition does not wait for the one before it.
  const first = 7;
  const sums = [first, 8, 9, 10];
  const products = sums.flatMap((sum, i) => [
    ...[...get(matrix), ...load(FOUR_FLOATS * i), ...get(at), ...load(FOUR_FLOATS * i)],
    ...[...F32X4.multiply, ...get(sum), ...F32X4.add, ...set(sum)],
  ]);
  const inner = [
    ...products,
    ...increment(matrix, constant(4 * ROW_STEP)),
    ...increment(at, constant(4 * ROW_STEP)),
  ];
  const total = [
    ...sums.flatMap((sum, i) => (i === 0 ? get(sum) : [...get(sum), ...F32X4.add])),
    ...set(first),
    ...[0, 1, 2, 3].flatMap((lane) => [...get(first), ...F32X4.lane(lane)]),
    ...[F32_ADD, F32_ADD, F32_ADD],
  ];
  const row = [
    ...sums.flatMap((sum) => [...ZERO_VECTOR, ...set(sum)]),
    ...[...get(matrix), ...get(stride), ADD, ...set(end)],
    ...[...get(vector), ...set(at)],
    ...repeat(inner, [...get(matrix), ...get(end), LESS]),
    ...[...get(out), ...total, ...F32_STORE],
    ...increment(out, constant(4)),
  ];
  return {
    name: 'multiply',
    parameters: 5,
    locals: [
      [2, I32],
      [4, V128],
    ],
    body: repeat(row, countDown(count)),
  };
}

/**
 * The bytes of a module with three functions on arrays in its memory. All parameters except counts are
 * addresses or lengths in bytes; there must be at least one row.
 *
 * `addSigns(sum, signs, stride, rows, weights, count)`: for each bit of a row of `signs`, `sum` becomes the sum over all `i` below
 * `count` of `weights[i]` if row `rows[i]` has the bit set, and of `-weights[i]` otherwise.
 * The sums of 128 bits are interleaved: at `4 × bit + word`, as the four words are processed together.
 *
 * `addRows(sum, table, stride, rows, weights, count)`: `sum` becomes the sum of `weights[i]` times the bytes of the row
 * `rows[i]` of `table`.
 *
 * `multiply(out, matrix, stride, vector, count)`: `out[i]` becomes the dot product of row `i` of a
 * matrix of floats with `vector`.
 */
export const VECTOR_KERNEL = assemble([addSigns(), addRows(), multiply()]);
