import type { Trees } from '../../../src/cache/verify/boosted-trees.js';
import type { Progress } from '../progress.js';
import type { Random } from '../random.js';
import { BinnedTable } from './binned-table.js';

/** How trees are grown. */
export interface BoostRecipe {
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  /** Share of rows, and of features, that a tree is grown from. */
  readonly rowShare: number;
  readonly featureShare: number;
  /** Minimum sum of second derivatives in a leaf. */
  readonly leafWeight: number;
  /** L2 regularisation of leaves. */
  readonly shrinkage: number;
  /** Monotone constraints: features whose rise may only lower (-1) or raise (1) the result. */
  readonly directions: ReadonlyMap<number, -1 | 1>;
  /** Expensive features, with the number of first trees that must not use them: those decide whether to compute them. */
  readonly late?: ReadonlyMap<number, number>;
}

/** Training rows. */
export interface BoostRows {
  /** Shape [rows, features]. */
  readonly inputs: Float32Array;
  readonly labels: Float32Array;
  readonly weights: Float32Array;
}

/**
 * Gradient boosting of trees with log-loss.
 *
 * @returns trees whose sum plus `start`, the log odds over all rows, is the log odds of a row
 */
export function boost(
  rows: BoostRows,
  features: number,
  recipe: BoostRecipe,
  { random, progress }: { readonly random: Random; readonly progress: Progress },
): { readonly trees: Trees; readonly start: number } {
  const table = new BinnedTable(rows.inputs, features);
  const count = rows.labels.length;
  const nodes = 2 ** recipe.depth - 1;
  const trees = {
    depth: recipe.depth,
    features: new Int32Array(recipe.trees * nodes),
    thresholds: new Float32Array(recipe.trees * nodes).fill(Infinity),
    leaves: new Float32Array(recipe.trees * (nodes + 1)),
  };
  const start = logOdds(rows);
  const scores = new Float32Array(count).fill(start);
  const slopes = new Float32Array(count);
  const bends = new Float32Array(count);
  for (let tree = 0; tree < recipe.trees; tree++) {
    for (let i = 0; i < count; i++) {
      const p = 1 / (1 + Math.exp(-(scores[i] ?? 0)));
      const weight = rows.weights[i] ?? 0;
      slopes[i] = weight * (p - (rows.labels[i] ?? 0));
      bends[i] = weight * p * (1 - p);
    }
    const isKnown = (feature: number): boolean => tree >= (recipe.late?.get(feature) ?? 0);
    const grower = new Grower(table, { slopes, bends }, { ...recipe, isKnown }, random);
    const places = grower.grow(trees, tree);
    for (let i = 0; i < count; i++) {
      const leaf = trees.leaves[tree * (nodes + 1) + (places[i] ?? 0)] ?? 0;
      scores[i] = (scores[i] ?? 0) + leaf;
    }
    progress.tick(() => `tree ${tree + 1} of ${recipe.trees}`);
  }
  // A finite threshold that no value exceeds, as infinity does not survive everywhere.
  for (let i = 0; i < trees.thresholds.length; i++) {
    if (trees.thresholds[i] === Infinity) trees.thresholds[i] = LARGEST;
  }
  return { trees, start };
}

const LARGEST = 3.4e38;

function logOdds({ labels, weights }: BoostRows): number {
  let positive = 0;
  let total = 0;
  labels.forEach((label, i) => {
    positive += label * (weights[i] ?? 0);
    total += weights[i] ?? 0;
  });
  return Math.log(positive / (total - positive));
}

interface Slopes {
  readonly slopes: Float32Array;
  readonly bends: Float32Array;
}

/** Sums over rows, by node and bin. */
interface Sums {
  readonly slopes: Float64Array;
  readonly bends: Float64Array;
}

interface Split {
  readonly gain: number;
  readonly feature: number;
  readonly bin: number;
  readonly middle: number;
}

/** First and second derivative of the loss of some rows. */
interface Curve {
  readonly slope: number;
  readonly bend: number;
}

/** Range of the leaves below a node, so that monotone constraints hold across splits. */
interface Bounds {
  readonly low: number;
  readonly high: number;
}

/** A smaller gain is rounding error. */
const MIN_GAIN = 1e-6;

function sumOf(values: Float64Array, from: number, count: number): number {
  let sum = 0;
  for (let i = from; i < from + count; i++) sum += values[i] ?? 0;
  return sum;
}

/** How one tree is grown. */
interface TreeRecipe extends BoostRecipe {
  readonly isKnown: (feature: number) => boolean;
}

/** Grows one tree, a level at a time. */
class Grower {
  readonly #table: BinnedTable;
  readonly #slopes: Slopes;
  readonly #recipe: TreeRecipe;
  readonly #rows: Int32Array;
  readonly #features: readonly number[];
  /** The node each row is in, counted within the level. */
  readonly #node: Int32Array;

  constructor(table: BinnedTable, slopes: Slopes, recipe: TreeRecipe, random: Random) {
    this.#table = table;
    this.#slopes = slopes;
    this.#recipe = recipe;
    const rows: number[] = [];
    for (let i = 0; i < table.rows; i++) if (random.next() < recipe.rowShare) rows.push(i);
    this.#rows = Int32Array.from(rows);
    const sampled = table.columns.flatMap((_, f) =>
      random.next() < recipe.featureShare ? [f] : [],
    );
    this.#features = sampled.filter((feature) => recipe.isKnown(feature));
    this.#node = new Int32Array(table.rows);
  }

