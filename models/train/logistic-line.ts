import { logistic } from '../../src/route/factor-network.js';

/** A data point: a score and the observed share of positive outcomes. */
export interface Point {
  readonly x: number;
  /** 0 to 1. */
  readonly share: number;
  readonly weight: number;
}

/** Log odds as a line over the score: `scale * x + shift`. */
export interface Line {
  readonly scale: number;
  readonly shift: number;
}

const STEPS = 12;
const MOST_HALVINGS = 20;

/** Logistic regression of shares on scores, by Newton's method. If the points do not determine it, a line near `x` itself. */
export function fitLogisticLine(points: readonly Point[]): Line {
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
  // A full step nearly always lowers the loss; with few points it may overshoot, so it is halved.
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
    // log(1 + e^odds) - share * odds, written so that e^odds cannot overflow.
    loss += weight * (Math.max(0, odds) + Math.log1p(Math.exp(-Math.abs(odds))) - share * odds);
  }
  return loss;
}
