// Trees are gone down step by step, each step waiting for the one before it: this goes down several at once, without looking
// whether each place that it reads is inside of an array.

import {
  ADD,
  advance,
  assemble,
  constant,
  countDown,
  F32_UP_TO,
  get,
  I32,
  loadFloat,
  loadWord,
  repeat,
  set,
  SHIFT_LEFT,
  STORE_WORD,
  SUBTRACT,
} from '../../embed/wasm/assembler.js';
import type { Code } from '../../embed/wasm/assembler.js';

/** Trees that are gone through side by side: while one waits for memory, the others go on. */
export const SIDE_BY_SIDE = 8;
/** Of a node: the address of the number that it looks at, and its threshold. */
export const NODE_BYTES = 8;

const LEAVES = 0;
const NODES = 1;
const COUNT = 2;
/** The nodes that were reached, one of each tree, in bytes from the root. */
const FIRST_REACHED = 3;

/**
 * The bytes of a module with one function. All parameters but the count are addresses.
 *
 * `descend(leaves, nodes, count)`: goes down `count` times `SIDE_BY_SIDE` trees, and writes for each the node below
 * its lowest level that it came to, counted from the root, times `NODE_BYTES`.
 *
 * @param depth - of each tree
 */
export function treeKernel(depth: number): Uint8Array<ArrayBuffer> {
  const treeBytes = NODE_BYTES * (2 ** depth - 1);
  const trees = Array.from({ length: SIDE_BY_SIDE }, (_, tree) => tree);
  const level = trees.flatMap((tree) => step(FIRST_REACHED + tree, tree * treeBytes));
  const goDown = [
    ...trees.flatMap((tree) => [...constant(0), ...set(FIRST_REACHED + tree)]),
    ...Array.from({ length: depth }, () => level).flat(),
    ...trees.flatMap((tree) => [
      ...[...get(LEAVES), ...constant(4 * tree), ADD],
      ...[...get(FIRST_REACHED + tree), ...STORE_WORD],
    ]),
    ...advance(LEAVES, constant(4 * SIDE_BY_SIDE)),
    ...advance(NODES, constant(treeBytes * SIDE_BY_SIDE)),
  ];
  return assemble([
    {
      name: 'descend',
      parameters: 3,
      locals: [[SIDE_BY_SIDE, I32]],
      body: repeat(goDown, countDown(COUNT)),
    },
  ]);
}

/** The left child lies at twice the node's place and one, the right one behind it. */
function step(reached: number, treeOffset: number): Code {
  const node = [...get(NODES), ...get(reached), ADD];
  return [
    ...[...get(reached), ...constant(1), SHIFT_LEFT, ...constant(2 * NODE_BYTES), ADD],
    ...[...node, ...loadWord(treeOffset), ...loadFloat(0)],
    ...[...node, ...loadFloat(treeOffset + 4), F32_UP_TO],
    ...[...constant(Math.log2(NODE_BYTES)), SHIFT_LEFT, SUBTRACT, ...set(reached)],
  ];
}
