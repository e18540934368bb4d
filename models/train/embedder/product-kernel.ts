// Matrix products for training, which take most of its time.

import {
  ADD,
  increment,
  assemble,
  constant,
  countDown,
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
  ZERO_VECTOR,
} from '../../../src/embed/wasm/assembler.js';
import type { Code } from '../../../src/embed/wasm/assembler.js';

/** Rows and columns of the tile whose sums stay in registers: 4 rows of two vectors. */
export const TILE_ROWS = 4;
export const TILE_COLUMNS = 8;

/** Local variables; the first six are the parameters: byte addresses and shape. */
const LOCAL = {
  left: 0,
  right: 1,
  out: 2,
  rows: 3,
  columns: 4,
  inner: 5,
  row: 6,
  column: 7,
  countdown: 8,
  rightAt: 9,
  outAt: 10,
  /** Four addresses, one a row of the tile. */
  leftAt: 11,
  /** Eight sums, two a row. */
  sum: 15,
  first: 23,
  second: 24,
  factor: 25,
} as const;

const times4 = (local: number): Code => [...get(local), ...constant(4), MULTIPLY];
const ROWS = [0, 1, 2, 3];

/** Row lengths in `accumulate` are multiples of this. */
export const ACCUMULATE_STEP = 16;

/** Local variables of `accumulate`; the first six are the parameters. */
const ENTRY = {
  out: 0,
  values: 1,
  offsets: 2,
  count: 3,
  right: 4,
  bytes: 5,
  at: 6,
  source: 7,
  factor: 8,
};

/**
 * The bytes of a module that imports `env.memory` and exports two functions on 32-bit floats.
 *
 * `multiply(left, right, out, rows, columns, inner)`: `out = left × right`. `left` and `out` lie by
 * rows, `right` in panels of eight columns, so that it is read in one sweep.
 *
 * `accumulate(out, values, offsets, count, right, bytes)`: adds `values[i]` times the row of `bytes`
 * bytes at `right + offsets[i]` to the row at `out`, for each of at least one `i` below `count`.
 */
export function productKernel(): Uint8Array<ArrayBuffer> {
  return assemble([
    {
      name: 'multiply',
      parameters: 6,
      locals: [
        [9, I32],
        [11, V128],
      ],
      body: rowLoop(),
    },
    {
      name: 'accumulate',
      parameters: 6,
      locals: [
        [2, I32],
        [1, V128],
      ],
      body: entryLoop(),
    },
  ]);
}

function entryLoop(): Code {
  const lanes = [0, 16, 32, 48].flatMap((offset) => [
    ...[...get(ENTRY.out), ...get(ENTRY.at), ADD],
    ...[...get(ENTRY.out), ...get(ENTRY.at), ADD, ...load(offset)],
    ...[...get(ENTRY.source), ...get(ENTRY.at), ADD, ...load(offset)],
    ...[...get(ENTRY.factor), ...F32X4.multiply, ...F32X4.add],
    ...store(offset),
  ]);
  const rowSum = repeat(
    [...lanes, ...increment(ENTRY.at, constant(4 * ACCUMULATE_STEP))],
    [...get(ENTRY.at), ...get(ENTRY.bytes), LESS],
  );
  const entry = [
    ...[...get(ENTRY.values), ...LOAD_SPLAT, ...set(ENTRY.factor)],
    ...[...get(ENTRY.right), ...get(ENTRY.offsets), ...LOAD_WORD, ADD, ...set(ENTRY.source)],
    ...[...constant(0), ...set(ENTRY.at)],
    ...rowSum,
    ...increment(ENTRY.values, constant(4)),
    ...increment(ENTRY.offsets, constant(4)),
  ];
  return repeat(entry, countDown(ENTRY.count));
}

function rowLoop(): Code {
  return repeat(
    [
      ...[...constant(0), ...set(LOCAL.column)],
      ...columnLoop(),
      ...increment(LOCAL.row, constant(TILE_ROWS)),
    ],
    [...get(LOCAL.row), ...get(LOCAL.rows), LESS],
  );
}

function columnLoop(): Code {
  return repeat(
    [
      ...startTile(),
      ...innerLoop(),
      ...storeTile(),
      ...increment(LOCAL.column, constant(TILE_COLUMNS)),
    ],
    [...get(LOCAL.column), ...get(LOCAL.columns), LESS],
  );
}

function startTile(): Code {
  const leftRow = (row: number): Code => [
    ...get(LOCAL.left),
    ...[...get(LOCAL.row), ...constant(row), ADD],
    ...[...times4(LOCAL.inner), MULTIPLY],
    ADD,
    ...set(LOCAL.leftAt + row),
  ];
  return [
    ...Array.from({ length: 8 }, (_, i) => [...ZERO_VECTOR, ...set(LOCAL.sum + i)]).flat(),
    ...ROWS.flatMap(leftRow),
    ...[...get(LOCAL.right), ...get(LOCAL.column), ...times4(LOCAL.inner), MULTIPLY, ADD],
    ...set(LOCAL.rightAt),
    ...[...get(LOCAL.inner), ...set(LOCAL.countdown)],
  ];
}

function innerLoop(): Code {
  const addTo = (sum: number, vector: number): Code => [
    ...get(LOCAL.sum + sum),
    ...[...get(LOCAL.factor), ...get(vector), ...F32X4.multiply],
    ...F32X4.add,
    ...set(LOCAL.sum + sum),
  ];
  const row = (index: number): Code => [
    ...[...get(LOCAL.leftAt + index), ...LOAD_SPLAT, ...set(LOCAL.factor)],
    ...addTo(2 * index, LOCAL.first),
    ...addTo(2 * index + 1, LOCAL.second),
    ...increment(LOCAL.leftAt + index, constant(4)),
  ];
  const step = [
    ...[...get(LOCAL.rightAt), ...load(0), ...set(LOCAL.first)],
    ...[...get(LOCAL.rightAt), ...load(16), ...set(LOCAL.second)],
    ...ROWS.flatMap(row),
    ...increment(LOCAL.rightAt, constant(4 * TILE_COLUMNS)),
  ];
  return repeat(step, countDown(LOCAL.countdown));
}

function storeTile(): Code {
  const address = [
    ...get(LOCAL.out),
    ...[...get(LOCAL.row), ...get(LOCAL.columns), MULTIPLY, ...get(LOCAL.column), ADD],
    ...[...constant(4), MULTIPLY],
    ADD,
    ...set(LOCAL.outAt),
  ];
  const row = (index: number): Code => [
    ...[...get(LOCAL.outAt), ...get(LOCAL.sum + 2 * index), ...store(0)],
    ...[...get(LOCAL.outAt), ...get(LOCAL.sum + 2 * index + 1), ...store(16)],
    ...increment(LOCAL.outAt, times4(LOCAL.columns)),
  ];
  return [...address, ...ROWS.flatMap(row)];
}