  /** Writes the tree and returns the leaf of every row. */
  grow(trees: Trees, tree: number): Int32Array {
    const { depth, rate } = this.#recipe;
    const nodes = 2 ** depth - 1;
    let bounds: Bounds[] = [{ low: -Infinity, high: Infinity }];
    for (let level = 0; level < depth; level++) {
      const width = 2 ** level;
      const splits = this.#bestSplits(width, bounds);
      splits.forEach((split, k) => {
        if (split === null) return;
        const at = tree * nodes + width - 1 + k;
        trees.features[at] = split.feature;
        trees.thresholds[at] = this.#table.edge(split.feature, split.bin);
      });
      this.#descend(splits);
      bounds = bounds.flatMap((own, k) => this.#boundsBelow(own, splits[k] ?? null));
    }
    const values = this.#leafValues(bounds);
    values.forEach((value, leaf) => (trees.leaves[tree * (nodes + 1) + leaf] = rate * value));
    return this.#node;
  }

  #bestSplits(width: number, bounds: readonly Bounds[]): (Split | null)[] {
    const best = new Array<Split | null>(width).fill(null);
    for (const feature of this.#features) {
      const { slopes, bends } = this.#sums(feature, width);
      const bins = this.#table.bins(feature);
      for (let node = 0; node < width; node++) {
        const range = { slopes, bends, from: node * bins, bins };
        const split = this.#splitOf(range, feature, bounds[node]);
        if (split !== null && split.gain > (best[node]?.gain ?? 0)) best[node] = split;
      }
    }
    return best;
  }

  #sums(feature: number, width: number): Sums {
    const bins = this.#table.bins(feature);
    const column = this.#table.columns[feature] ?? new Uint8Array();
    const sums = { slopes: new Float64Array(width * bins), bends: new Float64Array(width * bins) };
    for (const row of this.#rows) {
      const at = (this.#node[row] ?? 0) * bins + (column[row] ?? 0);
      sums.slopes[at] = (sums.slopes[at] ?? 0) + (this.#slopes.slopes[row] ?? 0);
      sums.bends[at] = (sums.bends[at] ?? 0) + (this.#slopes.bends[row] ?? 0);
    }
    return sums;
  }

  #splitOf(
    { slopes, bends, from, bins }: Sums & { readonly from: number; readonly bins: number },
    feature: number,
    bounds: Bounds | undefined,
  ): Split | null {
    const whole = { slope: sumOf(slopes, from, bins), bend: sumOf(bends, from, bins) };
    const before = this.#gain(whole, this.#value(whole, bounds));
    const direction = this.#recipe.directions.get(feature) ?? 0;
    let best: Split | null = null;
    const left = { slope: 0, bend: 0 };
    for (let bin = 0; bin + 1 < bins; bin++) {
      left.slope += slopes[from + bin] ?? 0;
      left.bend += bends[from + bin] ?? 0;
      const right = { slope: whole.slope - left.slope, bend: whole.bend - left.bend };
      if (Math.min(left.bend, right.bend) < this.#recipe.leafWeight) continue;
      const [x, y] = [this.#value(left, bounds), this.#value(right, bounds)];
      if (direction * (y - x) < 0) continue;
      const gain = this.#gain(left, x) + this.#gain(right, y) - before;
      if (gain > (best?.gain ?? MIN_GAIN)) best = { gain, feature, bin, middle: (x + y) / 2 };
    }
    return best;
  }

  #value({ slope, bend }: Curve, bounds: Bounds | undefined): number {
    const value = -slope / (bend + this.#recipe.shrinkage);
    return Math.max(bounds?.low ?? -Infinity, Math.min(bounds?.high ?? Infinity, value));
  }

  /** Reduction of the loss by a leaf of this value. */
  #gain({ slope, bend }: Curve, value: number): number {
    return -(slope * value + ((bend + this.#recipe.shrinkage) * value * value) / 2);
  }

  #descend(splits: readonly (Split | null)[]): void {
    for (let row = 0; row < this.#table.rows; row++) {
      const node = this.#node[row] ?? 0;
      const split = splits[node] ?? null;
      const right = split !== null && (this.#table.columns[split.feature]?.[row] ?? 0) > split.bin;
      this.#node[row] = 2 * node + Number(right);
    }
  }

  #boundsBelow(own: Bounds, split: Split | null): Bounds[] {
    const direction = split === null ? 0 : (this.#recipe.directions.get(split.feature) ?? 0);
    if (split === null || direction === 0) return [own, own];
    const [lower, upper] = [
      { low: own.low, high: split.middle },
      { low: split.middle, high: own.high },
    ];
    return direction > 0 ? [lower, upper] : [upper, lower];
  }

  #leafValues(bounds: readonly Bounds[]): number[] {
    const slope = new Float64Array(bounds.length);
    const bend = new Float64Array(bounds.length);
    for (const row of this.#rows) {
      const leaf = this.#node[row] ?? 0;
      slope[leaf] = (slope[leaf] ?? 0) + (this.#slopes.slopes[row] ?? 0);
      bend[leaf] = (bend[leaf] ?? 0) + (this.#slopes.bends[row] ?? 0);
    }
    return bounds.map((own, leaf) =>
      this.#value({ slope: slope[leaf] ?? 0, bend: bend[leaf] ?? 0 }, own),
    );
  }
}
