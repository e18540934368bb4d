import { LinearMemory, type KernelCall } from '../../embed/wasm/linear-memory.js';
import { NODE_BYTES, PARALLEL_TREES, treeKernel } from './tree-kernel.js';

/** Complete binary trees of equal depth, laid out level by level, so that child indices are computed. */
export interface Trees {
  readonly depth: number;
  /** Index of the feature that a node compares; shape [trees, 2^depth - 1]. */
  readonly features: Int32Array;
  /** A value up to the threshold goes left; same shape. */
  readonly thresholds: Float32Array;
  /** Shape [trees, 2^depth]. */
  readonly leaves: Float32Array;
}

/** The trees from `from` (inclusive) to `to` (exclusive), as views of the same memory. */
export function sliceTrees(
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

/** Evaluates an ensemble of trees: the sum of the leaves that an input reaches. */
export class TreeEnsemble {
  readonly #nodes: number;
  readonly #trees: number;
  readonly #leaves: Float32Array;
  readonly #input: Float32Array;
  readonly #splits: Uint32Array;
  /** The node that each tree reached, in bytes from its root. */
  readonly #reached: Uint32Array;
  readonly #descend: KernelCall;

  constructor({ depth, features, thresholds, leaves }: Trees) {
    this.#nodes = 2 ** depth - 1;
    this.#trees = features.length / this.#nodes;
    this.#leaves = leaves;
    const inputs = 1 + features.reduce((most, feature) => Math.max(most, feature), 0);
    // Rounded up to whole groups; results past the last tree are ignored.
    const room = PARALLEL_TREES * Math.ceil(this.#trees / PARALLEL_TREES);
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
    // Feature and threshold of a node are interleaved: one cache miss instead of two.
    features.forEach((feature, i) => {
      this.#splits[2 * i] = this.#input.byteOffset + 4 * feature;
      asFloats[2 * i + 1] = thresholds[i] ?? 0;
    });
  }

  /**
   * @param input - one number per feature; those that no tree compares may have any value
   * @returns the sum of the leaves that `input` reaches
   */
  score(input: Float32Array): number {
    const [leaves, nodes, reached] = [this.#leaves, this.#nodes, this.#reached];
    for (let i = 0; i < this.#input.length; i++) this.#input[i] = input[i] ?? 0;
    this.#descend(reached.byteOffset, this.#splits.byteOffset, reached.length / PARALLEL_TREES);
    let sum = 0;
    let first = 0;
    // In tree order: the last digits of a floating-point sum depend on it.
    for (let tree = 0; tree < this.#trees; tree++) {
      sum += leaves[first + (reached[tree] ?? 0) / NODE_BYTES - nodes] ?? 0;
      first += nodes + 1;
    }
    return sum;
  }
}
