// The three inner loops of a routing decision, four numbers an instruction.

import {
  ADD,
  advance,
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

/** A row of signs is padded to this many; a row of bytes or floats to `ROW_STEP`. */
export const SIGN_STEP = 128;
export const ROW_STEP = 16;

/** The next multiple of `step`: the length of a row of so many numbers. */
export function padded(length: number, step: number): number {
  return Math.ceil(length / step) * step;
}

const FOUR_FLOATS = 16;

/** Local variables of the two that add rows; the first six are the parameters. */
const SUM = 0;
const TABLE = 1;
const STRIDE = 2;
const ROWS = 3;
const WEIGHTS = 4;
const COUNT = 5;
const SOURCE = 6;
const END = 7;
const TARGET = 8;
const WEIGHT = 9;
const BLOCK = 10;
const HALF = 11;
const ROW_LOCALS = [
  [3, I32],
  [3, V128],
] as const;

/** Runs `addBlock` for every 16 bytes (`SOURCE`) of every row, with the row's weight in all lanes of `WEIGHT`. */
function forEachBlock(addBlock: Code, sumBytes: number): Code {
  const startRow = [
    ...[...get(WEIGHTS), ...LOAD_SPLAT, ...set(WEIGHT)],
    ...[...get(TABLE), ...get(ROWS), ...LOAD_WORD, ...get(STRIDE), MULTIPLY, ADD, ...set(SOURCE)],
    ...[...get(SOURCE), ...get(STRIDE), ADD, ...set(END)],
    ...[...get(SUM), ...set(TARGET)],
  ];
  const block = [
    ...[...get(SOURCE), ...load(0), ...set(BLOCK)],
    ...addBlock,
    ...advance(TARGET, constant(sumBytes)),
    ...advance(SOURCE, constant(16)),
  ];
  return repeat(
    [
      ...startRow,
      ...repeat(block, [...get(SOURCE), ...get(END), LESS]),
      ...advance(ROWS, constant(4)),
      ...advance(WEIGHTS, constant(4)),
    ],
    countDown(COUNT),
  );
}

/** Adds the four floats that `value` puts on the stack to the sum, `offset` bytes after `TARGET`. */
function addToSum(offset: number, value: Code): Code {
  return [
    ...get(TARGET),
    ...get(TARGET),
    ...load(offset),
    ...value,
    ...F32X4.add,
    ...store(offset),
  ];
}

function addSigns(): KernelFunction {
  // A set bit, moved to where a float has its sign, turns the negated weight into the weight.
  const signBits: Code = [
    0xfd,
    0x0c,
    ...[0, 0, 0, 0x80, 0, 0, 0, 0x80],
    ...[0, 0, 0, 0x80, 0, 0, 0, 0x80],
  ];
  const signed = (bit: number): Code => [
    ...[...get(BLOCK), ...constant(31 - bit), ...BITS.shiftLeft, ...signBits, ...BITS.and],
    ...[...get(WEIGHT), ...F32X4.negate, ...BITS.xor],
  ];
  const addBlock = Array.from({ length: 32 }, (_, bit) => addToSum(FOUR_FLOATS * bit, signed(bit)));
  return {
    name: 'addSigns',
    parameters: 6,
    locals: ROW_LOCALS,
    body: forEachBlock(addBlock.flat(), 4 * SIGN_STEP),
  };
}

function addRows(): KernelFunction {
  const weighed = (widen: Code): Code => [
    ...[...get(HALF), ...widen, ...F32X4.convert],
    ...[...get(WEIGHT), ...F32X4.multiply],
  ];
  const addHalf = (offset: number, widen: Code): Code => [
    ...[...get(BLOCK), ...widen, ...set(HALF)],
    ...addToSum(offset, weighed(WIDEN.lowShorts)),
    ...addToSum(offset + FOUR_FLOATS, weighed(WIDEN.highShorts)),
  ];
  const addBlock = [...addHalf(0, WIDEN.lowBytes), ...addHalf(2 * FOUR_FLOATS, WIDEN.highBytes)];
  return {
    name: 'addRows',
    parameters: 6,
    locals: ROW_LOCALS,
    body: forEachBlock(addBlock, 4 * ROW_STEP),
  };
}

/** The function of that name in `VECTOR_KERNEL`, for kernels that need more beside it. */
export function multiply(): KernelFunction {
  const out = 0;
  const matrix = 1;
  const stride = 2;
  const vector = 3;
  const count = 4;
  const end = 5;
  const at = 6;
  // Four sums at once: one would make every addition wait for the one before it.
  const first = 7;
  const sums = [first, 8, 9, 10];
  const products = sums.flatMap((sum, i) => [
    ...[...get(matrix), ...load(FOUR_FLOATS * i), ...get(at), ...load(FOUR_FLOATS * i)],
    ...[...F32X4.multiply, ...get(sum), ...F32X4.add, ...set(sum)],
  ]);
  const inner = [
    ...products,
    ...advance(matrix, constant(4 * ROW_STEP)),
    ...advance(at, constant(4 * ROW_STEP)),
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
    ...advance(out, constant(4)),
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
 * The bytes of a module with three functions on arrays in its memory. All parameters but counts are
 * addresses or lengths in bytes; at least one row is expected.
 *
 * `addSigns(sum, signs, stride, rows, weights, count)`: for each `i` below `count` and each bit of the
 * row `rows[i]` of `signs`, adds `weights[i]` where the bit is set, and subtracts it where it is not.
 * The sums of 128 bits lie interleaved: at `4 × bit + word`, as the four words are worked on together.
 *
 * `addRows(sum, table, stride, rows, weights, count)`: adds `weights[i]` times the bytes of the row
 * `rows[i]` of `table`.
 *
 * `multiply(out, matrix, stride, vector, count)`: `out[i]` becomes the inner product of row `i` of a
 * matrix of floats with `vector`.
 */
export const VECTOR_KERNEL = assemble([addSigns(), addRows(), multiply()]);
