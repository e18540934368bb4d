/** Mean cost and mean score per prompt of one routing strategy. */
export interface CostPoint {
  readonly costUsd: number;
  /** Mean score, 0 to 1. */
  readonly quality: number;
}

/**
 * The non-decreasing convex hull of RouterBench (arXiv 2403.12031): what can be achieved by mixing the
 * points at random, as far as a higher cost gives higher quality.
 *
 * @returns ascending in cost and quality; empty for no points
 */
export function frontierOf(points: readonly CostPoint[]): readonly CostPoint[] {
  const sorted = [...points].sort((a, b) => a.costUsd - b.costUsd || b.quality - a.quality);
  const hull: CostPoint[] = [];
  for (const point of sorted) {
    const last = hull.at(-1);
    if (last !== undefined && point.quality <= last.quality) continue;
    while (hull.length >= 2 && isBelow(hull.at(-1), hull.at(-2), point)) hull.pop();
    hull.push(point);
  }
  return hull;
}

/** Whether the middle point is not above the line from the previous to the next point. */
function isBelow(
  middle: CostPoint | undefined,
  before: CostPoint | undefined,
  after: CostPoint,
): boolean {
  if (middle === undefined || before === undefined) return false;
  const rise = (middle.quality - before.quality) * (after.costUsd - before.costUsd);
  return rise <= (after.quality - before.quality) * (middle.costUsd - before.costUsd);
}

/**
 * RouterBench's average improvement in quality (AIQ): the area under a frontier, extended flat from its
 * last point to the largest cost compared, divided by that cost.
 *
 * As in RouterBench's code, nothing is counted left of the frontier's first point.
 */
export function averageQuality(frontier: readonly CostPoint[], largestCostUsd: number): number {
  const last = frontier.at(-1);
  if (last === undefined) return Number.NaN;
  const points = [...frontier, { costUsd: largestCostUsd, quality: last.quality }];
  let area = 0;
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1];
    const to = points[i];
    if (from === undefined || to === undefined) continue;
    area += ((to.costUsd - from.costUsd) * (to.quality + from.quality)) / 2;
  }
  return area / largestCostUsd;
}

/** The lowest cost at which a frontier reaches a quality; NaN if it never does. */
export function costOfQuality(frontier: readonly CostPoint[], quality: number): number {
  const after = frontier.findIndex((point) => point.quality >= quality);
  const to = frontier[after];
  const from = frontier[after - 1];
  if (to === undefined) return Number.NaN;
  if (from === undefined) return to.costUsd;
  const along = (quality - from.quality) / (to.quality - from.quality);
  return from.costUsd + along * (to.costUsd - from.costUsd);
}

/** A frontier's quality at a cost, flat beyond its last point; NaN below its first. */
export function qualityAtCost(frontier: readonly CostPoint[], costUsd: number): number {
  const after = frontier.findIndex((point) => point.costUsd >= costUsd);
  const to = frontier[after];
  const from = frontier[after - 1];
  if (to === undefined) return frontier.at(-1)?.quality ?? Number.NaN;
  if (from === undefined) return to.costUsd === costUsd ? to.quality : Number.NaN;
  const along = (costUsd - from.costUsd) / (to.costUsd - from.costUsd);
  return from.quality + along * (to.quality - from.quality);
}

/** RouterArena's weight of cost against accuracy. */
const BETA = 0.1;
/** US dollars per thousand queries at which RouterArena's cost score is 0, and 1. */
const MAX_COST_USD = 200;
const MIN_COST_USD = 0.0044;
const QUERIES = 1000;

/**
 * RouterArena's score: the weighted harmonic mean of accuracy and a logarithmic cost score.
 *
 * @returns 0 to 1; NaN if the cost is 0
 */
export function arenaScore({ quality, costUsd }: CostPoint): number {
  if (costUsd <= 0) return Number.NaN;
  const costScore =
    Math.log2(MAX_COST_USD / (costUsd * QUERIES)) / Math.log2(MAX_COST_USD / MIN_COST_USD);
  return ((1 + BETA) * quality * costScore) / (BETA * quality + costScore);
}
