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

/** @returns the sum of the leaves that an input falls into */
export function sumOfTrees(
  { depth, features, thresholds, leaves }: Trees,
  input: Float32Array,
): number {
  const nodes = 2 ** depth - 1;
  const trees = leaves.length / (nodes + 1);
  let sum = 0;
  for (let tree = 0; tree < trees; tree++) {
    let node = 0;
    for (let level = 0; level < depth; level++) {
      const at = tree * nodes + node;
      const value = input[features[at] ?? 0] ?? 0;
      node = 2 * node + (value <= (thresholds[at] ?? 0) ? 1 : 2);
    }
    sum += leaves[tree * (nodes + 1) + node - nodes] ?? 0;
  }
  return sum;
}
