import type { Calibration } from '../../../src/cache/verify/claim.js';

/** What a score turned out to be worth. */
export interface Scored {
  readonly score: number;
  readonly label: number;
  readonly weight: number;
}

/** A run of neighbouring scores and what became of them. */
interface Block {
  weight: number;
  right: number;
  score: number;
}

/** Blocks to begin with: each of enough pairs for a share to mean something. */
const BLOCKS = 60;
/** Imagined pairs, half of them wrong, added to each block: nothing was ever seen to be certain. */
const IMAGINED = 1;

/** Isotonic regression (pool adjacent violators) of labels on scores, as points to be joined by lines. */
export function fitCalibration(scored: readonly Scored[]): Calibration {
  const sorted = scored.toSorted((x, y) => x.score - y.score);
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const blocks: Block[] = [];
  let current: Block = { weight: 0, right: 0, score: 0 };
  for (const { score, label, weight } of sorted) {
    current.weight += weight;
    current.right += weight * label;
    current.score += weight * score;
    if (current.weight >= total / BLOCKS) {
      blocks.push(current);
      current = { weight: 0, right: 0, score: 0 };
    }
  }
  if (current.weight > 0) blocks.push(current);
  const pooled: Block[] = [];
  for (const block of blocks) {
    let last = { ...block };
    for (
      let former = pooled.at(-1);
      former !== undefined && share(former) >= share(last);
      former = pooled.at(-1)
    ) {
      pooled.pop();
      last = {
        weight: last.weight + former.weight,
        right: last.right + former.right,
        score: last.score + former.score,
      };
    }
    pooled.push(last);
  }
  return {
    scores: pooled.map(({ score, weight }) => score / weight),
    probabilities: pooled.map(share),
  };
}

function share({ right, weight }: Block): number {
  return (right + IMAGINED / 2) / (weight + IMAGINED);
}
