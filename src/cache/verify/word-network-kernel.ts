// The inner loops of the word network, and the memory that they work in. Words are processed in tiles, so that each weight
// is loaded once for several of them.

import { multiply } from '../../embed/vector-kernel.js';
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
  repeat,
  set,
  store,
  V128,
  ZERO_VECTOR,
} from '../../embed/wasm/assembler.js';
import type { Code, KernelFunction } from '../../embed/wasm/assembler.js';
import { LinearMemory } from '../../embed/wasm/linear-memory.js';

/** Rows of a product that are computed together; arrays must have room for whole tiles. */
export const TILE_ROWS = 4;

/** Inputs of a word besides its vector: whether the other text has it, its rarity, and its rarity if the other text lacks it. */
export const EXTRA_INPUTS = 3;

/** Width of a tile: two vectors of four floats. With four rows, sums and operands fit in registers. */
const TILE_BYTES = 32;
const ROWS = [0, 1, 2, 3];

/** Local variables of `product`; the first seven are the parameters. */
const PRODUCT = {
  out: 0,
  left: 1,
  leftBytes: 2,
  right: 3,
  rightBytes: 4,
  bias: 5,
  tiles: 6,
  column: 7,
  end: 8,
  rightAt: 9,
  outAt: 10,
  /** Four addresses, one for each row of the tile. */
  leftAt: 11,
  /** Eight sums, two for each row. */
  sum: 15,
  first: 23,
  second: 24,
  factor: 25,
};

/** @param finish - code applied to each vector of four finished sums on the stack */
function product(name: string, finish: Code): KernelFunction {
  const { out, left, leftBytes, rightBytes, tiles, column } = PRODUCT;
  const tile = [...startTile(), ...innerLoop(), ...storeTile(finish)];
  const rows = [
    ...[...constant(0), ...set(column)],
    ...repeat(tile, [...get(column), ...get(rightBytes), LESS]),
    ...ROWS.flatMap(() => [...increment(left, get(leftBytes)), ...increment(out, get(rightBytes))]),
  ];
  return {
    name,
    parameters: 7,
    locals: [
      [8, I32],
      [11, V128],
    ],
    body: repeat(rows, countDown(tiles)),
  };
}

function startTile(): Code {
  const { left, leftBytes, leftAt, right, rightAt, bias, column, end, sum } = PRODUCT;
  const startRow = (row: number): Code => [
    ...[...get(bias), ...get(column), ADD, ...load(0), ...set(sum + 2 * row)],
    ...[...get(bias), ...get(column), ADD, ...load(16), ...set(sum + 2 * row + 1)],
    ...(row === 0 ? get(left) : [...get(leftAt + row - 1), ...get(leftBytes), ADD]),
    ...set(leftAt + row),
  ];
  return [
    ...ROWS.flatMap(startRow),
    ...[...get(left), ...get(leftBytes), ADD, ...set(end)],
    ...[...get(right), ...get(column), ADD, ...set(rightAt)],
  ];
}

function innerLoop(): Code {
  const { leftAt, rightAt, rightBytes, end, first, second, factor } = PRODUCT;
  const addTo = (sum: number, vector: number): Code => [
    ...[...get(sum), ...get(factor), ...get(vector), ...F32X4.multiply, ...F32X4.add],
    ...set(sum),
  ];
  const row = (index: number): Code => [
    ...[...get(leftAt + index), ...LOAD_SPLAT, ...set(factor)],
    ...addTo(PRODUCT.sum + 2 * index, first),
    ...addTo(PRODUCT.sum + 2 * index + 1, second),
    ...increment(leftAt + index, constant(4)),
  ];
  const step = [
    ...[...get(rightAt), ...load(0), ...set(first)],
    ...[...get(rightAt), ...load(16), ...set(second)],
    ...ROWS.flatMap(row),
    ...increment(rightAt, get(rightBytes)),
  ];
  return repeat(step, [...get(leftAt), ...get(end), LESS]);
}

function storeTile(finish: Code): Code {
  const { out, outAt, rightBytes, column, sum } = PRODUCT;
  const row = (index: number): Code => [
    ...[...get(outAt), ...get(sum + 2 * index), ...finish, ...store(0)],
    ...[...get(outAt), ...get(sum + 2 * index + 1), ...finish, ...store(16)],
    ...increment(outAt, get(rightBytes)),
  ];
  return [
    ...[...get(out), ...get(column), ADD, ...set(outAt)],
    ...ROWS.flatMap(row),
    ...increment(column, constant(TILE_BYTES)),
  ];
}

function contrast(): KernelFunction {
  const [out, left, right, bytes, outBytes, rows] = [0, 1, 2, 3, 4, 5];
  const [at, end, first, second] = [6, 7, 8, 9];
  const block = [
    ...[...get(left), ...load(0), ...set(first)],
    ...[...get(right), ...load(0), ...set(second)],
    ...[
      ...get(at),
      ...get(first),
      ...get(second),
      ...F32X4.subtract,
      ...F32X4.absolute,
      ...store(0),
    ],
    ...[...get(at), ...get(bytes), ADD],
    ...[...get(first), ...get(second), ...F32X4.multiply, ...store(0)],
    ...[left, right, at].flatMap((address) => increment(address, constant(16))),
  ];
  const row = [
    ...[...get(out), ...set(at)],
    ...[...get(left), ...get(bytes), ADD, ...set(end)],
    ...repeat(block, [...get(left), ...get(end), LESS]),
    ...increment(out, get(outBytes)),
  ];
  return {
    name: 'contrast',
    parameters: 6,
    locals: [
      [2, I32],
      [2, V128],
    ],
    body: repeat(row, countDown(rows)),
  };
}

