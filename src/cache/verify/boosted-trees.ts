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

/** Trees that are gone through side by side: while one waits for memory, the others go on. */
const SIDE_BY_SIDE = 4;

/** Adds up what trees say of an input. */
export class TreeSum {
  readonly #depth: number;
  readonly #nodes: number;
  readonly #trees: number;
  /** Feature and threshold of each node side by side: memory is waited for once, not twice. */
  readonly #features: Int32Array;
  readonly #thresholds: Float32Array;
  readonly #leaves: Float32Array;
  /** Which nodes were reached in the trees gone through last. */
  readonly #reached = new Int32Array(SIDE_BY_SIDE);

  constructor({ depth, features, thresholds, leaves }: Trees) {
    this.#depth = depth;
    this.#nodes = 2 ** depth - 1;
    this.#trees = features.length / this.#nodes;
    const splits = new ArrayBuffer(8 * features.length);
    this.#features = new Int32Array(splits);
    this.#thresholds = new Float32Array(splits);
    features.forEach((feature, i) => {
      this.#features[2 * i] = feature;
      this.#thresholds[2 * i + 1] = thresholds[i] ?? 0;
    });
    this.#leaves = leaves;
  }

  /** @returns the sum of the leaves that `input` falls into */
  of(input: Float32Array): number {
    const [leaves, nodes, reached] = [this.#leaves, this.#nodes, this.#reached];
    let sum = 0;
    for (let tree = 0; tree < this.#trees; tree += SIDE_BY_SIDE) {
      const last = Math.min(SIDE_BY_SIDE, this.#trees - tree);
      this.#descend(tree, input);
      // In the order of the trees, as the last digits depend on it.
      for (let i = 0; i < last; i++) {
        sum += leaves[(tree + i) * (nodes + 1) + (reached[i] ?? 0) - nodes] ?? 0;
      }
    }
    return sum;
  }

  /** Goes down in this tree and those behind it; where there is none behind it, what is reached means nothing. */
  #descend(tree: number, input: Float32Array): void {
    const reached = this.#reached;
    const step = 2 * this.#nodes;
    const first = tree * step;
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let level = 0; level < this.#depth; level++) {
      a = 2 * a + 2 - this.#isUpTo(input, first + 2 * a);
      b = 2 * b + 2 - this.#isUpTo(input, first + step + 2 * b);
      c = 2 * c + 2 - this.#isUpTo(input, first + 2 * step + 2 * c);
      d = 2 * d + 2 - this.#isUpTo(input, first + 3 * step + 2 * d);
    }
    reached[0] = a;
    reached[1] = b;
    reached[2] = c;
    reached[3] = d;
  }

  /** 1 if the number that a node looks at is up to its threshold, and 0 if not. @param at - of the node's feature */
  #isUpTo(input: Float32Array, at: number): number {
    const value = input[this.#features[at] ?? 0] ?? 0;
    return Number(value <= (this.#thresholds[at + 1] ?? 0));
  }
}
