import { at } from './at.js';
import { numpyInterp } from './numpy-interp.js';
import { lerp } from './quantile.js';
import { sizeOf, weightedMean } from './sample.js';
import type { Counts } from './sample.js';

/** How well a router chooses between a weak and a strong model. All figures are NaN if both do equally well. */
export interface PairFigures {
  /** RouteLLM's average share of the gap recovered; 0.5 is random, above 1 is possible. */
  readonly apgr: number;
  /** RouteLLM's share of prompts, 0 to 1, that must go to the strong model to recover half of the gap. */
  readonly cpt50: number;
  /** The same for four fifths of the gap. */
  readonly cpt80: number;
  /** The share of the gap recovered, averaged over every threshold instead of eleven. */
  readonly denseApgr: number;
  /** The smallest share of prompts at which the dense curve recovers half of the gap. */
  readonly denseCpt50: number;
  readonly denseCpt80: number;
}

/** `pandas.qcut(scores, 10)`: eleven edges. */
const BINS = 10;
const HALF = 0.5;
const FOUR_FIFTHS = 0.8;

/** A point of the curve: the share of prompts sent to the strong model, and the resulting mean score. */
interface Point {
  readonly share: number;
  readonly quality: number;
}

/** Rows by ascending score, in groups of equal scores, which no threshold can separate: each from its start to the next. */
interface Ranked {
  readonly order: Int32Array;
  readonly starts: Int32Array;
}

/** The curve of quality over the share of strong calls, for any resample of its prompts. */
export class PairCurve {
  readonly #scores: ArrayLike<number>;
  readonly #weak: ArrayLike<number>;
  readonly #strong: ArrayLike<number>;
  readonly #ranked: Ranked;

  /**
   * @param scores - higher means: send to the strong model
   * @param weak - the weak model's score for each prompt
   * @param strong - the strong model's score for each prompt
   */
  constructor(scores: ArrayLike<number>, weak: ArrayLike<number>, strong: ArrayLike<number>) {
    this.#scores = scores;
    this.#weak = weak;
    this.#strong = strong;
    this.#ranked = rank(scores);
  }

  figures(counts: Counts): PairFigures {
    const low = weightedMean(this.#weak, counts);
    const high = weightedMean(this.#strong, counts);
    const gap = high - low;
    if (gap === 0 || Number.isNaN(gap)) return UNDEFINED_FIGURES;
    const steps = this.#steps(counts, low);
    const edges = this.#edgePoints(counts, steps);
    const shares = edges.map(({ share }) => share);
    const qualities = edges.map(({ quality }) => quality);
    const needed = (part: number): number => numpyInterp(low + part * gap, qualities, shares);
    return {
      apgr: recovered(edges, low, gap),
      cpt50: needed(HALF),
      cpt80: needed(FOUR_FIFTHS),
      denseApgr: recovered(steps, low, gap),
      denseCpt50: shareReaching(steps, low + HALF * gap),
      denseCpt80: shareReaching(steps, low + FOUR_FIFTHS * gap),
    };
  }

  /** All points of the curve, from no strong calls to only strong calls, one for each group of equal scores. */
  #steps(counts: Counts, low: number): Point[] {
    const { order, starts } = this.#ranked;
    const size = sizeOf(counts);
    const steps: Point[] = [{ share: 0, quality: low }];
    let sent = 0;
    let gained = 0;
    for (let group = starts.length - 2; group >= 0; group--) {
      for (let i = at(starts, group); i < at(starts, group + 1); i++) {
        const row = at(order, i);
        const count = at(counts, row);
        sent += count;
        gained += count * (at(this.#strong, row) - at(this.#weak, row));
      }
      steps.push({ share: sent / size, quality: low + gained / size });
    }
    return steps;
  }

  /** RouteLLM's eleven points: its thresholds are the deciles of the scores of the measured rows themselves. */
  #edgePoints(counts: Counts, steps: readonly Point[]): Point[] {
    const sorted = this.#sortedScores(counts);
    const { order, starts } = this.#ranked;
    const groups = starts.length - 1;
    const points: Point[] = [];
    let group = 0;
    for (let edge = 0; edge < BINS; edge++) {
      // linspace(0, 1, 11) multiplies its step, so 0.3 becomes 0.30000000000000004.
      const threshold = quantileAt(sorted, edge * (1 / BINS));
      while (group < groups && at(this.#scores, at(order, at(starts, group))) < threshold) {
        group += 1;
      }
      points.push(steps[groups - group] ?? { share: 0, quality: Number.NaN });
    }
    // At the last edge a prompt must score above the threshold, so none goes to the strong model.
    points.push(steps[0] ?? { share: 0, quality: Number.NaN });
    return points.reverse();
  }

  /** Scores of the resampled rows, ascending. */
  #sortedScores(counts: Counts): Float64Array {
    const sorted = new Float64Array(sizeOf(counts));
    let filled = 0;
    for (const row of this.#ranked.order) {
      const count = at(counts, row);
      sorted.fill(at(this.#scores, row), filled, filled + count);
      filled += count;
    }
    return sorted;
  }
}

/** All figures undefined. */
export const UNDEFINED_FIGURES: PairFigures = {
  apgr: Number.NaN,
  cpt50: Number.NaN,
  cpt80: Number.NaN,
  denseApgr: Number.NaN,
  denseCpt50: Number.NaN,
  denseCpt80: Number.NaN,
};

function rank(scores: ArrayLike<number>): Ranked {
  const order = Int32Array.from(scores, (_, row) => row);
  order.sort((a, b) => at(scores, a) - at(scores, b));
  const starts: number[] = [];
  order.forEach((row, i) => {
    if (i === 0 || scores[row] !== at(scores, at(order, i - 1))) starts.push(i);
  });
  return { order, starts: Int32Array.from([...starts, order.length]) };
}

function quantileAt(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const from = at(sorted, below);
  return lerp(from, sorted[below + 1] ?? from, position - below);
}

/** The trapezoid area of the quality above the weak model's, as a share of the whole gap. */
function recovered(points: readonly Point[], low: number, gap: number): number {
  let area = 0;
  let width = 0;
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1];
    const to = points[i];
    if (from === undefined || to === undefined) continue;
    width += to.share - from.share;
    area += ((to.share - from.share) * (to.quality + from.quality - 2 * low)) / 2;
  }
  return area / (width * gap);
}

/** The smallest share at which a curve reaches a quality; 1 if it never does. */
function shareReaching(points: readonly Point[], quality: number): number {
  for (let i = 0; i < points.length; i++) {
    const to = points[i];
    if (to === undefined || to.quality < quality) continue;
    const from = points[i - 1];
    if (from === undefined) return to.share;
    const along = (quality - from.quality) / (to.quality - from.quality);
    return from.share + along * (to.share - from.share);
  }
  return 1;
}
