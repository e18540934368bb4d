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

/** Adds up what trees say of an input. */
export class TreeSum {
  readonly #depth: number;
  readonly #nodes: number;
  /** Feature and threshold of each node side by side: memory is waited for once, not twice. */
  readonly #splits: Float32Array;
  readonly #leaves: Float32Array;

  constructor({ depth, features, thresholds, leaves }: Trees) {
    this.#depth = depth;
    this.#nodes = 2 ** depth - 1;
    this.#splits = new Float32Array(2 * features.length);
    features.forEach((feature, i) => {
      this.#splits[2 * i] = feature;
      this.#splits[2 * i + 1] = thresholds[i] ?? 0;
    });
    this.#leaves = leaves;
  }

  /** @returns the sum of the leaves that `input` falls into */
  of(input: Float32Array): number {
    const [splits, leaves, depth, nodes] = [this.#splits, this.#leaves, this.#depth, this.#nodes];
    let sum = 0;
    let leaf = 0;
    for (let first = 0; first < splits.length; first += 2 * nodes) {
      let node = 0;
      for (let level = 0; level < depth; level++) {
        const at = first + 2 * node;
        const value = input[splits[at] ?? 0] ?? 0;
        node = 2 * node + (value <= (splits[at + 1] ?? 0) ? 1 : 2);
      }
      sum += leaves[leaf + node - nodes] ?? 0;
      leaf += nodes + 1;
    }
    return sum;
  }
}