/**
 * The bytes of a module with four functions on arrays of 32-bit floats in its memory. All parameters except counts
 * are addresses or lengths in bytes. Matrices are row-major, with at least one row.
 *
 * `mix(out, left, leftBytes, right, rightBytes, bias, tiles)`: `out = left × right`, plus `bias` in every row, for
 * `tiles` times `TILE_ROWS` rows of `left`. Rows of `right` are multiples of eight numbers.
 *
 * `layer(out, left, leftBytes, right, rightBytes, bias, tiles)`: as `mix`, followed by a ReLU.
 *
 * `contrast(out, left, right, bytes, outBytes, rows)`: writes to each row of `out` (a row every `outBytes`) the absolute
 * differences of the rows of `left` and `right`, then their products. Rows are multiples of four numbers.
 *
 * `multiply`: as in `VECTOR_KERNEL`.
 */
const NETWORK_KERNEL = assemble([
  multiply(),
  product('mix', []),
  product('layer', [...ZERO_VECTOR, ...F32X4.larger]),
  contrast(),
]);

/** Trained weights of the layers. Matrices are row-major, one row per output. */
export interface NetworkWeights {
  /** Shape [hidden, 2 × dims + 3]. */
  readonly compare: Float32Array;
  /** Shape [hidden]. */
  readonly compareBias: Float32Array;
  /** Shape [hidden, hidden]. */
  readonly inner: Float32Array;
  /** Shape [hidden]. */
  readonly innerBias: Float32Array;
  /** Shape [hidden, 3 × hidden]. */
  readonly outer: Float32Array;
  /** Shape [hidden]. */
  readonly outerBias: Float32Array;
}

/** The sizes that a network's memory has room for. */
export interface NetworkRoom {
  /** Words of one text; a multiple of `TILE_ROWS`. */
  readonly words: number;
  readonly dims: number;
  readonly hidden: number;
}

/** Creates a memory with the kernel above, lays out its arrays, and copies the weights into theirs. */
export function createNetworkMemory(
  weights: NetworkWeights,
  room: NetworkRoom,
): { readonly memory: LinearMemory; readonly arrays: NetworkArrays } {
  const lengths = lengthsOf(room);
  const bytes = Object.values(lengths).map((numbers) => 4 * numbers);
  const memory = new LinearMemory(NETWORK_KERNEL, bytes);
  return { memory, arrays: layOut(memory, lengths, weights) };
}

/** Length of each array in the network's memory. */
function lengthsOf({ words, dims, hidden }: NetworkRoom) {
  // Multiples of a tile's rows: the last tile of a product may read and write up to three rows past the end.
  const rows = 2 * words;
  const inputs = 2 * dims + EXTRA_INPUTS;
  return {
    meanings: rows * dims,
    affinities: words ** 2,
    weights: 2 * words ** 2,
    nothing: dims,
    aligned: rows * dims,
    compared: rows * inputs,
    compare: inputs * hidden,
    compareBias: hidden,
    middle: rows * hidden,
    inner: hidden ** 2,
    innerBias: hidden,
    judged: rows * hidden,
    gathered: TILE_ROWS * 3 * hidden,
    outer: 3 * hidden ** 2,
    outerBias: hidden,
    concluded: TILE_ROWS * hidden,
  };
}

type Lengths = ReturnType<typeof lengthsOf>;

/** The arrays by name: the weights, transposed, and working space for one pair. */
export type NetworkArrays = Readonly<Record<keyof Lengths, Float32Array<ArrayBuffer>>>;

function layOut(memory: LinearMemory, lengths: Lengths, weights: NetworkWeights): NetworkArrays {
  const filled = (values: Float32Array): Float32Array<ArrayBuffer> => {
    const array = memory.floats(values.length);
    array.set(values);
    return array;
  };
  const hidden = weights.outerBias.length;
  return {
    meanings: memory.floats(lengths.meanings),
    affinities: memory.floats(lengths.affinities),
    weights: memory.floats(lengths.weights),
    nothing: memory.floats(lengths.nothing),
    aligned: memory.floats(lengths.aligned),
    compared: memory.floats(lengths.compared),
    compare: filled(transposed(weights.compare, hidden)),
    compareBias: filled(weights.compareBias),
    middle: memory.floats(lengths.middle),
    inner: filled(transposed(weights.inner, hidden)),
    innerBias: filled(weights.innerBias),
    judged: memory.floats(lengths.judged),
    gathered: memory.floats(lengths.gathered),
    outer: filled(transposed(weights.outer, hidden)),
    outerBias: filled(weights.outerBias),
    concluded: memory.floats(lengths.concluded),
  };
}

/** The transpose of a matrix with `rows` rows. */
function transposed(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  return matrix.map((_, i) => matrix[(i % rows) * columns + Math.floor(i / rows)] ?? 0);
}
