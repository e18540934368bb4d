/** Maximum number of bins per feature. */
const MAX_BINS = 64;

/** Features as bins of about equal size, for growing trees. */
export class BinnedTable {
  readonly rows: number;
  /** The bin of each row; one column per feature. */
  readonly columns: readonly Uint8Array[];
  readonly #edges: readonly Float32Array[];

  /** @param inputs - shape [rows, features] */
  constructor(inputs: Float32Array, features: number) {
    this.rows = inputs.length / features;
    const edges: Float32Array[] = [];
    const columns: Uint8Array[] = [];
    for (let feature = 0; feature < features; feature++) {
      const values = Float32Array.from(
        { length: this.rows },
        (_, i) => inputs[i * features + feature] ?? 0,
      );
      const own = edgesOf(values);
      edges.push(own);
      columns.push(Uint8Array.from(values, (value) => binOf(own, value)));
    }
    this.#edges = edges;
    this.columns = columns;
  }

  bins(feature: number): number {
    return (this.#edges[feature]?.length ?? 0) + 1;
  }

  /** The largest value that a split after `bin` sends to the left. */
  edge(feature: number, bin: number): number {
    return this.#edges[feature]?.[bin] ?? 0;
  }
}

/** Bin edges at quantiles, half-way between neighbouring values. */
function edgesOf(values: Float32Array): Float32Array {
  const sorted = values.toSorted();
  const edges = new Set<number>();
  for (let bin = 1; bin < MAX_BINS; bin++) {
    const at = Math.floor((bin * sorted.length) / MAX_BINS);
    const value = sorted[at] ?? 0;
    // Between this value and the next smaller one, so that equal values are never separated.
    let below = at;
    while (below >= 0 && sorted[below] === value) below -= 1;
    if (below >= 0) edges.add(((sorted[below] ?? 0) + value) / 2);
  }
  return Float32Array.from([...edges].sort((x, y) => x - y));
}

function binOf(edges: Float32Array, value: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value <= (edges[middle] ?? 0)) high = middle;
    else low = middle + 1;
  }
  return low;
}
