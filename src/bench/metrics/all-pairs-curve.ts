import { at } from './at.js';
import { weightedMean } from './sample.js';
import type { Counts } from './sample.js';

/** The indices of two models, of which the strong one has the higher mean score. */
export interface ModelPair {
  readonly weak: number;
  readonly strong: number;
}

/**
 * Every pair of models whose mean scores are at least `least` apart.
 *
 * @param scores - by model, then row
 */
export function separatedPairs(
  scores: readonly ArrayLike<number>[],
  rows: Counts,
  least: number,
): readonly ModelPair[] {
  const means = scores.map((of) => weightedMean(of, rows));
  return means.flatMap((low, weak) =>
    means.flatMap((high, strong) => (high - low >= least ? [{ weak, strong }] : [])),
  );
}

/** The ranking of the prompts for one pair: rows with the largest expected gain first, equal ones grouped. */
interface Ranked {
  readonly pair: ModelPair;
  readonly order: Int32Array;
  /** The start of each group of equal rows in `order`, then the end of the last group. */
  readonly starts: Int32Array;
}

/** The curves of all pairs of a set's models, for any resample of its prompts. */
export class AllPairsCurve {
  readonly #scores: readonly ArrayLike<number>[];
  readonly #ranked: readonly Ranked[];

  /**
   * @param scores - by model, then row
   * @param pairs - at least one
   * @param rankOf - a number for each row, given a pair; higher means: send to the strong model
   */
  constructor(
    scores: readonly ArrayLike<number>[],
    pairs: readonly ModelPair[],
    rankOf: (pair: ModelPair) => ArrayLike<number>,
  ) {
    this.#scores = scores;
    this.#ranked = pairs.map((pair) => ({ pair, ...ranked(rankOf(pair)) }));
  }

  /**
   * The dense APGR of all pairs, weighted by the gap between their models: the share of the total gap that is recovered,
   * averaged over all shares of strong calls. 0.5 is random.
   */
  recoveredShare(counts: Counts): number {
    let areas = 0;
    let gaps = 0;
    for (const { pair, order, starts } of this.#ranked) {
      const [weak, strong] = [this.#scores[pair.weak] ?? [], this.#scores[pair.strong] ?? []];
      let [sent, gained, area] = [0, 0, 0];
      for (let group = 0; group < starts.length - 1; group++) {
        const before = { sent, gained };
        for (let i = at(starts, group); i < at(starts, group + 1); i++) {
          const row = at(order, i);
          const count = at(counts, row);
          sent += count;
          gained += count * (at(strong, row) - at(weak, row));
        }
        area += ((sent - before.sent) * (gained + before.gained)) / 2;
      }
      areas += area / sent;
      gaps += gained;
    }
    return areas / gaps;
  }
}

function ranked(scores: ArrayLike<number>): Pick<Ranked, 'order' | 'starts'> {
  const order = Int32Array.from(scores, (_, row) => row);
  order.sort((a, b) => at(scores, b) - at(scores, a));
  const starts: number[] = [];
  order.forEach((row, i) => {
    if (i === 0 || at(scores, row) !== at(scores, at(order, i - 1))) starts.push(i);
  });
  return { order, starts: Int32Array.from([...starts, order.length]) };
}
