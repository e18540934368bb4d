import { bootstrapInterval } from '../bench/metrics/bootstrap.js';
import { routingCurve } from '../bench/metrics/routing-curve.js';
import type { Gain } from '../route/local/head-artefact.js';
import type { GradedMatrix } from '../route/local/graded-matrix.js';
import type { CrossValidated } from '../route/local/tune.js';

/** Number of resamples, for figures that are sums over prompts and for those that rank the prompts in each. */
const ROUNDS = { sums: 1000, curves: 200 };

/** A predictor's predictions for graded prompts. */
export type Forecast = Pick<CrossValidated, 'logOdds' | 'ranking'>;

/** Two predictors to compare on the same graded prompts. */
export interface ForecastPair {
  readonly graded: Pick<GradedMatrix, 'models' | 'scores'>;
  readonly was: Forecast;
  readonly is: Forecast;
  /** The rows to compare on. */
  readonly rows: readonly number[];
  /** The hash of each row's prompt: rows of equal prompts are resampled together. */
  readonly prompts: readonly number[];
  /** Indices of the weak and the strong model of the routing curve. */
  readonly pair: readonly [number, number];
}

/** A head's gains by three measures, with 95 % intervals over resampled prompts. */
export interface Gains {
  /** Mean negative log-likelihood of a grade; lower is better. */
  readonly logLoss: Gain;
  /** Mean squared error of a probability; lower is better. */
  readonly brier: Gain;
  /** Share of the gap between the pair that routing recovers; `null` if it cannot be determined. */
  readonly apgr: Gain | null;
}

/** A head's gains over the shipped predictor, and over the head in force. */
export interface Comparison {
  readonly shipped: Gains;
  /** `null`: no head is in force. */
  readonly head: HeadComparison | null;
}

/** The comparison of a head with the one in force, on prompts that neither was fitted on. */
export type HeadComparison =
  /** On prompts that are new to the head in force. */
  | { readonly on: 'unseen'; readonly gains: Gains }
  /** On all prompts, by cross-validation: the head in force is refitted to its own prompts without those of each fold. */
  | { readonly on: 'refit'; readonly gains: Gains }
  /** There are no such prompts. */
  | { readonly on: 'nothing'; readonly why: string };

/** Measures both predictors on the same prompts; differences are paired. */
export function measureGains(contest: ForecastPair, random: () => number): Gains {
  return {
    logLoss: meanGain(contest, logLoss, random),
    brier: meanGain(contest, (p, y) => (p - y) ** 2, random),
    apgr: curveGain(contest, random),
  };
}

/** Whether a head predicts significantly better, and does not route significantly worse. */
export function isBetter({ logLoss: loss, apgr }: Gains): boolean {
  return loss.high < 0 && (apgr === null || apgr.high >= 0);
}

/** Whether a head may replace the one in force. */
export function canReplace(head: HeadComparison | null): boolean {
  if (head === null) return true;
  if (head.on === 'nothing') return false;
  if (head.on === 'unseen') return isBetter(head.gains);
  // It was fitted to everything that the other was, so it only must not be significantly worse.
  const { logLoss: loss, apgr } = head.gains;
  return loss.low <= 0 && (apgr === null || apgr.high >= 0);
}

function logLoss(p: number, y: number): number {
  return -(y * Math.log(p) + (1 - y) * Math.log(1 - p));
}

type Measure = (probability: number, grade: number) => number;

function meanGain(contest: ForecastPair, measure: Measure, random: () => number): Gain {
  const was = sumsOf(contest, contest.was.logOdds, measure);
  const is = sumsOf(contest, contest.is.logOdds, measure);
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
  const groups = groupByPrompt(contest.rows, contest.prompts);
  const difference = (chosen: readonly number[]) => {
    const rows = chosen.flatMap((group) => groups[group] ?? []);
    return meanOf(is, rows) - meanOf(was, rows);
  };
  return {
    was: meanOf(was, all),
    is: meanOf(is, all),
    ...bootstrapInterval(groups.length, difference, random, ROUNDS.sums),
  };
}

/** Indices into `rows`, grouped by prompt. */
function groupByPrompt(
  rows: readonly number[],
  prompts: readonly number[],
): readonly (readonly number[])[] {
  const groups = new Map<number | undefined, number[]>();
  rows.forEach((row, i) => {
    const group = groups.get(prompts[row]);
    if (group === undefined) groups.set(prompts[row], [i]);
    else group.push(i);
  });
  return [...groups.values()];
}

interface Sums {
  readonly totals: Float64Array;
  readonly counts: Float64Array;
}

function sumsOf({ graded, rows }: ForecastPair, logOdds: Float64Array, measure: Measure): Sums {
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

function curveGain(
  { graded, rows, prompts, was, is, pair }: ForecastPair,
  random: () => number,
): Gain | null {
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
  const [gapWas, gapIs] = [gap(was.ranking), gap(is.ranking)];
  const [scoreWeak, scoreStrong] = [column(graded.scores, weak), column(graded.scores, strong)];
  const groups = groupByPrompt(both, prompts);
  const resampled = (statistic: (rows: readonly number[]) => number) =>
    bootstrapInterval(
      groups.length,
      (chosen) => statistic(chosen.flatMap((group) => groups[group] ?? [])),
      random,
      ROUNDS.curves,
    );
  // If the strong model is not significantly stronger, a share of the gap is meaningless.
  const lead = resampled((those) =>
    those.reduce((sum, i) => sum + (scoreStrong[i] ?? 0) - (scoreWeak[i] ?? 0), 0),
  );
  if (!(lead.low > 0)) return null;
  const apgrOf = (scores: readonly number[], chosen: readonly number[]) => {
    const of = (values: readonly number[]) => chosen.map((i) => values[i] ?? 0);
    return routingCurve(of(scores), of(scoreWeak), of(scoreStrong)).apgr;
  };
  const all = both.map((_, i) => i);
  const { low, high } = resampled((those) => apgrOf(gapIs, those) - apgrOf(gapWas, those));
  const gain = { was: apgrOf(gapWas, all), is: apgrOf(gapIs, all), low, high };
  return Object.values(gain).every(Number.isFinite) ? gain : null;
}

/** The probability for log-odds, within the bounds of predicted success. */
function probabilityOf(logOdds: number): number {
  return Math.max(1e-4, Math.min(1 - 1e-4, 1 / (1 + Math.exp(-logOdds))));
}
