// A WebAssembly module with two functions, written instruction by instruction: JavaScript has no
// SIMD, and training is bound by this product. Opcodes: WebAssembly core specification 2.0, §5.4,
// and the fixed-width SIMD part of it (prefix 0xfd).

const I32 = 0x7f;
const V128 = 0x7b;
const LOOP = [0x03, 0x40];
const END = 0x0b;
const ADD = 0x6a;
const SUBTRACT = 0x6b;
const MULTIPLY = 0x6c;
const LESS = 0x49;
const REPEAT_IF = [0x0d, 0];
const F32X4_ADD = [0xfd, 0xe4, 0x01];
const F32X4_MULTIPLY = [0xfd, 0xe6, 0x01];
const LOAD_WORD = [0x28, 0, 0];
const ZERO_VECTOR = [0xfd, 0x0c, ...new Array<number>(16).fill(0)];

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

const get = (local: number): number[] => [0x20, local];
const set = (local: number): number[] => [0x21, local];
const constant = (value: number): number[] => [0x41, ...signedLeb(value)];
const load = (offset: number): number[] => [0xfd, 0x00, 0, offset];
const loadSplat = [0xfd, 0x09, 0, 0];
const store = (offset: number): number[] => [0xfd, 0x0b, 0, offset];
const advance = (local: number, by: number[]): number[] => [
  ...get(local),
  ...by,
  ADD,
  ...set(local),
];
const times4 = (local: number): number[] => [...get(local), ...constant(4), MULTIPLY];
const ROWS = [0, 1, 2, 3];

/** Rows that `accumulate` adds are multiples of this many numbers. */
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
  const multiply = functionOf(
    [
      [9, I32],
      [11, V128],
    ],
    rowLoop(),
  );
  const accumulate = functionOf(
    [
      [2, I32],
      [1, V128],
    ],
    entryLoop(),
  );
  const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
  const type = [0x60, 6, I32, I32, I32, I32, I32, I32, 0];
  const exported = [
    [...name('multiply'), 0x00, 0],
    [...name('accumulate'), 0x00, 1],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vectorOf([type])),
    ...section(2, vectorOf([[...name('env'), ...name('memory'), 0x02, 0x00, 1]])),
    ...section(3, vectorOf([[0], [0]])),
    ...section(7, vectorOf(exported)),
    ...section(10, vectorOf([multiply, accumulate])),
  ]);
}

function functionOf(locals: readonly (readonly number[])[], instructions: number[]): number[] {
  const body = [...vectorOf(locals), ...instructions, END];
  return [...unsignedLeb(body.length), ...body];
}

function entryLoop(): number[] {
  const lanes = [0, 16, 32, 48].flatMap((offset) => [
    ...[...get(ENTRY.out), ...get(ENTRY.at), ADD],
    ...[...get(ENTRY.out), ...get(ENTRY.at), ADD, ...load(offset)],
    ...[...get(ENTRY.source), ...get(ENTRY.at), ADD, ...load(offset)],
    ...[...get(ENTRY.factor), ...F32X4_MULTIPLY, ...F32X4_ADD],
    ...store(offset),
  ]);
  const rowSum = [
    ...LOOP,
    ...lanes,
    ...advance(ENTRY.at, constant(4 * ACCUMULATE_STEP)),
    ...[...get(ENTRY.at), ...get(ENTRY.bytes), LESS, ...REPEAT_IF],
    END,
  ];
  return [
    ...LOOP,
    ...[...get(ENTRY.values), ...loadSplat, ...set(ENTRY.factor)],
    ...[...get(ENTRY.right), ...get(ENTRY.offsets), ...LOAD_WORD, ADD, ...set(ENTRY.source)],
    ...[...constant(0), ...set(ENTRY.at)],
    ...rowSum,
    ...advance(ENTRY.values, constant(4)),
    ...advance(ENTRY.offsets, constant(4)),
    ...[...get(ENTRY.count), ...constant(1), SUBTRACT, 0x22, ENTRY.count],
    ...REPEAT_IF,
    END,
  ];
}

function rowLoop(): number[] {
  return [
    ...LOOP,
    ...constant(0),
    ...set(LOCAL.column),
    ...columnLoop(),
    ...advance(LOCAL.row, constant(TILE_ROWS)),
    ...get(LOCAL.row),
    ...get(LOCAL.rows),
    LESS,
    ...REPEAT_IF,
    END,
  ];
}

function columnLoop(): number[] {
  return [
    ...LOOP,
    ...startTile(),
    ...innerLoop(),
    ...storeTile(),
    ...advance(LOCAL.column, constant(TILE_COLUMNS)),
    ...get(LOCAL.column),
    ...get(LOCAL.columns),
    LESS,
    ...REPEAT_IF,
    END,
  ];
}

function startTile(): number[] {
  const leftRow = (row: number): number[] => [
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

function innerLoop(): number[] {
  const addTo = (sum: number, vector: number): number[] => [
    ...get(LOCAL.sum + sum),
    ...[...get(LOCAL.factor), ...get(vector), ...F32X4_MULTIPLY],
    ...F32X4_ADD,
    ...set(LOCAL.sum + sum),
  ];
  const row = (index: number): number[] => [
    ...[...get(LOCAL.leftAt + index), ...loadSplat, ...set(LOCAL.factor)],
    ...addTo(2 * index, LOCAL.first),
    ...addTo(2 * index + 1, LOCAL.second),
    ...advance(LOCAL.leftAt + index, constant(4)),
  ];
  return [
    ...LOOP,
    ...[...get(LOCAL.rightAt), ...load(0), ...set(LOCAL.first)],
    ...[...get(LOCAL.rightAt), ...load(16), ...set(LOCAL.second)],
    ...ROWS.flatMap(row),
    ...advance(LOCAL.rightAt, constant(4 * TILE_COLUMNS)),
    ...[...get(LOCAL.countdown), ...constant(1), SUBTRACT, 0x22, LOCAL.countdown],
    ...REPEAT_IF,
    END,
  ];
}

function storeTile(): number[] {
  const address = [
    ...get(LOCAL.out),
    ...[...get(LOCAL.row), ...get(LOCAL.columns), MULTIPLY, ...get(LOCAL.column), ADD],
    ...[...constant(4), MULTIPLY],
    ADD,
    ...set(LOCAL.outAt),
  ];
  const row = (index: number): number[] => [
    ...[...get(LOCAL.outAt), ...get(LOCAL.sum + 2 * index), ...store(0)],
    ...[...get(LOCAL.outAt), ...get(LOCAL.sum + 2 * index + 1), ...store(16)],
    ...advance(LOCAL.outAt, times4(LOCAL.columns)),
  ];
  return [...address, ...ROWS.flatMap(row)];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...unsignedLeb(content.length), ...content];
}

function vectorOf(entries: readonly (readonly number[])[]): number[] {
  return [...unsignedLeb(entries.length), ...entries.flat()];
}

function unsignedLeb(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsignedLeb(value >>> 7)];
}

function signedLeb(value: number): number[] {
  // Seven bits a byte; the last byte's highest of them is the sign.
  return value < 64 ? [value] : [(value & 127) | 128, ...signedLeb(value >>> 7)];
}
