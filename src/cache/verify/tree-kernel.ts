// Each step down a tree depends on the step before it. This kernel descends several trees at once, without bounds checks.

import {
  ADD,
  increment,
  assemble,
  constant,
  countDown,
  F32_LESS_OR_EQUAL,
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

/** Trees that are descended together: while one waits for memory, the others go on. */
export const PARALLEL_TREES = 8;
/** Size of a node: the address of the feature that it compares, and its threshold. */
export const NODE_BYTES = 8;

const LEAVES = 0;
const NODES = 1;
const COUNT = 2;
/** First of the locals that hold the node reached in each tree, in bytes from the root. */
const FIRST_REACHED = 3;

/**
 * The bytes of a module with one function. All parameters but the count are addresses.
 *
 * `descend(leaves, nodes, count)`: descends `count` times `PARALLEL_TREES` trees, and writes for each the index of the leaf
 * that it reached, counted from the root as if leaves were nodes, times `NODE_BYTES`.
 *
 * @param depth - of each tree
 */
export function treeKernel(depth: number): Uint8Array<ArrayBuffer> {
  const treeBytes = NODE_BYTES * (2 ** depth - 1);
  const trees = Array.from({ length: PARALLEL_TREES }, (_, tree) => tree);
  const level = trees.flatMap((tree) => step(FIRST_REACHED + tree, tree * treeBytes));
  const goDown = [
    ...trees.flatMap((tree) => [...constant(0), ...set(FIRST_REACHED + tree)]),
    ...Array.from({ length: depth }, () => level).flat(),
    ...trees.flatMap((tree) => [
      ...[...get(LEAVES), ...constant(4 * tree), ADD],
      ...[...get(FIRST_REACHED + tree), ...STORE_WORD],
    ]),
    ...increment(LEAVES, constant(4 * PARALLEL_TREES)),
    ...increment(NODES, constant(treeBytes * PARALLEL_TREES)),
  ];
  return assemble([
    {
      name: 'descend',
      parameters: 3,
      locals: [[PARALLEL_TREES, I32]],
      body: repeat(goDown, countDown(COUNT)),
    },
  ]);
}

/** The left child of node i is 2i + 1, the right one 2i + 2. */
function step(reached: number, treeOffset: number): Code {
  const node = [...get(NODES), ...get(reached), ADD];
  return [
    ...[...get(reached), ...constant(1), SHIFT_LEFT, ...constant(2 * NODE_BYTES), ADD],
    ...[...node, ...loadWord(treeOffset), ...loadFloat(0)],
    ...[...node, ...loadFloat(treeOffset + 4), F32_LESS_OR_EQUAL],
    ...[...constant(Math.log2(NODE_BYTES)), SHIFT_LEFT, SUBTRACT, ...set(reached)],
  ];
}
