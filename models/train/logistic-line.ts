import { logistic } from '../../src/route/factor-network.js';

/** A number, and how often what it was said of came true. */
export interface Point {
  readonly x: number;
  /** 0 to 1. */
  readonly share: number;
  readonly weight: number;
}

/** The log odds that numbers stand for: `scale * x + shift`. */
export interface Line {
  readonly scale: number;
  readonly shift: number;
}

const STEPS = 12;
const MOST_HALVINGS = 20;

/** Logistic regression of shares on numbers, by Newton's method. Of points that leave it open, a line near `x` itself. */
export function fitLine(points: readonly Point[]): Line {
  let line: Line = { scale: 1, shift: 0 };
  for (let step = 0; step < STEPS; step++) line = nextLine(points, line);
  return line;
}

function nextLine(points: readonly Point[], line: Line): Line {
  let [g0, g1, h00, h01, h11] = [0, 0, 1e-6, 0, 1e-6];
  for (const { x, share, weight } of points) {
    const p = logistic(line.scale * x + line.shift);
    const error = weight * (p - share);
    const curvature = weight * p * (1 - p);
    g0 += error;
    g1 += error * x;
    h00 += curvature;
    h01 += curvature * x;
    h11 += curvature * x * x;
  }
  const determinant = h00 * h11 - h01 * h01;
  const shift = (h11 * g0 - h01 * g1) / determinant;
  const scale = (h00 * g1 - h01 * g0) / determinant;
  const before = lossOf(points, line);
  // A whole step nearly always is one forward; of few points it may lead beyond all sense.
  for (let part = 1, i = 0; i < MOST_HALVINGS; part /= 2, i++) {
    const next = { scale: line.scale - part * scale, shift: line.shift - part * shift };
    if (lossOf(points, next) <= before) return next;
  }
  return line;
}

function lossOf(points: readonly Point[], { scale, shift }: Line): number {
  let loss = 0;
  for (const { x, share, weight } of points) {
    const odds = scale * x + shift;
    // log(1 + e^odds) - share * odds, where e^odds may be too large for a number.
    loss += weight * (Math.max(0, odds) + Math.log1p(Math.exp(-Math.abs(odds))) - share * odds);
  }
  return loss;
}
