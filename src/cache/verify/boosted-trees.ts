import { LinearMemory, type KernelCall } from '../../embed/wasm/linear-memory.js';
import { NODE_BYTES, SIDE_BY_SIDE, treeKernel } from './tree-kernel.js';

/** Trees of one depth, laid out level by level, so that a node's children are found by arithmetic. */
export interface Trees {
  readonly depth: number;
  /** Which number a node looks at; shape [trees, 2^depth - 1]. */
  readonly features: Int32Array;
  /** A number up to this goes to the left; same shape. */
  readonly thresholds: Float32Array;
  /** Shape [trees, 2^depth]. */
  readonly leaves: Float32Array;
}

/** Some of the trees: views of the same memory. */
export function treesBetween(
  { depth, features, thresholds, leaves }: Trees,
  from: number,
  to: number,
): Trees {
  const nodes = 2 ** depth - 1;
  return {
    depth,
    features: features.subarray(from * nodes, to * nodes),
    thresholds: thresholds.subarray(from * nodes, to * nodes),
    leaves: leaves.subarray(from * (nodes + 1), to * (nodes + 1)),
  };
}

/** Adds up what trees say of an input. */
export class TreeSum {
  readonly #nodes: number;
  readonly #trees: number;
  readonly #leaves: Float32Array;
  readonly #input: Float32Array;
  readonly #splits: Uint32Array;
  /** Which node each tree came to, in bytes from its root. */
  readonly #reached: Uint32Array;
  readonly #descend: KernelCall;

  constructor({ depth, features, thresholds, leaves }: Trees) {
    this.#nodes = 2 ** depth - 1;
    this.#trees = features.length / this.#nodes;
    this.#leaves = leaves;
    const inputs = 1 + features.reduce((most, feature) => Math.max(most, feature), 0);
    // Where there is no tree any more, what is reached means nothing.
    const room = SIDE_BY_SIDE * Math.ceil(this.#trees / SIDE_BY_SIDE);
    const splits = (NODE_BYTES / 4) * room * this.#nodes;
    const memory = new LinearMemory(
      treeKernel(depth),
      [inputs, room, splits].map((numbers) => 4 * numbers),
    );
    this.#input = memory.floats(inputs);
    this.#reached = memory.words(room);
    this.#splits = memory.words(splits);
    this.#descend = memory.call('descend');
    const asFloats = new Float32Array(this.#splits.buffer, this.#splits.byteOffset, splits);
    this.#splits.fill(this.#input.byteOffset);
    // Feature and threshold of each node side by side: memory is waited for once, not twice.
    features.forEach((feature, i) => {
      this.#splits[2 * i] = this.#input.byteOffset + 4 * feature;
      asFloats[2 * i + 1] = thresholds[i] ?? 0;
    });
  }

  /**
   * @param input - of each feature its number; of those that no tree looks at, whatever there is
   * @returns the sum of the leaves that `input` falls into
   */
  of(input: Float32Array): number {
    const [leaves, nodes, reached] = [this.#leaves, this.#nodes, this.#reached];
    for (let i = 0; i < this.#input.length; i++) this.#input[i] = input[i] ?? 0;
    this.#descend(reached.byteOffset, this.#splits.byteOffset, reached.length / SIDE_BY_SIDE);
    let sum = 0;
    let first = 0;
    // In the order of the trees, as the last digits depend on it.
    for (let tree = 0; tree < this.#trees; tree++) {
      sum += leaves[first + (reached[tree] ?? 0) / NODE_BYTES - nodes] ?? 0;
      first += nodes + 1;
    }
    return sum;
  }
}
