import { bootstrapInterval } from '../bench/metrics/bootstrap.js';
import { routingCurve } from '../bench/metrics/routing-curve.js';
import type { Gain } from '../route/local/head-artefact.js';
import type { GradedMatrix } from '../route/local/fit-head.js';

/** Resampled data sets for figures that are sums over prompts, and for those that rank them anew each time. */
const ROUNDS = { sums: 1000, curves: 200 };

/** Two predictors' log-odds of the same graded prompts, shape [rows, models] each. */
export interface Contest {
  readonly graded: Pick<GradedMatrix, 'models' | 'scores'>;
  readonly was: Float64Array;
  readonly is: Float64Array;
  /** Rows that count. */
  readonly rows: readonly number[];
  /** Positions of the weak and the strong model of the routing curve. */
  readonly pair: readonly [number, number];
}

/** What a head gains by three measures, with 95 % intervals over resampled prompts. */
export interface Gains {
  /** Mean negative log-likelihood of a grade; lower is better. */
  readonly logLoss: Gain;
  /** Mean squared error of a probability; lower is better. */
  readonly brier: Gain;
  /** Share of the gap between the pair that routing recovers; `null` when it cannot be told. */
  readonly apgr: Gain | null;
}

/** What a head gains over the predictor as it comes, and over the head in force. */
export interface Comparison {
  readonly shipped: Gains;
  /** `null`: no head is in force, or it has seen nearly all of these prompts. */
  readonly head: Gains | null;
}

/** Measures both predictors on the same prompts; differences are paired. */
export function gainsOf(contest: Contest, random: () => number): Gains {
  return {
    logLoss: meanGain(contest, logLoss, random),
    brier: meanGain(contest, (p, y) => (p - y) ** 2, random),
    apgr: curveGain(contest, random),
  };
}

/**
 * Whether a head deserves to be put in force: surely better probabilities, and routing not surely worse.
 */
export function deserves({ logLoss: loss, apgr }: Gains): boolean {
  return loss.high < 0 && (apgr === null || apgr.high >= 0);
}

function logLoss(p: number, y: number): number {
  return -(y * Math.log(p) + (1 - y) * Math.log(1 - p));
}

type Measure = (probability: number, grade: number) => number;

function meanGain(contest: Contest, measure: Measure, random: () => number): Gain {
  const was = sumsOf(contest, contest.was, measure);
  const is = sumsOf(contest, contest.is, measure);
  const meanOf = (sums: Sums, rows: readonly number[]): number => {
    let total = 0;
    let count = 0;
    for (const row of rows) {
      total += sums.totals[row] ?? 0;
      count += sums.counts[row] ?? 0;
    }
    return total / count;
  };
  const all = contest.rows.map((_, i) => i);
  const difference = (rows: readonly number[]) => meanOf(is, rows) - meanOf(was, rows);
  return {
    was: meanOf(was, all),
    is: meanOf(is, all),
    ...bootstrapInterval(all.length, difference, random, ROUNDS.sums),
  };
}

interface Sums {
  readonly totals: Float64Array;
  readonly counts: Float64Array;
}

function sumsOf({ graded, rows }: Contest, logOdds: Float64Array, measure: Measure): Sums {
  const totals = new Float64Array(rows.length);
  const counts = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    for (let m = 0; m < graded.models; m++) {
      const at = row * graded.models + m;
      const grade = graded.scores[at] ?? Number.NaN;
      if (Number.isNaN(grade)) continue;
      totals[i] = (totals[i] ?? 0) + measure(probabilityOf(logOdds[at] ?? 0), grade);
      counts[i] = (counts[i] ?? 0) + 1;
    }
  });
  return { totals, counts };
}

function curveGain({ graded, rows, was, is, pair }: Contest, random: () => number): Gain | null {
  const [weak, strong] = pair;
  const both = rows.filter((row) =>
    pair.every((m) => !Number.isNaN(graded.scores[row * graded.models + m] ?? Number.NaN)),
  );
  if (weak === strong || both.length < 2) return null;
  const column = (values: Float64Array, m: number) =>
    both.map((row) => values[row * graded.models + m] ?? 0);
  const gap = (logOdds: Float64Array) => {
    const low = column(logOdds, weak);
    return column(logOdds, strong).map((s, i) => probabilityOf(s) - probabilityOf(low[i] ?? 0));
  };
  const [gapWas, gapIs] = [gap(was), gap(is)];
  const [scoreWeak, scoreStrong] = [column(graded.scores, weak), column(graded.scores, strong)];
  const apgrOf = (scores: readonly number[], chosen: readonly number[]) => {
    const of = (values: readonly number[]) => chosen.map((i) => values[i] ?? 0);
    return routingCurve(of(scores), of(scoreWeak), of(scoreStrong)).apgr;
  };
  const all = both.map((_, i) => i);
  const difference = (chosen: readonly number[]) => apgrOf(gapIs, chosen) - apgrOf(gapWas, chosen);
  const gain = { was: apgrOf(gapWas, all), is: apgrOf(gapIs, all) };
  if (!Number.isFinite(gain.was + gain.is)) return null;
  return { ...gain, ...bootstrapInterval(all.length, difference, random, ROUNDS.curves) };
}

/** Within the bounds of every predicted success. */
function probabilityOf(logOdds: number): number {
  return Math.max(1e-4, Math.min(1 - 1e-4, 1 / (1 + Math.exp(-logOdds))));
}
