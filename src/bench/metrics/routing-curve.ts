/** Quality of a router between a weak and a strong model, over all thresholds. */
export interface RoutingCurve {
  /** Average share of the gap between the two models that is recovered; 0.5 is random, over 1 is possible. */
  readonly apgr: number;
  /** Share of prompts, 0 to 1, that must go to the strong model to recover half of the gap. */
  readonly cpt50: number;
  /** The same for four fifths of the gap. */
  readonly cpt80: number;
}

const EDGES = 10;

/**
 * Measures a router the way RouteLLM's code does (`routellm/evals`, v0.2).
 *
 * The thresholds are the deciles of the router's own scores; the curve of quality over the share of
 * strong calls is integrated by trapezoids.
 *
 * @param scores - higher means: send to the strong model
 * @param weak - the weak model's score for each prompt
 * @param strong - the strong model's score for each prompt
 * @returns NaN where the two models do equally well on average
 */
export function routingCurve(
  scores: readonly number[],
  weak: readonly number[],
  strong: readonly number[],
): RoutingCurve {
  const low = mean(weak);
  const high = mean(strong);
  const points = curvePoints(scores, weak, strong).sort((a, b) => a.share - b.share);
  let area = 0;
  let width = 0;
  for (let i = 1; i < points.length; i++) {
    const from = points[i - 1];
    const to = points[i];
    if (from === undefined || to === undefined) continue;
    width += to.share - from.share;
    area += ((to.share - from.share) * (to.quality + from.quality)) / 2;
  }
  const apgr = high === low ? Number.NaN : (area - width * low) / (width * (high - low));
  const needed = (part: number): number => interpolate(points, low + part * (high - low));
  return { apgr, cpt50: needed(0.5), cpt80: needed(0.8) };
}

interface Point {
  readonly share: number;
  readonly quality: number;
}

function curvePoints(
  scores: readonly number[],
  weak: readonly number[],
  strong: readonly number[],
): Point[] {
  const sorted = [...scores].sort((a, b) => a - b);
  return Array.from({ length: EDGES + 1 }, (_, edge) => {
    const threshold = quantileOf(sorted, edge / EDGES);
    // The highest threshold must send nothing to the strong model, or the curve never reaches 0.
    const up = scores.map((score) => (edge < EDGES ? score >= threshold : score > threshold));
    const routed = up.map((toStrong, i) => (toStrong ? strong[i] : weak[i]) ?? 0);
    return { share: up.filter(Boolean).length / scores.length, quality: mean(routed) };
  });
}

/** Where the curve first reaches a quality, by linear interpolation; the ends hold beyond them. */
function interpolate(points: readonly Point[], quality: number): number {
  for (let i = 0; i < points.length; i++) {
    const to = points[i];
    if (to === undefined || to.quality < quality) continue;
    const from = points[i - 1];
    if (from === undefined || to.quality === from.quality) return to.share;
    const along = (quality - from.quality) / (to.quality - from.quality);
    return from.share + along * (to.share - from.share);
  }
  return 1;
}

/**
 * The value below which a share of the values lies, interpolated linearly.
 *
 * @param sorted - ascending, not empty
 */
export function quantileOf(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

/** Arithmetic mean; NaN of nothing. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
